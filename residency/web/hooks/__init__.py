"""What Azure tells: Event Grid's events and Azure Monitor's alerts name what to read again."""

from residency.web.hooks.route import HOOK_PATH, hook_route

__all__ = ["HOOK_PATH", "hook_route"]
