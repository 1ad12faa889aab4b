"""What stands now, as the one writer keeps it in mind, so that an unchanged scan reads nothing."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from residency.policy import Attribution

Key = TypeVar("Key")
Value = TypeVar("Value")


class Standing(NamedTuple):
    """What stands of one resource: the rows of its state and of its places, smallest first.

    A tuple, because there are as many as resources, and each is made and compared in every scan.
    """

    state: int
    facts: tuple[int, ...]


class Known(NamedTuple):
    """A resource that was ever seen; `row` is its own. A tuple for the same reason."""

    row: int
    type: str
    name: str
    subscription_id: str
    resource_group: str


@dataclass(frozen=True, slots=True)
class StateRow:
    """A state as events and the ledger need it."""

    sha256: bytes
    status: str
    holds: str | None
    attribution: Attribution


class FactRow(NamedTuple):
    """A place as events and the ledger need it; `path` is what its evidence cites."""

    sha256: bytes
    role: str
    region: str
    against: bool
    path: str = ""


@dataclass(frozen=True, slots=True)
class Subscription:
    """What stands of the coverage of one subscription."""

    name: str
    state: str
    reasons: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Memory:
    """All that stands, and which row holds what.

    Attributes:
        scan: The last scan, 0 before the first.
        month: Of which month, `2026-11`, the last scan is.
        finished_at: When it ended, by its own clock.
        pairs: What the last scan that could read Azure's regions said of pairs that were changed.
        read_resources: Reads all that were ever seen, by lower-cased id.
        places: The rows of places that scans of this process told in so many words: to look one up
            so is quicker than to hash it.
        by_id: What stands of each resource that is there.
        where: How many resources of each group of the ledger there are, by subscription.
    """

    scan: int = 0
    month: str = ""
    finished_at: str = ""
    pairs: frozenset[str] = frozenset()
    events: int = 0
    read_resources: Callable[[], dict[str, Known]] = field(default=dict, compare=False)
    states: dict[int, StateRow] = field(default_factory=dict)
    facts: dict[int, FactRow] = field(default_factory=dict)
    state_of: dict[bytes, int] = field(default_factory=dict)
    fact_of: dict[bytes, int] = field(default_factory=dict)
    places: dict[tuple[object, ...], int] = field(default_factory=dict, compare=False)
    by_id: dict[str, Standing] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    versions: dict[tuple[str, str], str] = field(default_factory=dict)
    where: dict[str, Counter[str]] = field(default_factory=dict)
    _resources: dict[str, Known] | None = field(default=None, compare=False)

    @property
    def resources(self) -> dict[str, Known]:
        """What was ever seen, also what is gone; read when the first of it is asked for."""
        if self._resources is None:
            self._resources = self.read_resources()
        return self._resources

    @property
    def types(self) -> set[str]:
        """The types that were ever seen."""
        return {known.type for known in self.resources.values()}


class Change(NamedTuple):
    """What one scan found to be otherwise of one resource; None where it is not there."""

    resource_id: str
    before: Standing | None
    after: Standing | None


@dataclass(slots=True, kw_only=True)
class NewRows:
    """Rows that a scan needs and the store has not, by their number."""

    resources: dict[str, Known] = field(default_factory=dict)
    states: dict[int, StateRow] = field(default_factory=dict)
    facts: dict[int, FactRow] = field(default_factory=dict)


def both(known: dict[Key, Value], new: dict[Key, Value]) -> dict[Key, Value]:
    """Give what is known with what is new; a plain dict, because every look-up counts."""
    return {**known, **new} if new else known
