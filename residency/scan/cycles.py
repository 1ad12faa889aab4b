"""How often Python looks for reference cycles while a scan is made and told."""

from residency.cycles import few_collections

__all__ = ["few_collections"]
