"""What each page of the API answers with, read from the store in one state of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException

from residency import clock
from residency.documents import events, exemptions, looked
from residency.documents.explain import document as explained
from residency.documents.explanation import Explanation, recorded_in
from residency.documents.incidents import incident_document
from residency.settings import Settings
from residency.store.episodes.document import episode_document
from residency.store.reading import failovers
from residency.store.reading.coverage import Covered, coverage, silences
from residency.store.reading.events import events_after
from residency.store.reading.lives import lives
from residency.store.reading.looked import scan_numbered, subscriptions_at, summed
from residency.store.reading.resources import resource_called
from residency.store.reading.standing import Reader
from residency.store.times import written
from residency.web.api import asked as ask
from residency.web.api.paging import Page, no_scan, page_of

Document = dict[str, Any]

_LOOKING_BACK = timedelta(days=30)
_SILENT_AFTER = 2
"""So many intervals between the beginnings of two scans count as a time in which nobody looked."""


def scan(reader: Reader, _settings: Settings, _asked: ask.Nothing) -> Document:
    """Give the last scan in sum."""
    last = scan_numbered(reader, None) or no_scan()
    return looked.summary_document(summed(reader, last), subscriptions_at(reader, last))


def resource(reader: Reader, settings: Settings, asked: ask.Resource) -> Document:
    """Give all that is recorded of one resource."""
    found = resource_called(reader, asked.id)
    recorded = recorded_in(reader, settings, found) if found else None
    if recorded is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "No scan ever saw such a resource")
    return explained(Explanation(recorded=recorded, found=None))


def episodes(reader: Reader, _settings: Settings, asked: ask.Failovers) -> Document:
    """Give failovers, by their beginning."""
    page = page_of(reader, "episodes", asked)
    found = failovers.episodes(reader, at=page.scan.seq)
    rows = (
        (f"{written(each.started_at)} {each.id}", each)
        for each in found
        if asked.open in (None, each.open)
    )
    told = [(place, episode_document(each)) for place, each in page.of_rows(rows)]
    return page.told("residency/episodes-page/v1", told)


def incidents(reader: Reader, _settings: Settings, asked: ask.Failovers) -> Document:
    """Give failovers that belong together, by their beginning."""
    page = page_of(reader, "incidents", asked)
    found = failovers.incidents(reader, at=page.scan.seq)
    rows = (
        (f"{written(each.incident.started_at)} {each.incident.id}", each)
        for each in found
        if asked.open in (None, each.open)
    )
    told = [(place, incident_document(each)) for place, each in page.of_rows(rows)]
    return page.told("residency/incidents-page/v1", told)


def happened(reader: Reader, _settings: Settings, asked: ask.Events) -> Document:
    """Give events, the oldest first."""
    page = page_of(reader, "events", asked)
    named = resource_called(reader, asked.resource) if asked.resource else None
    if asked.resource and named is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "No scan ever saw such a resource")
    found = events_after(
        reader,
        max(page.number_after(), asked.after),
        kinds=asked.kind,
        since=asked.since,
        resource=named.pk if named else None,
        until_scan=page.scan.seq,
        most=page.most,
    )
    rows = [(str(each.seq), events.document(each)) for each in found]
    return page.told("residency/events-page/v1", rows)


def subscriptions(reader: Reader, _settings: Settings, asked: ask.Paged) -> Document:
    """Give how much the scan saw of each subscription."""
    page = page_of(reader, "subscriptions", asked)
    rows = ((each.id, looked.subscription_document(each)) for each in _seen(reader, page))
    return page.told("residency/subscriptions-page/v1", page.of_rows(rows))


def covered(reader: Reader, settings: Settings, asked: ask.Coverage) -> Document:
    """Give from when until when how much of a subscription was seen, and when nobody looked."""
    page = page_of(reader, "coverage", asked)
    until = page.scan.finished_at
    since = asked.since or until - _LOOKING_BACK
    rows = [
        (f"{each.subscription_id} {each.stretch.first.seq:016}", looked.covered_document(each))
        for each in coverage(reader)
        if asked.subscription in (None, each.subscription_id) and _stood(each, since, page.scan.seq)
    ]
    longest = settings.scan.interval * _SILENT_AFTER
    quiet = silences(reader, since, until, longest) if since < until else ()
    return page.told(
        "residency/coverage-page/v1",
        page.of_rows(rows),
        silences=[looked.silence_document(each) for each in quiet],
    )


def set_aside(reader: Reader, settings: Settings, _asked: ask.Nothing) -> Document:
    """Give exemptions and declarations."""
    return exemptions.document(lives(reader, settings, clock.now()))


def _seen(reader: Reader, page: Page) -> Iterator[Any]:
    yield from sorted(subscriptions_at(reader, page.scan), key=lambda each: each.id)


def _stood(each: Covered, since: datetime, scan_number: int) -> bool:
    ended = each.stretch.ended
    return each.stretch.first.seq <= scan_number and (ended is None or ended.finished_at > since)
