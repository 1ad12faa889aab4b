"""What `residency explain` tells: what is recorded of a resource, what Azure says, and doubts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from residency import clock
from residency.cli.explanation_age import by_now, notices_of
from residency.model import Placement, Zone
from residency.policy import Judged, zone_of
from residency.scan.read_when import read_when
from residency.settings import DEFAULT_POLICY, Policy, Settings
from residency.store.engine import path_of
from residency.store.episodes.episode import is_worse
from residency.store.reading.explained import Explained, explained_of, has_scans
from residency.store.reading.history import Judged as HowJudged
from residency.store.reading.history import resource_named
from residency.store.reading.opened import store_at


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
    url = settings.store.url
    with store_at(url) as database, database.reading() as connection:
        if not has_scans(connection):
            return None
        explained = explained_of(connection, resource_named(connection, name))
    return _recorded(explained, settings, path_of(url)) if explained else None


def _recorded(explained: Explained, settings: Settings, store: Path) -> Recorded:
    seen = explained.judged is not None and explained.judged.seen
    places = [each.placement for each in explained.places]
    policies = _policies(explained, settings)
    name, scan, now = explained.resource.id, explained.scan, clock.now()
    return Recorded(
        explained=explained,
        judged=by_now(explained, settings, now),
        zones=tuple(_zone(place, policies) for place in places),
        read_at=tuple(read_when(store, name, place, scan) if seen else None for place in places),
        notices=tuple(notices_of(explained, settings, now)),
    )


def _policies(explained: Explained, settings: Settings) -> Sequence[Policy]:
    """Give the recorded policies that bind it: those of its customers' contracts."""
    recorded = {each.id: Policy.model_validate(each.body) for each in explained.policies}
    owners = explained.judged.attribution.customers if explained.judged else ()
    customers = settings.estate.customers
    names = [customers[each].policy for each in owners if each in customers] or [DEFAULT_POLICY]
    bind = [recorded[name] for name in names if name in recorded]
    return bind or list(recorded.values()) or [settings.policy]


def _zone(place: Placement, policies: Sequence[Policy]) -> Zone:
    """Give the zone of a place under the policy that it is the farthest from home under."""
    farthest = zone_of(place, policies[0])
    for policy in policies[1:]:
        zone = zone_of(place, policy)
        if is_worse(zone, farthest):
            farthest = zone
    return farthest


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
