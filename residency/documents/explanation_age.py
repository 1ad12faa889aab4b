"""What still holds of what was recorded, and what people should know of its age.

Time passes over a record without a scan: an exemption and a declaration end at their last moment,
and what is older than `scan.max_age` is unknown (docs/policy.md).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from residency.documents.staleness import Staleness
from residency.documents.times import instant, of_length
from residency.model import Reason, Status
from residency.policy.judgement import STATUS_OF_REASON
from residency.settings import Settings, policy_sha256
from residency.settings.values import expiry
from residency.store.reading.explained import Explained
from residency.store.reading.history import Judged
from residency.store.reading.scans import Scanned
from residency.store.reading.versions import Kept

_LATE = 2
"""After how many intervals without a scan what is recorded is called old."""

_UNSEEN = "the last scan did not see it, and nothing said that it was gone"
_UNKNOWN = "where it is now is unknown"


def notices_of(explained: Explained, settings: Settings, now: datetime) -> Iterator[str]:
    """Say what people should know of a record."""
    judged = explained.judged
    if judged is None:
        yield "it is not there any more"
    elif not judged.seen:
        yield f"{_UNSEEN}: {_UNKNOWN}"
    stale = _is_stale(explained, settings, now)
    yield from age_of(explained.scan, explained.policy_sha256, settings, now, stale=stale)
    for each in (*_lapsed(explained, now), *_undeclared(explained, now)):
        yield f"{each.kind} {each.id} expired at {instant(_end(each))}: it counts no more"


def age_of(
    scan: Scanned, judged_by: str, settings: Settings, now: datetime, *, stale: bool
) -> Iterator[str]:
    """Say what people should know of the age of what a scan recorded.

    Args:
        scan: The last scan, or the one that is told of.
        judged_by: Digest of the configuration that it judged by.
        settings: What is configured.
        now: The time.
        stale: Whether it is older than `scan.max_age` allows.
    """
    age = now - scan.finished_at
    ended = f"the last scan ended {of_length(age)} ago"
    if stale:
        yield f"{ended}, longer than scan.max_age: {_UNKNOWN}"
    elif age > settings.scan.interval * _LATE:
        yield f"{ended}: it may be otherwise by now"
    if policy_sha256(settings) != judged_by:
        yield "the configuration was changed since: the next scan judges by it"


def by_now(explained: Explained, settings: Settings, now: datetime) -> Judged | None:
    """Give the last judgement as far as it still holds; None of what is gone."""
    judged = explained.judged
    if judged is None:
        return None
    lapsed = {each.id for each in _lapsed(explained, now)}
    left = tuple(each for each in judged.exemptions if each not in lapsed)
    added = []
    if _undeclared(explained, now):
        added.append(Reason.REGION_UNKNOWN)
    if _is_stale(explained, settings, now):
        added.append(Reason.STALE)
    open_again = _uncovered(explained, judged, left) if lapsed else ()
    was = () if lapsed and judged.status is Status.EXEMPT else (judged.status,)
    statuses = (*was, *(STATUS_OF_REASON[each] for each in (*open_again, *added)))
    return replace(
        judged,
        status=min(statuses, key=tuple(Status).index, default=judged.status),
        reasons=tuple(dict.fromkeys((*judged.reasons, *added))),
        exemptions=left,
    )


def _uncovered(explained: Explained, judged: Judged, left: Sequence[str]) -> Iterable[Reason]:
    """Give the reasons that no exemption covers which is left."""
    covered = {
        reason
        for each in explained.exemptions
        if each.id in left
        for reason in each.body["reasons"]
    }
    return [each for each in judged.reasons if each not in covered]


def _is_stale(explained: Explained, settings: Settings, now: datetime) -> bool:
    return Staleness.of(settings, explained.scan, now).of_type(explained.resource.type)


def _lapsed(explained: Explained, now: datetime) -> Sequence[Kept]:
    """Give the exemptions that counted in the last scan, and expired since."""
    counted = explained.judged.exemptions if explained.judged else ()
    return [each for each in explained.exemptions if each.id in counted and now > _end(each)]


def _undeclared(explained: Explained, now: datetime) -> Sequence[Kept]:
    """Give the declarations that its places rest on, and that expired since."""
    return [each for each in explained.declarations if now > _end(each)]


def _end(kept: Kept) -> datetime:
    return expiry(kept.body["expires"])
