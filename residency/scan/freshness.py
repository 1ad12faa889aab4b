"""How each thing that is asked of Azure must be read again: by its kind, in one of three ways.

What a failover changes is read in every scan; what only an operator changes, when its resource
changed (https://learn.microsoft.com/azure/governance/resource-graph/changes/get-resource-changes)
or it grows too old; and what needs a call for each resource, or a list for each region, in turns.
"""

from enum import StrEnum

from residency.scan.freshness_kinds import EVERY_SCAN, LISTED_WHOLE, ROTATED, WHEN_CHANGED

__all__ = [
    "EVERY_SCAN",
    "LISTED_WHOLE",
    "ROTATED",
    "WHEN_CHANGED",
    "Rule",
    "kind_of",
    "owners",
    "rule_of",
    "subscription_of",
    "whole_list_of",
]


class Rule(StrEnum):
    """How a kind of call must be read again."""

    EVERY_SCAN = "every-scan"
    WHEN_CHANGED = "when-changed"
    ROTATED = "rotated"


def kind_of(path: str) -> str:
    """Give the kind of what a path asks, lower-cased."""
    namespace, *segments = path.lower().rpartition("/providers/")[2].split("/")
    return "/".join([namespace, *segments[::2]])


def rule_of(path: str) -> Rule:
    """Say how a path must be read again. What nobody has looked into is read in every scan."""
    kind = kind_of(path)
    if kind in WHEN_CHANGED:
        return Rule.WHEN_CHANGED
    return Rule.ROTATED if kind in ROTATED else Rule.EVERY_SCAN


def owners(path: str) -> tuple[str, ...]:
    """Give the resources whose change makes the answer for a lower-cased path doubtful.

    The nearest first: it has the list, or is what is read. What is not in a resource group (the
    long-term backups of a region, say) belongs to no resource.
    """
    scope, _, rest = path.partition("/providers/")
    namespace, *segments = rest.partition("/providers/")[0].split("/")
    if "/resourcegroups/" not in scope or segments[:1] == ["locations"]:
        return ()
    ends = range(len(segments) // 2 * 2, 0, -2)
    return tuple("/".join([scope, "providers", namespace, *segments[:end]]) for end in ends)


def whole_list_of(path: str) -> str:
    """Give the list of a whole subscription that has the resource at a path; or nothing."""
    scope, _, rest = path.lower().partition("/providers/")
    kind, _, name = rest.rpartition("/")
    if kind not in LISTED_WHOLE or not name or "/resourcegroups/" not in scope:
        return ""
    return f"{scope.partition('/resourcegroups/')[0]}/providers/{kind}"


def subscription_of(path: str) -> str:
    """Give the subscription that a lower-cased path is in, whose quota it uses; or nothing."""
    match path.split("/", 3):
        case ["", "subscriptions", subscription, *_]:
            return subscription
        case _:
            return ""
