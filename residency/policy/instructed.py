"""Which exports a customer asked for: they are listed as such, and are no violation."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, time

from residency.model import Placement, Role
from residency.policy.attribution import glob
from residency.policy.zones import country_of
from residency.settings import InstructedExport


def instructing(
    exports: Collection[InstructedExport], resource_id: str, place: Placement, now: datetime
) -> Iterator[InstructedExport]:
    """Give the instructions that cover a placement of a resource."""
    if place.role is not Role.EXPORT or place.unresolved is not None:
        return
    for export in exports:
        if _instructs(export, resource_id, place, now):
            yield export


def _instructs(export: InstructedExport, resource_id: str, place: Placement, now: datetime) -> bool:
    since = datetime.combine(export.since, time.min, UTC)
    ends = (place.target or "", place.region, country_of(place) or "")
    return (
        since <= now
        and glob(export.source, resource_id)
        and any(end and glob(export.to, end) for end in ends)
    )
