"""The state in words. `compliant` only where all was seen, lately, by the rules in force."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from residency.documents.staleness import Staleness, status_of_stale
from residency.documents.times import of_length
from residency.model import Severity, Status, Verdict
from residency.settings import policy_sha256
from residency.store.reading.lives import Lived
from residency.web.page.known import Known
from residency.web.page.words import counted

_NO_MANIFEST = "no-manifest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """What is shown first.

    Attributes:
        state: `violation`, `not-proven` or `compliant`.
        said: The state in words.
        more: What else must be known of it.
    """

    state: str
    said: str
    more: tuple[str, ...] = ()


NOTHING_YET = Headline(
    state=Verdict.NOT_PROVEN, said="Not proven: there is no scan yet, so nothing is known"
)


def counts_by_now(known: Known, stale: Staleness) -> Mapping[Status, int]:
    """Count resources by status; what is stale counts as unknown."""
    found = dict.fromkeys(Status, 0)
    for sort, count in known.sorts.items():
        is_stale = stale.of_type(sort.type)
        found[status_of_stale(sort.status) if is_stale else sort.status] += count
    return found


def headline(known: Known, now: datetime, overrun: int = 0) -> Headline:
    """Say how all stands; `overrun` open incidents are against the promise by now."""
    stale = Staleness.of(known.settings, known.scan, now)
    counts = counts_by_now(known, stale)
    gaps = tuple(_gaps(known, counts, stale, now))
    past = tuple(_overrun(overrun))
    if broken := _deciding(known):
        which = counted(broken, "resource")
        said = f"Violation: data of {which} is where the promise does not allow it"
        return Headline(state=Verdict.VIOLATION, said=said, more=(*past, *_also(gaps)))
    if left := (*gaps, *past, *_unsaid(known)):
        return Headline(state=Verdict.NOT_PROVEN, said=f"Not proven: {left[0]}", more=left[1:])
    said = "Compliant: everything was seen, and all is where the promise allows"
    return Headline(state=Verdict.COMPLIANT, said=said, more=tuple(_beside(counts)))


def _deciding(known: Known) -> int:
    """Count the violations that decide: those that are not minor."""
    return sum(
        count
        for sort, count in known.sorts.items()
        if sort.status is Status.VIOLATION and sort.severity is not Severity.MINOR
    )


def _also(gaps: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"And not all is proven: {each}" for each in gaps)


def _gaps(
    known: Known, counts: Mapping[Status, int], stale: Staleness, now: datetime
) -> Iterator[str]:
    """Say what keeps the state from being proven, what weighs most first."""
    scan = known.scan
    if stale.default:
        age = of_length(now - scan.finished_at)
        yield f"the last scan ended {age} ago, too long ago to say where data is now (stale)"
    unread = sum(not each.whole for each in known.subscriptions)
    if unread:
        every = counted(len(known.subscriptions), "subscription")
        yield f"{unread} of {every} could not be read in full"
    if _NO_MANIFEST in known.reasons:
        yield "no manifest says which subscriptions must be seen"
    if counts[Status.UNKNOWN]:
        yield f"of {counted(counts[Status.UNKNOWN], 'resource')} it is unknown where the data is"
    if not known.sorts:
        yield "no resource was seen"
    yield from _overtaken(known, now)
    if not scan.complete and not unread and _NO_MANIFEST not in known.reasons:
        yield "the last scan was not complete"


def _overtaken(known: Known, now: datetime) -> Iterator[str]:
    """Say what came after the scan that makes its judgement doubtful."""
    if policy_sha256(known.settings) != known.judged_by:
        yield "the configuration was changed since the last scan, and the next one judges by it"
    lapsed = sum(_lapsed(each, known, now) for each in known.lives)
    if lapsed:
        said = counted(lapsed, "exemption or declaration", "exemptions or declarations")
        yield f"{said} expired since the last scan"


def _unsaid(known: Known) -> Iterator[str]:
    """Say that the scan did not call itself compliant: then nothing here does."""
    if known.scan.verdict != Verdict.COMPLIANT:
        yield "the last scan by itself proved less than all"


def _overrun(incidents: int) -> Iterator[str]:
    """Say what time alone did: an incident may be over its limit before the next scan judges it."""
    if incidents:
        yield f"{counted(incidents, 'open incident')} went past what the promise allows"


def _lapsed(lived: Lived, known: Known, now: datetime) -> bool:
    """Whether the last scan may have counted on it, and it counts no more."""
    judged_by = bool(lived.versions) and lived.versions[-1].stands
    return judged_by and known.scan.started_at <= lived.expires < now


def _beside(counts: Mapping[Status, int]) -> Iterator[str]:
    if counts[Status.VIOLATION]:
        yield f"{counted(counts[Status.VIOLATION], 'minor finding')} that do not decide"
    if counts[Status.FALLBACK]:
        yield f"{counted(counts[Status.FALLBACK], 'resource')} in fallback, as the promise allows"
    if counts[Status.EXEMPT]:
        yield f"{counted(counts[Status.EXEMPT], 'resource')} exempt"
