"""What the first page tells of one scan: read once, and kept until there is another."""

from collections.abc import Mapping
from dataclasses import dataclass

from residency import clock
from residency.model import Severity, Status
from residency.settings import Settings
from residency.store.reading.coverage import Covered
from residency.store.reading.lives import Lived, lives
from residency.store.reading.looked import policy_sha256_of, reasons_of
from residency.store.reading.scans import Scanned
from residency.store.reading.standing import (
    PlaceGroup,
    Reader,
    ResourceGroup,
    StandingState,
    last_look,
    place_groups,
    resource_groups,
    states,
)
from residency.store.reading.standing_violations import Violating, violating

LISTED = 50
"""So many of what is wrong are on the first page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What stood after a scan, counted; few resources are here by name.

    Attributes:
        settings: The configuration that it was read under.
        judged_by: Digest of the configuration that the scan judged by.
        reasons: Why the scan as a whole proves less than it might.
        wrong: Violations and unknowns, worst first; as many as are listed.
    """

    settings: Settings
    scan: Scanned
    judged_by: str
    reasons: tuple[str, ...]
    states: Mapping[int, StandingState]
    resources: Mapping[ResourceGroup, int]
    places: Mapping[PlaceGroup, int]
    subscriptions: tuple[Covered, ...]
    lives: tuple[Lived, ...]
    wrong: tuple[Violating, ...]


class Kept:
    """Keeps the newest; one for the life of the service. Threads may share it."""

    def __init__(self) -> None:
        """Begin with nothing read."""
        self._known: Known | None = None

    def of(self, reader: Reader, settings: Settings) -> Known | None:
        """Give what stands after the last scan; None before the first."""
        looked = last_look(reader)
        if looked is None:
            return None
        known = self._known
        if known is None or known.scan != looked.scan or known.settings is not settings:
            known = _read(reader, settings, looked.scan, looked.subscriptions)
            self._known = known
        return known


def _read(
    reader: Reader, settings: Settings, scan: Scanned, subscriptions: tuple[Covered, ...]
) -> Known:
    judged = states(reader)
    return Known(
        settings=settings,
        scan=scan,
        judged_by=policy_sha256_of(reader, scan),
        reasons=reasons_of(reader, scan),
        states=judged,
        resources=resource_groups(reader),
        places=place_groups(reader),
        subscriptions=subscriptions,
        lives=lives(reader, settings, clock.now(), counted=False),
        wrong=_wrong(reader, judged, scan),
    )


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
