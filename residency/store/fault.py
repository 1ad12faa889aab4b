"""What an audit finds wrong."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that is not as the ledger says; `where` names the entry, scan, row or head."""

    where: str
    what: str
