"""How the pages put things: times with their age, statuses with a sign, resources by name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from residency.documents.meaning import MEANING
from residency.documents.times import instant, of_length
from residency.model import Reason, Status
from residency.settings import Settings

SIGN = {
    Status.VIOLATION: "✖",
    Status.UNKNOWN: "?",
    Status.FALLBACK: "↷",
    Status.EXEMPT: "-",
    Status.COMPLIANT: "✔",
    "not-proven": "?",
}
"""Stands beside each word of a status, so that no colour is needed to tell them apart."""

UNASSIGNED = "unassigned"


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A time: for programs, for people in UTC, and how long ago or ahead."""

    iso: str
    text: str
    age: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """A reason and what it means."""

    reason: str
    meaning: str


def when(moment: datetime, now: datetime) -> When:
    """Put a time into words."""
    ago = now - moment
    age = f"{of_length(ago)} ago" if ago >= timedelta() else f"in {of_length(-ago)}"
    text = f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return When(iso=instant(moment) or "", text=text, age=age)


def when_known(moment: datetime | None, now: datetime) -> When | None:
    """Put a time into words where there is one."""
    return None if moment is None else when(moment, now)


def why(reasons: Iterable[str]) -> tuple[Why, ...]:
    """Give reasons with their meaning."""
    return tuple(Why(reason=each, meaning=MEANING[Reason(each)]) for each in reasons)


def name_of(resource_id: str) -> str:
    """Give the name by which people know a resource: for a child, its parents' before it."""
    _, _, below = resource_id.rpartition("/providers/")
    return "/".join(below.split("/")[2::2]) or resource_id


def counted(number: int, one: str, many: str = "") -> str:
    """Say how many; `many` is the word for other numbers than one."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def customers_of(ids: Sequence[str], settings: Settings) -> tuple[str, ...]:
    """Give the names of customers as configured; the id of one that is not there any more."""
    known = settings.estate.customers
    return tuple(known[each].name if each in known else each for each in ids)


def product_of(name: str | None, settings: Settings) -> str:
    """Give the label of a product as configured."""
    if not name:
        return UNASSIGNED
    known = settings.estate.products
    return known[name].label if name in known else name
