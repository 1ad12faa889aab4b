"""What the first page tells of one scan: read once, and kept until there is another."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from residency import clock
from residency.model import Severity, Status
from residency.settings import Settings
from residency.store.reading.coverage import Covered
from residency.store.reading.lives import Lived, lives
from residency.store.reading.looked import policy_sha256_of, reasons_of
from residency.store.reading.scans import Scanned, last_scan
from residency.store.reading.standing import Reader, Standing, StandingState, standing
from residency.store.reading.standing_violations import Violating, violating
from residency.web.page.where import PlaceRow, places_of

LISTED = 50
"""So many of what is wrong are on the first page."""


class Sort(NamedTuple):
    """What resources have in common that the first page counts together, over subscriptions."""

    type: str
    status: Status
    severity: Severity | None
    product: str
    exemptions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What stood after a scan, counted; few resources are here by name.

    Attributes:
        settings: The configuration that it was read under.
        judged_by: Digest of the configuration that the scan judged by.
        reasons: Why the scan as a whole proves less than it might.
        sorts: How many resources there are of each sort.
        sizes: How many resources each subscription has.
        places: The places that stood, by country.
        wrong: Violations and unknowns, worst first; as many as are listed.
    """

    settings: Settings
    scan: Scanned
    subscriptions: tuple[Covered, ...]
    standing: Standing
    judged_by: str
    reasons: tuple[str, ...]
    sorts: Mapping[Sort, int]
    sizes: Mapping[str, int]
    lives: tuple[Lived, ...]
    places: tuple[PlaceRow, ...]
    wrong: tuple[Violating, ...]


class Kept:
    """Keeps the newest; one for the life of the service. Threads may share it."""

    def __init__(self, shown: Callable[[], Standing | None]) -> None:
        """Begin with nothing read; `shown` gives what the metrics were made of."""
        self._shown = shown
        self._known: Known | None = None

    def of(self, reader: Reader, settings: Settings) -> Known | None:
        """Give what stands after the last scan; None before the first."""
        known, scan = self._known, last_scan(reader)
        if known is None or known.scan != scan or known.settings is not settings:
            known = self._known = _known(reader, settings, self._standing(reader, scan))
        return known

    def _standing(self, reader: Reader, scan: Scanned | None) -> Standing:
        """Give what the metrics have read already, where that was after this scan."""
        shown = self._shown()
        if shown is None or shown.looked is None or shown.looked.scan != scan:
            return standing(reader)
        return shown


def _known(reader: Reader, settings: Settings, now: Standing) -> Known | None:
    looked = now.looked
    if looked is None:
        return None
    return Known(
        settings=settings,
        scan=looked.scan,
        subscriptions=looked.subscriptions,
        standing=now,
        judged_by=policy_sha256_of(reader, looked.scan),
        reasons=reasons_of(reader, looked.scan),
        sorts=_sorts(now),
        sizes=_sizes(now),
        lives=lives(reader, settings, clock.now(), counted=False),
        places=places_of(now, settings.policy),
        wrong=_wrong(reader, now.states, looked.scan),
    )


def _sorts(now: Standing) -> Mapping[Sort, int]:
    found: Counter[Sort] = Counter()
    for group, count in now.resources.items():
        judged = now.states[group.state].judged
        product = judged.attribution.product or ""
        found[Sort(group.type, judged.status, judged.severity, product, judged.exemptions)] += count
    return found


def _sizes(now: Standing) -> Mapping[str, int]:
    found: Counter[str] = Counter()
    for group, count in now.resources.items():
        found[group.subscription_id] += count
    return found


def _wrong(
    reader: Reader, judged: Mapping[int, StandingState], scan: Scanned
) -> tuple[Violating, ...]:
    ranked = [
        {
            pk
            for pk, each in judged.items()
            if each.judged.status is Status.VIOLATION and each.judged.severity is severity
        }
        for severity in Severity
    ]
    broken = violating(reader, ranked, scan.finished_at, LISTED)
    unknown = {pk for pk, each in judged.items() if each.judged.status is Status.UNKNOWN}
    left = LISTED - len(broken)
    unproven = violating(reader, [unknown], scan.finished_at, left, Status.UNKNOWN)
    return (*broken, *unproven)
