"""What `residency explain` tells: what is recorded of a resource, what Azure says, and doubts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from residency import clock
from residency.documents.explanation_age import by_now, notices_of
from residency.documents.zones import binding, farthest_zone, recorded_policies
from residency.model import Placement, Zone
from residency.policy import Judged
from residency.settings import Settings
from residency.store.engine import path_of
from residency.store.reading.explained import Explained, explained_of, has_scans
from residency.store.reading.history import Judged as HowJudged
from residency.store.reading.history import Named, resource_named
from residency.store.reading.opened import store_at
from residency.store.reading.standing import Reader


class Source(StrEnum):
    """What tells how a resource stands."""

    STORE = "store"
    AZURE = "azure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What the store has of a resource, as of now.

    Attributes:
        judged: How it was judged, as far as that still holds; None where it is gone.
        zones: Of each place that stands, by the policies that it was judged by.
        read_at: When each place that stands was read; None where that is not kept.
        notices: What people should know of it.
    """

    explained: Explained
    judged: HowJudged | None
    zones: tuple[Zone, ...]
    read_at: tuple[datetime | None, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What is recorded, and what Azure said just now; one of the two is there.

    Attributes:
        found: None where Azure was not asked, or showed no such resource.
        unread: Why the store could not be read.
        asked: Whether Azure was asked.
    """

    recorded: Recorded | None
    found: Judged | None
    unread: tuple[str, ...] = ()
    asked: bool = False

    @property
    def source(self) -> Source:
        """What tells how it stands."""
        return Source.AZURE if self.asked else Source.STORE

    @property
    def notices(self) -> tuple[str, ...]:
        """What people should know of it."""
        return (*self.unread, *(self.recorded.notices if self.recorded else ()))

    @property
    def differs(self) -> tuple[str, ...]:
        """What Azure says now and the last scan did not find so, and the other way round."""
        if not self.asked or self.recorded is None:
            return ()
        return tuple(_differences(self.recorded.explained, self.found))


def recorded_of(settings: Settings, name: str) -> Recorded | None:
    """Read what is recorded of a resource; None before the first scan.

    Raises StoreError: no scan ever saw it, or the store cannot be read.
    """
    with store_at(settings.store.url) as database, database.reading() as connection:
        if not has_scans(connection):
            return None
        return recorded_in(connection, settings, resource_named(connection, name))


def recorded_in(reader: Reader, settings: Settings, resource: Named) -> Recorded | None:
    """Read what is recorded of a resource that was seen; None before the first scan."""
    explained = explained_of(reader, resource)
    return _recorded(explained, settings, path_of(settings.store.url)) if explained else None


def _recorded(explained: Explained, settings: Settings, store: Path) -> Recorded:
    from residency.scan.read_when import read_when  # noqa: PLC0415 - late, for a quick start

    seen = explained.judged is not None and explained.judged.seen
    places = [each.placement for each in explained.places]
    owners = explained.judged.attribution.customers if explained.judged else ()
    policies = binding(recorded_policies(explained.policies), owners, settings)
    name, scan, now = explained.resource.id, explained.scan, clock.now()
    return Recorded(
        explained=explained,
        judged=by_now(explained, settings, now),
        zones=tuple(farthest_zone(place, policies) for place in places),
        read_at=tuple(read_when(store, name, place, scan) if seen else None for place in places),
        notices=tuple(notices_of(explained, settings, now)),
    )


def _differences(explained: Explained, found: Judged | None) -> Iterator[str]:
    judged = explained.judged
    if found is None:
        if judged is not None:
            yield "recorded, and not seen now"
        return
    now = found.judgement
    if judged is None:
        yield f"not there in the last scan, now {now.status}"
    elif (judged.status, judged.reasons) != (now.status, now.reasons):
        before, after = _told(judged.status, judged.reasons), _told(now.status, now.reasons)
        yield f"{before} in the last scan, now {after}"
    stood = {_place(each.placement) for each in explained.places}
    stands = {_place(each.placement) for each in now.placements}
    yield from (f"only in the last scan: {each}" for each in sorted(stood - stands))
    yield from (f"only now: {each}" for each in sorted(stands - stood))


def _told(status: str, reasons: Sequence[str]) -> str:
    return f"{status} ({', '.join(reasons)})" if reasons else status


def _place(place: Placement) -> str:
    return f"{place.role} {place.region}, {place.basis}: {place.evidence}"
