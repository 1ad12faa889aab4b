"""Follows failovers with one scan: what is remembered and what was heard become episodes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from residency.check import Catalogue
from residency.inventory.activity import merged
from residency.model import Failover, HealthEvent, Meaning, Operation
from residency.policy import Judge, Judged
from residency.scan.hearing import Heard
from residency.scan.sightings import Bound, can_fail_over, named, same_incarnation, sighting
from residency.settings import DEFAULT_POLICY
from residency.store import Event, EventKind
from residency.store.episodes import (
    REACH,
    Episode,
    Followed,
    Gathered,
    Happening,
    LogRead,
    Sighting,
    Window,
    Witnesses,
    failover_of,
    follow,
    gather,
)
from residency.store.episodes.groups import indexed
from residency.store.episodes.kept import read_back
from residency.store.episodes.sighting import Ends, together
from residency.store.store import Store
from residency.store.whereabouts import Stay

_KEPT = REACH + timedelta(days=1)
Part = tuple[str, list[Sighting], list[Episode]]
"""What is followed under one policy, by its name."""

_UNIMPORTANT = frozenset({Meaning.DELETE, Meaning.IN_REGION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What was remembered before this scan.

    Attributes:
        episodes: Those that are open, and those that ended as long ago as the log reaches.
        operations: Those of the log.
    """

    episodes: tuple[Episode, ...]
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """What is known of failovers after a scan."""

    gathered: Gathered
    operations: tuple[Operation, ...]
    events: tuple[Event, ...]

    @property
    def live(self) -> tuple[Episode, ...]:
        """The episodes that are open, or to which something happened in this scan."""
        told = {event.after.get("episode") for event in self.events}
        return tuple(each for each in self.gathered.episodes if each.open or each.id in told)

    def failovers(self, read_at: datetime) -> Mapping[str, Failover]:
        """Give the open failovers as what explains to the policy where a primary is."""
        return {
            name: failover_of(episode, read_at)
            for episode in self.gathered.episodes
            if episode.open
            for name in episode.resource_ids
        }


def past_of(store: Store, at: datetime) -> Past:
    """Read what is remembered, with what people recorded of it since."""
    with store.database.reading() as connection:
        episodes = read_back(connection, Episode)
        operations = read_back(connection, Operation)
    since = at - _KEPT
    return Past(
        episodes=tuple(each for each in episodes if each.open or (each.ended_at or at) >= since),
        operations=tuple(each for each in operations if each.started_at >= since),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sorted:
    """What was given to follow, and how it was sorted out."""

    bounds: Sequence[Bound]
    stays: Mapping[str, Stay]
    parts: tuple[Part, ...]


class Follower:
    """Follows the failovers of one tenant with one scan."""

    def __init__(self, judge: Judge, catalogue: Catalogue, past: Past, heard: Heard) -> None:
        """Go on from `past` with what was heard since."""
        self._judge = judge
        self._catalogue = catalogue
        self._past = past
        self._heard = heard
        known = merged((*past.operations, *heard.operations))
        self._operations = tuple(each for each in known if each.meaning not in _UNIMPORTANT)
        self._sorted: _Sorted | None = None

    def bounds(self, judged: Sequence[Judged]) -> tuple[Bound, ...]:
        """Choose what is looked at: what does not rest, has an episode, or was operated on."""
        found = {each.id: each for each in can_fail_over(judged, self._catalogue, self._judge)}
        ids = {name for each in self._past.episodes for name in each.resource_ids}
        ids |= indexed(self._operations).by_handle.keys()
        if ids - found.keys():
            found |= {each.id: each for each in named(judged, ids - found.keys(), self._judge)}
        return tuple(found[name] for name in sorted(found))

    def follow(
        self,
        bounds: Sequence[Bound],
        stays: Mapping[str, Stay],
        window: Window,
        lag: timedelta,
        health: Sequence[HealthEvent] = (),
    ) -> Trail:
        """Follow each group of resources under the policy that binds it, and gather all."""
        witnesses = Witnesses(
            operations=self._operations,
            logs={name: LogRead(since=s, until=u) for name, (s, u) in self._heard.log.items()},
            lag=lag,
            health=health,
        )
        followed = [
            follow(episodes, sightings, window, witnesses, self._judge.policy(name))
            for name, sightings, episodes in self._once(bounds, stays)
        ]
        return self._trail(followed)

    def _renewed(self) -> Mapping[str, datetime]:
        created, deleted = self._heard.created, self._heard.deleted
        times = ((name, each[name]) for each in (created, deleted) for name in each)
        found: dict[str, datetime] = {}
        for name, at in times:
            found[name] = max(at, found.get(name, at))
        return found

    def _once(self, bounds: Sequence[Bound], stays: Mapping[str, Stay]) -> tuple[Part, ...]:
        """Sort out what is looked at; the same for each following of the very same."""
        known = self._sorted
        if known is None or known.bounds is not bounds or known.stays is not stays:
            parts = tuple(self._parts(bounds, same_incarnation(stays, self._renewed())))
            known = self._sorted = _Sorted(bounds=bounds, stays=stays, parts=parts)
        return known.parts

    def _parts(self, bounds: Sequence[Bound], stays: Mapping[str, Stay]) -> Iterable[Part]:
        """Give the sightings and episodes of each policy; a group goes by its lead."""
        policy_of = {each.id: each.policy for each in bounds}
        by_id = {each.id: each for each in bounds}
        seen = {
            each.id: sighting(each, stays.get(each.id), self._judge.policy(each.policy))
            for each in bounds
        }
        open_ids = [frozenset(each.resource_ids) for each in self._past.episodes if each.open]
        parts: dict[str, list[Sighting]] = {}
        for ends in together(tuple(seen.values()), open_ids):
            name = _policy_of(ends, policy_of)
            parts.setdefault(name, []).extend(
                each
                if policy_of[each.resource_id] == name
                else self._under(by_id[each.resource_id], stays.get(each.resource_id), name)
                for each in ends.ends
            )
        left = {each.id: each for each in self._past.episodes}
        for name, sightings in sorted(parts.items()):
            ids = {each.resource_id for each in sightings}
            own = [each for each in left.values() if not ids.isdisjoint(each.resource_ids)]
            for each in own:
                del left[each.id]
            yield name, sightings, own
        if left:
            yield DEFAULT_POLICY, [], list(left.values())

    def _under(self, bound: Bound, stay: Stay | None, name: str) -> Sighting:
        return sighting(bound.under(name, self._judge), stay, self._judge.policy(name))

    def _trail(self, followed: Sequence[Followed]) -> Trail:
        gathered = gather([each for part in followed for each in part.episodes])
        now = {each.id: each for each in gathered.episodes}
        return Trail(
            gathered=gathered,
            operations=self._operations,
            events=tuple(
                _event(happening, now[happening.after.id])
                for part in followed
                for happening in part.happenings
            ),
        )


def _policy_of(ends: Ends, policy_of: Mapping[str, str]) -> str:
    """Name the policy that a group is followed under: that of the end that tells of it."""
    told = ends.teller or ends.lead
    return policy_of[told.resource_id]


def _event(happening: Happening, now: Episode) -> Event:
    before = happening.before
    return Event(
        kind=EventKind(f"failover-{happening.kind}"),
        subject=now.resource_id,
        before={"episode": before.id, "path": list(before.path)} if before else {},
        after={
            "episode": now.id,
            "incident": now.incident_id,
            "path": list(now.path),
            "revision": now.revision,
        },
    )
