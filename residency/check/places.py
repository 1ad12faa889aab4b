"""Builders of placements, so that what a check states always cites what it read."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from residency import regions
from residency.errors import AccessDenied, AzureError, CheckError
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

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def value(body: Mapping[str, Any], path: str) -> Any:  # noqa: ANN401 - JSON has no type
    """Read a dotted path (`properties.locations[0].name`) in an ARM body; None where absent."""
    here: Any = body
    for key, index in _STEP.findall(path):
        match here:
            case Mapping() if key:
                here = here.get(key)
            case list() if index and int(index) < len(here):
                here = here[int(index)]
            case _:
                return None
    return here


def text(body: Mapping[str, Any], path: str) -> str | None:
    """Read text at a path; None where absent or null; raises CheckError on another shape."""
    found = value(body, path)
    if found is None or isinstance(found, str):
        return found
    raise CheckError(f"'{path}' should be text and is {type(found).__name__}")


def evidence(reading: Reading, path: str, found: str | None) -> Evidence:
    """Cite a value that was read at a path of an answer."""
    where = f"{reading.path} {path}".strip()
    return Evidence(api=reading.api, path=where, value=found or "(absent)", read_at=reading.read_at)


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
    body = resource.reading.body
    if value(body, "extendedLocation.name"):
        site = regions.find_site(text(body, "extendedLocation.name"))
        if site is None:
            return unknown(resource.reading, role, "extendedLocation.name")
        return observed(resource.reading, role, "extendedLocation.name")
    return observed(resource.reading, role, "location")


def unknown(
    reading: Reading,
    role: Role,
    path: str,
    *,
    why: Reason = Reason.REGION_UNKNOWN,
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
        subject=subject,
    )


def absent(reading: Reading, role: Role, path: str, why: str) -> Placement:
    """State that a field which decides a place is missing: unknown, never the better guess."""
    return Placement(
        role=role,
        region=UNKNOWN_REGION,
        basis=Basis.OBSERVED,
        evidence=evidence(reading, path, f"absent: {why}"),
        unresolved=Reason.REGION_UNKNOWN,
    )


def unreadable(
    role: Role,
    error: AzureError,
    *,
    path: str,
    read_at: datetime,
    decides_primary: bool = False,
) -> Placement:
    """State that a facet could not be read, and why."""
    return Placement(
        role=role,
        region=UNKNOWN_REGION,
        basis=Basis.OBSERVED,
        evidence=Evidence(api="arm", path=path, value=_why(error), read_at=read_at),
        unresolved=Reason.FACET_UNREADABLE,
        decides_primary=decides_primary,
    )


def facet(
    role: Role,
    path: str,
    places: Callable[[], Iterable[Placement]],
    *,
    read_at: datetime,
    decides_primary: bool = False,
) -> Iterator[Placement]:
    """Give the places of one facet; if Azure does not let it be read, say that instead."""
    try:
        yield from places()
    except AzureError as error:
        yield unreadable(role, error, path=path, read_at=read_at, decides_primary=decides_primary)


def _why(error: AzureError) -> str:
    """Name Azure's code, and the action to grant where Azure names one."""
    code = error.code or type(error).__name__
    action = error.action if isinstance(error, AccessDenied) else ""
    return f"{code}, needs {action}" if action else code
