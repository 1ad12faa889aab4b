"""Who or what made a primary move, and what Service Health said at that time.

Only a log that was read can be silent: that a failover was the provider's own is inferred only when
the log of every subscription concerned was read far enough past it and names nobody's call.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from residency.model import HealthEvent, Meaning, Operation
from residency.store.episodes.episode import Cause, CauseBasis, Episode, Told
from residency.store.episodes.groups import root_of, roots_of
from residency.store.episodes.moves import CLOCKS_DIFFER, LONGEST_CALL, tried_to_move


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRead:
    """Which time of a subscription's activity log was read, from its start to its end."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnesses:
    """What tells of failovers beside the resources themselves.

    Attributes:
        operations: What the activity log has, since the resources were last seen, or more; what is
            given twice counts once.
        logs: By subscription id, lower-cased; one that could not be read is left out.
        lag: How long an entry may take to arrive (`scan.activity_log_lag`).
        health: Service Health events.
    """

    operations: Sequence[Operation] = ()
    logs: Mapping[str, LogRead] = field(default_factory=dict)
    lag: timedelta = timedelta(minutes=60)
    health: Sequence[HealthEvent] = ()


def settled(episode: Episode, witnesses: Witnesses, handles: Iterable[str] = ()) -> Episode:
    """Settle a cause that is unknown, and attach the Service Health events of the time.

    What an operation of the log explains stays so.
    """
    known = set(episode.health) | set(_health_of(episode, witnesses.health))
    found = replace(episode, health=tuple(sorted(known)))
    if episode.cause is Cause.UNKNOWN and _silent(episode, witnesses, handles):
        return replace(found, cause=Cause.PROVIDER, cause_basis=CauseBasis.INFERRED)
    return found


def caused_by(episode: Episode, operation: Operation | None) -> Episode:
    """Name the operation of the log that began an episode.

    One that is done for other reasons, too, is not observed to be the cause.
    """
    observed = episode.cause is Cause.OPERATOR and episode.cause_basis is CauseBasis.OBSERVED
    if operation is None or observed:
        return episode
    possible = operation.meaning is Meaning.POSSIBLE
    return replace(
        episode,
        cause=Cause.OPERATOR,
        cause_basis=CauseBasis.INFERRED if possible else CauseBasis.OBSERVED,
        operation=operation.name,
        caller=operation.by,
    )


def _silent(episode: Episode, witnesses: Witnesses, handles: Iterable[str]) -> bool:
    """Whether the log was read for all of the time in question and names no call."""
    since = episode.started_at if episode.started_by is not Told.SEEN else episode.started_after
    if since is None:
        return False
    since -= LONGEST_CALL
    until = episode.started_at + CLOCKS_DIFFER
    roots = roots_of({*episode.resource_ids, *handles})
    read = (witnesses.logs.get(_subscription(root)) for root in roots)
    if not all(
        log and log.since <= since and log.until >= episode.started_at + witnesses.lag
        for log in read
    ):
        return False
    return not any(
        root_of(each.resource_id) in roots and since <= each.started_at <= until
        for each in witnesses.operations
        if tried_to_move(each)
    )


def _subscription(resource_id: str) -> str:
    return resource_id.split("/")[2] if resource_id.count("/") > 1 else ""


def _health_of(episode: Episode, events: Iterable[HealthEvent]) -> Iterable[str]:
    """Give the events that ran while it may have begun, and name the region that it left."""
    seen_only = episode.started_by is Told.SEEN
    first = (episode.started_after if seen_only else None) or episode.started_at
    for event in events:
        begins_in_time = event.started_at is not None and event.started_at <= episode.started_at
        runs_still = event.mitigated_at is None or event.mitigated_at >= first
        if begins_in_time and runs_still and episode.from_region in event.regions:
            yield event.tracking_id
