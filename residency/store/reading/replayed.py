"""What another configuration would have found on what was recorded. Changes nothing.

What was not seen stays unknown under any policy, and what was stale stays stale: when a fact was
read is not remembered.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from sqlalchemy import Connection

from residency.errors import StoreError
from residency.model import Failover, Reading, Reason
from residency.policy import Groups, Judge, Judgement
from residency.settings import Settings
from residency.store.reading.history import Judged, Named
from residency.store.reading.otherwise import Otherwise, otherwise
from residency.store.reading.recorded import LONG_AGO, Places, Recorded, recorded
from residency.store.reading.scans import Scanned, Stretch, scans_between

_READING = Reading(api="store", path="", body={}, read_at=LONG_AGO)
_AFTER_CONTRACT = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Differed:
    """A resource that would have had another status in some scans.

    Attributes:
        possible: What the other configuration says; two where rules by tags would decide.
    """

    resource: Named
    stretch: Stretch
    recorded: Judged
    possible: tuple[Judgement, ...]

    @property
    def certain(self) -> bool:
        """Whether the status is another whatever the tags were."""
        return all(each.status is not self.recorded.status for each in self.possible)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What another configuration would have found.

    Attributes:
        scans: The scans that were judged again, oldest first.
        resources: How many resources stood at some time.
        unseen: How many of them some scan did not see; these are unknown under any policy.
        differed: By resource and time.
    """

    scans: tuple[Scanned, ...]
    resources: int
    unseen: int
    differed: tuple[Differed, ...]
    other: Otherwise


def replay(
    connection: Connection, settings: Settings, since: datetime, until: datetime
) -> Replayed:
    """Judge what the scans between two moments found by another configuration.

    Raises StoreError: no scan of that time is remembered.
    """
    scans = scans_between(connection, since, until)
    if not scans:
        raise StoreError("no scan of this month is in the store: nothing can be judged again")
    found = recorded(connection, scans[0].seq, scans[-1].seq)
    other = otherwise(settings, (judged.attribution for each in found for _, judged in each.states))
    again = _Again(scans, other, Places(connection, found, until), settings)
    return Replayed(
        scans=scans,
        resources=len(found),
        unseen=sum(any(not judged.seen for _, judged in each.states) for each in found),
        differed=tuple(differed for each in found for differed in again.differences(each)),
        other=other,
    )


class _Again:
    """Judges again, where something may have changed."""

    def __init__(
        self, scans: Sequence[Scanned], other: Otherwise, places: Places, settings: Settings
    ) -> None:
        self._scans = scans
        self._numbers = [each.seq for each in scans]
        self._ends = [each.finished_at for each in scans]
        self._other = other
        self._places = places
        self._limits = {
            policy.max_failover for policy in (settings.policy, *settings.policies.values())
        }
        self._always = {self._first_after(moment) for moment in _turns(settings)}
        self._judges: dict[tuple[int, int], Judge] = {}

    def differences(self, found: Recorded) -> Iterator[Differed]:
        """Give the stretches in which a resource would have had another status, oldest first."""
        last: tuple[int, Judged, tuple[Judgement, ...]] | None = None
        for place, end in pairwise([*self._cuts(found), len(self._scans)]):
            now = self._at(place, found)
            if last is not None and (now is None or _told(now) != _told(last[1:])):
                yield self._differed(found, last, place)
                last = None
            if now is not None and last is None:
                last = (place, *now)
            if last is not None and end == len(self._scans):
                yield self._differed(found, last, end)

    def _differed(
        self, found: Recorded, told: tuple[int, Judged, tuple[Judgement, ...]], end: int
    ) -> Differed:
        begin, judged, possible = told
        return Differed(
            resource=found.resource,
            stretch=Stretch(
                first=self._scans[begin],
                last=self._scans[end - 1],
                ended=self._scans[end] if end < len(self._scans) else None,
            ),
            recorded=judged,
            possible=possible,
        )

    def _cuts(self, found: Recorded) -> list[int]:
        """Give the places in the row of scans from which on it may be judged otherwise."""
        edges = {self._place(number) for number in found.edges()}
        late = {
            self._first_after(story.since + limit)
            for story in self._stories(found)
            if story.since is not None
            for limit in self._limits
        }
        return sorted(cut for cut in {0} | edges | late | self._always if cut < len(self._scans))

    def _stories(self, found: Recorded) -> Iterator[Failover]:
        for _, number in found.facts:
            (place,) = self._places.of((number,), stale=False)
            if place.failover is not None:
                yield place.failover
        yield from (story for _, story in found.failovers)

    def _place(self, number: int) -> int:
        """Give the place in the row of the first scan with this number or a later one."""
        return bisect_right(self._numbers, number - 1)

    def _first_after(self, moment: datetime) -> int:
        return bisect_right(self._ends, moment)

    def _at(self, place: int, found: Recorded) -> tuple[Judged, tuple[Judgement, ...]] | None:
        """Judge again as of one scan; None where the status is the same, or it was not seen."""
        scan = self._scans[place]
        judged = found.state_at(scan.seq)
        if judged is None or not judged.seen:
            return None
        stale = Reason.STALE in judged.reasons
        places = self._places.of(found.facts_at(scan.seq), stale=stale)
        resource = self._other.resource(found.resource, judged.attribution, _READING)
        story = found.failover_at(scan.seq)
        possible = tuple(
            self._judge(number, place, found.resource.id, story)
            .judge(resource, judged.holds, places)
            .judgement
            for number in range(len(self._other.variants))
        )
        if all(each.status is judged.status for each in possible):
            return None
        return judged, possible

    def _judge(self, number: int, place: int, name: str, story: Failover | None) -> Judge:
        """Give the judge of one scan; one of its own for a resource that had failed over."""
        if story is None and (number, place) in self._judges:
            return self._judges[number, place]
        judge = Judge(
            settings=self._other.variants[number],
            groups=Groups(),
            now=self._ends[place],
            failovers={} if story is None else {name: story},
        )
        if story is None:
            self._judges[number, place] = judge
        return judge


def _told(told: tuple[Judged, tuple[Judgement, ...]]) -> tuple[object, ...]:
    """Give what makes two neighbouring scans differ."""
    judged, possible = told
    return (
        (judged.status, judged.reasons),
        tuple((each.status, each.severity, each.reasons) for each in possible),
    )


def _turns(settings: Settings) -> Iterator[datetime]:
    """Give the moments at which a configuration judges otherwise by itself."""
    yield from (each.expires for each in settings.exemptions)
    yield from (each.expires for each in settings.declarations)
    for export in settings.estate.instructed_exports:
        yield datetime.combine(export.since, time.min, UTC) - timedelta(microseconds=1)
    for customer in settings.estate.customers.values():
        if customer.ended:
            yield datetime.combine(customer.ended, time.max, UTC) + _AFTER_CONTRACT
