"""What an answer needs of a language."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language. Texts in braces are filled in; `told` has what codes mean."""

    title: str
    period: str
    moved: Mapping[str, str]
    maybe_more: str
    touched: Mapping[str, str]
    touched_and_unknown: str
    whole: str
    not_whole: str
    nothing_known: str
    unassigned: str
    others: str
    not_seen: Mapping[str, str]
    nobodys: str
    more: str
    limits: tuple[str, ...]
    headings: Mapping[str, str]
    told: Mapping[str, str]

    def of(self, code: str) -> str:
        """Give the words for a code; what comes after a colon is for the operator alone."""
        known = code.partition(":")[0]
        return self.told.get(known, known)
