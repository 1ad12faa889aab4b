"""Tells the times away from home as episodes: those that are known, and new ones."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from residency.model import Meaning, Outcome, Zone
from residency.policy import zone_of_region
from residency.store.episodes.causes import Witnesses, caused_by
from residency.store.episodes.episode import Ending, Episode, Told, new_id, path_of
from residency.store.episodes.story import Story
from residency.store.episodes.timeline import Bout, Leg

REACH = timedelta(days=90)
"""How far back a time away is told that had ended before it was seen: what the log keeps.

https://learn.microsoft.com/azure/azure-monitor/platform/activity-log
"""
_TOLD = tuple(Told)


def told(story: Story, witnesses: Witnesses) -> Iterator[Episode]:
    """Tell each time away: as the episode that is known of it, or as a new one."""
    left = list(story.known)
    for bout in story.bouts():
        known = [each for each in left if _is_within(each, bout)]
        left = [each for each in left if each not in known]
        for each in known:
            yield _updated(each, bout, story, witnesses)
        if not known and _is_told(bout, story):
            yield _opened(bout, story)
    yield from left


def _is_within(episode: Episode, bout: Bout) -> bool:
    """Whether an episode is of this time away: one of no length known so far has the same end."""
    out, back = bout.out.at, bout.back.at if bout.back else None
    begins = episode.started_at
    if begins < out:
        return False
    return back is None or begins < back or begins == out or episode.ended_at == back


def _is_told(bout: Bout, story: Story) -> bool:
    """Whether a time away that is not known yet is an episode, and no older than is looked back."""
    if bout.back is not None and bout.back.at < story.at - REACH:
        return False
    return story.tells_of_home(bout)


def _opened(bout: Bout, story: Story) -> Episode:
    lead = story.ends.lead
    path = path_of((story.home_region(), *story.led_through(bout)))
    episode = Episode(
        id=new_id("episode", lead.resource_id, bout.out.at.astimezone(UTC).isoformat()),
        resource_id=lead.resource_id,
        resource_ids=tuple(sorted(story.ends.ids)),
        resource_type=lead.resource_type,
        path=path,
        zones=tuple(_zone(region, story) for region in path),
        ordered=bool(story.policy.failover),
        started_at=bout.out.at,
        started_after=bout.out.after,
        started_by=bout.out.told,
    )
    found = caused_by(_concerning(episode, story), bout.out.operation)
    return _ended(found, bout.back, story) if bout.back else found


def _updated(episode: Episode, bout: Bout, story: Story, witnesses: Witnesses) -> Episode:
    found = caused_by(_begun(episode, bout.out), bout.out.operation)
    if bout.back is not None:
        return _deleted_before(_ended(found, bout.back, story), story, witnesses)
    return _concerning(_extended(found, story), story) if found.open else found


def _begun(episode: Episode, out: Leg) -> Episode:
    """Take over a better time of the beginning; the id stays."""
    if _TOLD.index(out.told) <= _TOLD.index(episode.started_by):
        return episode
    after = episode.started_after
    return replace(
        episode,
        started_at=out.at,
        started_by=out.told,
        started_after=min(after, out.at) if after else None,
    )


def _extended(episode: Episode, story: Story) -> Episode:
    """Lengthen the path by a further hop; it opens no second episode, and the clock runs on."""
    found = replace(episode, unseen_since=None)
    if story.now.region == episode.to_region or not story.now.away:
        return found
    path = path_of((*episode.path, story.now.region))
    further = tuple(_zone(region, story) for region in path[len(episode.path) :])
    return replace(found, path=path, zones=(*episode.zones, *further))


def _ended(episode: Episode, back: Leg, story: Story) -> Episode:
    """Close an episode, or take over a better time of its end."""
    if episode.ended_by and _TOLD.index(back.told) <= _TOLD.index(episode.ended_by):
        return episode
    stayed = story.now.region == episode.to_region and not story.now.stands_by
    ending = Ending.ALLOWED if story.now.home and stayed else Ending.RETURNED
    ended_at = max(back.at, episode.started_at)
    last_seen = max(back.after or episode.started_at, episode.started_at)
    return replace(
        episode,
        ended_at=ended_at,
        ended_after=min(last_seen, ended_at),
        ended_by=back.told,
        ending=episode.ending or ending,
        unseen_since=None,
    )


def _deleted_before(episode: Episode, story: Story, witnesses: Witnesses) -> Episode:
    """A new incarnation at home did not return: the one that was away was deleted."""
    if story.ends.before is not None or episode.ending is not Ending.RETURNED:
        return episode
    deleted = _deleted_at(episode, witnesses)
    if deleted is None:
        return episode
    return replace(episode, ending=Ending.DELETED, ended_at=deleted, ended_by=Told.LOG)


def not_sighted(
    episode: Episode, at: datetime, gone: Mapping[str, datetime], witnesses: Witnesses
) -> Episode:
    """Close the episode of what was deleted; what was only not looked at stays open."""
    deleted = _deleted_at(episode, witnesses)
    all_gone = all(each in gone for each in episode.resource_ids)
    if not all_gone and (deleted is None or len(episode.resource_ids) > 1):
        return unseen(episode, at)
    last_seen = max((gone[each] for each in episode.resource_ids if each in gone), default=None)
    ended_at = max(deleted or at, episode.started_at)
    return replace(
        episode,
        ended_at=ended_at,
        ended_after=min(max(last_seen or episode.started_at, episode.started_at), ended_at),
        ended_by=Told.LOG if deleted else Told.SEEN,
        ending=Ending.DELETED,
        unseen_since=None,
    )


def _deleted_at(episode: Episode, witnesses: Witnesses) -> datetime | None:
    """Give the last time after its beginning that the log has an end of the resource deleted."""
    return max(
        (
            each.ended_at or each.started_at
            for each in witnesses.operations
            if each.meaning is Meaning.DELETE and each.outcome is Outcome.SUCCEEDED
            if each.resource_id in episode.resource_ids and each.started_at >= episode.started_at
        ),
        default=None,
    )


def unseen(episode: Episode, at: datetime) -> Episode:
    """Mark an open episode of which it could not be established where it stands."""
    if not episode.open or episode.unseen_since is not None:
        return episode
    return replace(episode, unseen_since=at)


def _concerning(episode: Episode, story: Story) -> Episode:
    """Say whose it is: everyone whose it was at any time of it, and every end."""
    ends = story.ends.ends
    products = {each for end in ends for each in end.products}
    customers = {each for end in ends for each in end.customers}
    return replace(
        episode,
        resource_ids=tuple(sorted({*episode.resource_ids, *story.ends.ids})),
        products=tuple(sorted({*episode.products, *products})),
        customers=tuple(sorted({*episode.customers, *customers})),
    )


def _zone(region: str, story: Story) -> Zone:
    return story.now.zone if region == story.now.region else zone_of_region(region, story.policy)
