"""Builders of placements, so that what a check states always cites what it read."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from residency import regions
from residency.check.fields import text, value
from residency.errors import AccessDenied, AzureError, CheckError, Throttled
from residency.model import (
    UNKNOWN_REGION,
    Basis,
    Evidence,
    Failover,
    Placement,
    Reading,
    Reason,
    Resource,
    Role,
)

_SITE = "extendedLocation"
_WAITS = {"Budget": Reason.FACET_PENDING, "Stale": Reason.STALE}


def evidence(reading: Reading, path: str, found: str | None) -> Evidence:
    """Cite a value that was read at a path of an answer."""
    where = f"{reading.path} {path}".strip()
    return Evidence(
        api=reading.api,
        path=where,
        value=found or "(absent)",
        read_at=reading.read_at,
        against=_against(reading, path, found) if reading.shown else "",
    )


def _against(reading: Reading, path: str, found: str | None) -> str:
    """Give what Resource Graph shows instead; a property that it does not show says nothing.

    Of a field that is cited in part (an address without its signature) nothing is shown.
    """
    other = value(reading.shown or {}, path)
    if other is None or found is None or _plain(value(reading.body, path)) != _plain(found):
        return ""
    if _plain(other) == _plain(found):
        return ""
    return str(other)


def _plain(found: object) -> str:
    return str(found).replace(" ", "").lower()


def observed(  # noqa: PLR0913 - each flag is a fact of its own, all by keyword
    reading: Reading,
    role: Role,
    path: str,
    *,
    writer: bool = False,
    metadata_only: bool = False,
    failover: Failover | None = None,
    target: str | None = None,
    subject: str | None = None,
) -> Placement:
    """State that a field names a region. An absent or unknown spelling is an unknown placement."""
    raw = text(reading.body, path)
    region = regions.find(raw)
    return Placement(
        role=role,
        region=region.name if region else UNKNOWN_REGION,
        basis=Basis.OBSERVED,
        evidence=evidence(reading, path, raw),
        unresolved=None if region else Reason.REGION_UNKNOWN,
        writer=writer,
        metadata_only=metadata_only,
        failover=failover,
        target=target,
        subject=subject,
    )


def documented(  # noqa: PLR0913 - each flag is a fact of its own, all by keyword
    reading: Reading,
    role: Role,
    region: str,
    *,
    page: str,
    fact: str,
    metadata_only: bool = False,
    subject: str | None = None,
) -> Placement:
    """State a place that Microsoft's page documents and no field shows."""
    found = regions.find(region)
    return Placement(
        role=role,
        region=found.name if found else UNKNOWN_REGION,
        basis=Basis.DOCUMENTED,
        evidence=Evidence(api="documented", path=page, value=fact, read_at=reading.read_at),
        unresolved=None if found else Reason.REGION_UNKNOWN,
        metadata_only=metadata_only,
        subject=subject,
    )


def pair_copy(  # noqa: PLR0913 - each flag is a fact of its own, all by keyword
    reading: Reading,
    role: Role,
    path: str,
    *,
    page: str,
    fact: str,
    metadata_only: bool = False,
    subject: str | None = None,
) -> Iterator[Placement]:
    """State the copy in the paired region of the region named at `path`.

    Nothing where that region has no pair; an unknown placement where the region is not known.
    """
    region = regions.find(text(reading.body, path))
    if region is None or region.pair:
        yield documented(
            reading,
            role,
            region.pair if region and region.pair else UNKNOWN_REGION,
            page=page,
            fact=fact,
            metadata_only=metadata_only,
            subject=subject,
        )


def at_location(resource: Resource, role: Role = Role.PRIMARY) -> Placement:
    """State that the data is at `location`, minding edge zones and custom locations.

    With an `extendedLocation` the data is at that site and not in `location`
    (https://learn.microsoft.com/azure/extended-zones/overview), so the place is unknown unless
    the table of regions resolves the site.
    """
    if is_at_site(resource):
        return at_site(resource.reading, role, f"{_SITE}.name")
    return observed(resource.reading, role, "location")


def is_at_site(resource: Resource) -> bool:
    """Tell whether a resource is at an edge zone or custom location, even one without a name."""
    return bool(value(resource.reading.body, _SITE))


def at_site(reading: Reading, role: Role, path: str) -> Placement:
    """State that the field at `path` names an edge zone; any other name is an unknown place."""
    known = regions.find_site(text(reading.body, path)) is not None
    return (observed if known else unknown)(reading, role, path)


def cited(resource: Resource) -> Reading:
    """Give the reading of another resource than the one that is checked, citing its id."""
    return replace(resource.reading, path=resource.id)


def unknown(  # noqa: PLR0913 - each flag is a fact of its own, all by keyword
    reading: Reading,
    role: Role,
    path: str,
    *,
    why: Reason = Reason.REGION_UNKNOWN,
    decides_primary: bool = False,
    target: str | None = None,
    subject: str | None = None,
) -> Placement:
    """State that there is a place which this field does not let us name."""
    found = value(reading.body, path)
    return Placement(
        role=role,
        region=UNKNOWN_REGION,
        basis=Basis.OBSERVED,
        evidence=evidence(reading, path, None if found is None else str(found)),
        unresolved=why,
        decides_primary=decides_primary,
        target=target,
        subject=subject,
    )


def absent(  # noqa: PLR0913 - each flag is a fact of its own, all by keyword
    reading: Reading,
    role: Role,
    path: str,
    why: str,
    *,
    decides_primary: bool = False,
    target: str | None = None,
    subject: str | None = None,
) -> Placement:
    """State that a field which decides a place is missing: unknown, never the better guess."""
    return Placement(
        role=role,
        region=UNKNOWN_REGION,
        basis=Basis.OBSERVED,
        evidence=evidence(reading, path, f"absent: {why}"),
        unresolved=Reason.REGION_UNKNOWN,
        decides_primary=decides_primary,
        target=target,
        subject=subject,
    )


def unreadable(
    role: Role,
    error: AzureError | CheckError,
    *,
    path: str,
    read_at: datetime,
    decides_primary: bool = False,
    subject: str | None = None,
) -> Placement:
    """State that a facet could not be read, and why; or that Azure's quota left no time for it."""
    waits = _WAITS.get(error.code) if isinstance(error, Throttled) else None
    return Placement(
        role=role,
        region=UNKNOWN_REGION,
        basis=Basis.OBSERVED,
        evidence=Evidence(api="arm", path=path, value=_why(error), read_at=read_at),
        unresolved=waits or Reason.FACET_UNREADABLE,
        decides_primary=decides_primary,
        subject=subject,
    )


def facet(
    role: Role,
    path: str,
    places: Callable[[], Iterable[Placement]],
    *,
    read_at: datetime,
    decides_primary: bool = False,
    subject: str | None = None,
) -> Iterator[Placement]:
    """Give the places of one facet, or of one item of a list that speaks of several resources.

    If Azure does not let it be read, or it has a shape that cannot be read, say that instead, so
    that the rest stands.
    """
    try:
        yield from places()
    except (AzureError, CheckError) as error:
        yield unreadable(
            role,
            error,
            path=path,
            read_at=read_at,
            decides_primary=decides_primary,
            subject=subject,
        )


def _why(error: AzureError | CheckError) -> str:
    """Name Azure's code, and the action to grant where Azure names one; or the odd shape."""
    if isinstance(error, CheckError):
        return str(error)
    code = error.code or type(error).__name__
    action = error.action if isinstance(error, AccessDenied) else ""
    return f"{code}, needs {action}" if action else code
