"""Tries what a check reads on one resource, so that what the permissions API does not show is seen.

A deny assignment (https://learn.microsoft.com/azure/role-based-access-control/deny-assignments) or
an assignment below the subscription shows in the answers only.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import TypeVar

from residency.check import Check, Reader
from residency.errors import AccessDenied, AzureError, NotFound
from residency.inventory import Inventory
from residency.model import Placement, Reading, Reason, Resource
from residency.scan.locating import locate

_MOST_LOOKED_AT = 100
"""Resources for which a check asks nothing cost no call, yet a tenant may have very many."""

T = TypeVar("T")


class Outcome(StrEnum):
    """How a trial ended.

    `nothing-asked`: there are resources of the type, and the check had to ask nothing for them.
    """

    OK = "ok"
    REFUSED = "refused"
    FAILED = "failed"
    NOTHING_HERE = "nothing-here"
    NOTHING_ASKED = "nothing-asked"


_BAD = frozenset({Outcome.REFUSED, Outcome.FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One call that Azure did not answer; `action` is the missing one, where Azure names it."""

    path: str
    code: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of trying a check on one resource of a type."""

    resource_type: str
    outcome: Outcome
    resource_id: str = ""
    calls: int = 0
    refusals: tuple[Refusal, ...] = ()

    @property
    def is_bad(self) -> bool:
        """Whether something could not be read."""
        return self.outcome in _BAD


class RecordingReader:
    """Passes every question on, and remembers how many there were and which were not answered."""

    def __init__(self, reader: Reader) -> None:
        """Stand around `reader`."""
        self._reader = reader
        self.calls = 0
        self.errors: list[tuple[str, AzureError]] = []

    def get(self, path: str, *, api_version: str, expand: str = "") -> Reading:
        """Read one resource by its path. Raises AzureError."""
        return self._noted(
            path, lambda: self._reader.get(path, api_version=api_version, expand=expand)
        )

    def list(self, path: str, *, api_version: str) -> Sequence[Reading]:
        """Read a whole child list. Raises AzureError."""
        return self._noted(path, lambda: self._reader.list(path, api_version=api_version))

    def find(self, resource_id: str) -> Resource | None:
        """Look a resource up in the inventory, by id."""
        return self._reader.find(resource_id)

    def of_type(self, resource_type: str) -> Sequence[Resource]:
        """All resources of a type in the inventory."""
        return self._reader.of_type(resource_type)

    def once(self, key: str, make: Callable[[], T]) -> T:
        """Make it anew: what it asks is part of the trial."""
        del key
        return make()

    def _noted(self, path: str, read: Callable[[], T]) -> T:
        self.calls += 1
        try:
            return read()
        except AzureError as error:
            self.errors.append((path, error))
            raise


def try_type(
    check: Check, resource_type: str, here: Sequence[Resource], inventory: Inventory, reader: Reader
) -> Trial:
    """Run a check on the first resource, by id, for which it has to ask Azure something."""
    tried = (
        _try_one(check, resource, inventory, reader)
        for resource in islice(sorted(here, key=lambda each: each.id), _MOST_LOOKED_AT)
    )
    asked = next((trial for trial in tried if trial.outcome is not Outcome.NOTHING_ASKED), None)
    empty = Outcome.NOTHING_ASKED if here else Outcome.NOTHING_HERE
    return asked or Trial(resource_type=resource_type, outcome=empty)


def _try_one(check: Check, resource: Resource, inventory: Inventory, reader: Reader) -> Trial:
    recorder = RecordingReader(reader)
    placements = locate(resource, check, recorder)
    errors = list(recorder.errors)
    if (unread := inventory.unread.get(resource.id)) is not None:
        errors.append((f"/subscriptions/{resource.subscription_id}/{resource.type}", unread))
    outcome = _outcome(placements, errors, recorder.calls)
    is_bad = outcome in _BAD
    return Trial(
        resource_type=resource.type,
        outcome=outcome,
        resource_id=resource.id,
        calls=recorder.calls,
        refusals=(*map(_refusal_of, errors), *_odd(placements, errors)) if is_bad else (),
    )


def _outcome(
    placements: Sequence[Placement], errors: Sequence[tuple[str, AzureError]], calls: int
) -> Outcome:
    if any(isinstance(error, AccessDenied) for _, error in errors):
        return Outcome.REFUSED
    lost = any(not isinstance(error, NotFound) for _, error in errors)
    if lost or any(_is_unread(place) for place in placements):
        return Outcome.FAILED
    return Outcome.OK if calls else Outcome.NOTHING_ASKED


def _odd(
    placements: Sequence[Placement], errors: Sequence[tuple[str, AzureError]]
) -> Iterator[Refusal]:
    """Give what could not be read though every call was answered: a shape that is not known."""
    if not errors:
        for place in filter(_is_unread, placements):
            yield Refusal(path=place.evidence.path, code=place.evidence.value, action="")


def _is_unread(place: Placement) -> bool:
    return place.unresolved is Reason.FACET_UNREADABLE


def _refusal_of(failed: tuple[str, AzureError]) -> Refusal:
    path, error = failed
    action = error.action if isinstance(error, AccessDenied) else ""
    return Refusal(path=path, code=error.code or type(error).__name__, action=action)
