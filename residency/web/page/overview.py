"""The first page: the state, what is wrong and why, and where the data is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from residency import clock
from residency.documents.staleness import Staleness, status_of_stale
from residency.model import Role, Status
from residency.settings import Settings
from residency.store.reading import failovers
from residency.store.reading.coverage import Silence, silences
from residency.store.reading.failovers import Told
from residency.store.reading.lives import EXEMPTION
from residency.store.reading.standing import Reader
from residency.web.page.headline import NOTHING_YET, Headline, counts_by_now, headline
from residency.web.page.incidents import IncidentRow, incident_row
from residency.web.page.known import Kept, Known
from residency.web.page.pictures import LOOKING_BACK, map_of, timeline_of
from residency.web.page.seen import SilenceRow, SubscriptionRow, silence_rows, subscription_rows
from residency.web.page.set_aside import LifeRow, covers_of, life_row
from residency.web.page.where import PlaceRow
from residency.web.page.words import When, product_of, when
from residency.web.page.wrong import WrongRow, wrong_row

_SILENT_AFTER = 2
"""So many intervals between the beginnings of two scans count as a time in which nobody looked."""

_LISTED = 10
"""So many of the times in which nobody looked are on the first page."""

_NO_PICTURE = Markup()

_AS_RECORDED = Staleness(default=False, others=frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Resources by status, of one product or of all; `product` is its id."""

    name: str
    product: str
    counts: tuple[tuple[str, int], ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The first page; before the first scan there is a headline alone.

    Attributes:
        scan: The number of the last scan; 0: there is none.
        reasons: What that scan says of itself.
        unlisted: How much is wrong beside what is listed.
        is_stale: Whether what is recorded is too old; then all but violations is unknown.
        timeline: A picture of the last 30 days.
        map: A picture of the places.
    """

    headline: Headline
    scan: int = 0
    scanned: When | None = None
    reasons: tuple[str, ...] = ()
    tally: Tally | None = None
    incidents: tuple[IncidentRow, ...] = ()
    wrong: tuple[WrongRow, ...] = ()
    unlisted: int = 0
    is_stale: bool = False
    timeline: Markup = _NO_PICTURE
    map: Markup = _NO_PICTURE
    roles: tuple[str, ...] = tuple(Role)
    places: tuple[PlaceRow, ...] = ()
    subscriptions: tuple[SubscriptionRow, ...] = ()
    silences: tuple[SilenceRow, ...] = ()
    more_silences: int = 0
    products: tuple[Tally, ...] = ()
    exemptions: tuple[LifeRow, ...] = ()
    declarations: tuple[LifeRow, ...] = ()


def overview(reader: Reader, settings: Settings, kept: Kept) -> Overview:
    """Read the first page."""
    known, now = kept.of(reader, settings), clock.now()
    if known is None:
        return Overview(headline=NOTHING_YET)
    longest = settings.scan.interval * _SILENT_AFTER
    quiet = silences(reader, now - LOOKING_BACK, now, longest)
    return overview_of(known, failovers.incidents(reader), quiet, now)


def overview_of(
    known: Known, incidents: tuple[Told, ...], quiet: tuple[Silence, ...], now: datetime
) -> Overview:
    """Put the first page together."""
    stale = Staleness.of(known.settings, known.scan, now)
    recorded = counts_by_now(known, _AS_RECORDED)
    covers = covers_of(known)
    wrong = recorded[Status.VIOLATION] + recorded[Status.UNKNOWN]
    lasting = [incident_row(each, known.settings, now) for each in incidents if each.open]
    overrun = sum(each.is_allowed is False for each in lasting)
    return Overview(
        headline=headline(known, now, overrun),
        scan=known.scan.seq,
        scanned=when(known.scan.finished_at, now),
        reasons=known.reasons,
        tally=_tally("all", "", counts_by_now(known, stale)),
        incidents=tuple(reversed(lasting)),
        wrong=tuple(wrong_row(each, known, now) for each in known.wrong),
        unlisted=wrong - len(known.wrong),
        is_stale=stale.default,
        timeline=timeline_of(incidents, quiet, now),
        places=known.places,
        map=map_of(known.places),
        subscriptions=subscription_rows(known, now),
        silences=tuple(silence_rows(quiet[-_LISTED:], now)),
        more_silences=max(0, len(quiet) - _LISTED),
        products=_products(known, stale),
        exemptions=tuple(
            life_row(each, covers, now) for each in known.lives if each.kind == EXEMPTION
        ),
        declarations=tuple(
            life_row(each, covers, now) for each in known.lives if each.kind != EXEMPTION
        ),
    )


def _products(known: Known, stale: Staleness) -> tuple[Tally, ...]:
    """Count by product, those that are configured and have nothing as well."""
    found = {name: dict.fromkeys(Status, 0) for name in known.settings.estate.products}
    for sort, count in known.sorts.items():
        by_now = status_of_stale(sort.status) if stale.of_type(sort.type) else sort.status
        found.setdefault(sort.product, dict.fromkeys(Status, 0))[by_now] += count
    ranked = sorted(found, key=lambda name: (not name, name))
    return tuple(_tally(product_of(name, known.settings), name, found[name]) for name in ranked)


def _tally(name: str, product: str, counts: Mapping[Status, int]) -> Tally:
    return Tally(
        name=name,
        product=product,
        counts=tuple((str(status), counts[status]) for status in Status),
        total=sum(counts.values()),
    )
