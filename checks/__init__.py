"""First-party checks, one module an Azure service."""

from residency.check import Check

CHECKS: tuple[Check, ...] = ()
