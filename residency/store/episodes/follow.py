"""Follows failovers from scan to scan: opened, extended, escalated, returned, closed.

What comes in are states (sightings) and witnesses (the log, time-stamps of the services); what goes
out are the episodes that they tell of. Everything is a function of what is given: following the
same twice changes nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from residency.settings import Policy
from residency.store.episodes.causes import Witnesses, settled
from residency.store.episodes.episode import Episode, revised
from residency.store.episodes.groups import Index, indexed
from residency.store.episodes.happenings import Happening, happenings
from residency.store.episodes.sighting import Ends, Sighting, of_interest, together
from residency.store.episodes.story import Story
from residency.store.episodes.telling import not_sighted, told, unseen

_MOST_LOOKS = 5
"""What is found once is looked at again until nothing more is found; two looks mostly do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """Every episode as it now is, by its beginning, and what happened.

    An episode whose `revision` grew is a new version; the one before is part of the history.
    """

    episodes: tuple[Episode, ...]
    happenings: tuple[Happening, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """This scan.

    Attributes:
        gone: The resources that are established to be gone, each with the last time it was seen.
    """

    at: datetime
    gone: Mapping[str, datetime] = field(default_factory=dict)


def follow(
    episodes: Sequence[Episode],
    sightings: Sequence[Sighting],
    window: Window,
    witnesses: Witnesses,
    policy: Policy,
) -> Followed:
    """Follow the failovers of the resources that one policy binds.

    Args:
        episodes: Of these resources and those that are gone: what is open, and what ended within
            `REACH` and a day.
        sightings: One for each resource that can fail over and was looked at.
        window: The scan that saw them.
        witnesses: What tells of failovers beside that.
        policy: What home is.

    Returns:
        All episodes that were given and those that are new, and what happened to them.
    """
    found = tuple(episodes)
    index = indexed(witnesses.operations)
    names = {name for each in episodes for name in each.resource_ids}
    sightings = of_interest(sightings, names, index.by_handle.keys())
    for _ in range(_MOST_LOOKS):
        before, found = found, _looked_at(found, sightings, index, window, witnesses, policy)
        if found == before:
            break
    return _told_of(episodes, found)


def _looked_at(
    episodes: tuple[Episode, ...],
    sightings: Sequence[Sighting],
    index: Index,
    window: Window,
    witnesses: Witnesses,
    policy: Policy,
) -> tuple[Episode, ...]:
    """Look once at all episodes; one that is new may make more of what the log says of its end."""
    by_resource = _by_resource(episodes)
    after = {episode.id: episode for episode in episodes}
    handles: dict[str, frozenset[str]] = {}
    left = {episode.id: episode for episode in episodes if episode.open}
    still_open = [frozenset(each.resource_ids) for each in left.values()]
    for ends in together(sightings, still_open):
        known = _known(ends, by_resource)
        for each in _followed(ends, known, index, window, witnesses, policy):
            after[each.id] = each
            handles[each.id] = ends.handles
        for each in known:
            left.pop(each.id, None)
    for each in left.values():
        after[each.id] = not_sighted(each, window.at, window.gone, witnesses)
    ranked = sorted(after.values(), key=lambda each: (each.started_at, each.id))
    return tuple(settled(each, witnesses, handles.get(each.id, ())) for each in ranked)


def _followed(
    ends: Ends,
    known: tuple[Episode, ...],
    index: Index,
    window: Window,
    witnesses: Witnesses,
    policy: Policy,
) -> Iterator[Episode]:
    teller = ends.teller
    if teller is None:
        yield from (unseen(each, window.at) for each in known)
        return
    story = Story(
        ends=ends,
        now=teller,
        known=known,
        operations=index.concerning(ends.handles),
        policy=policy,
        at=window.at,
    )
    yield from told(story, witnesses)


def _by_resource(episodes: Sequence[Episode]) -> Mapping[str, Sequence[Episode]]:
    found: dict[str, list[Episode]] = {}
    for episode in episodes:
        for name in episode.resource_ids:
            found.setdefault(name, []).append(episode)
    return found


def _known(ends: Ends, by_resource: Mapping[str, Sequence[Episode]]) -> tuple[Episode, ...]:
    found = {each.id: each for name in ends.ids for each in by_resource.get(name, ())}
    return tuple(sorted(found.values(), key=lambda each: (each.started_at, each.id)))


def _told_of(given: Sequence[Episode], found: Sequence[Episode]) -> Followed:
    before = {episode.id: episode for episode in given}
    episodes: list[Episode] = []
    happened: list[Happening] = []
    for each in found:
        was = before.get(each.id)
        now = revised(was, each) if was else each
        episodes.append(now)
        happened += happenings(was, now)
    return Followed(episodes=tuple(episodes), happenings=tuple(happened))
