"""Runs one check over one resource; whatever goes wrong leaves it unknown, with the reason."""

from dataclasses import replace

from residency.check import Check, Reader, at_location, unreadable
from residency.errors import AzureError
from residency.inventory import opened
from residency.model import (
    UNKNOWN_REGION,
    Basis,
    Evidence,
    Holds,
    Placement,
    Reason,
    Resource,
    Role,
)

Placements = tuple[Placement, ...]


def locate(resource: Resource, check: Check | None, reader: Reader) -> Placements:
    """Run one check over one resource. Whatever goes wrong leaves it unknown, with the reason."""
    if check is None:
        return _of_an_unknown_type(resource)
    found: list[Placement] = []
    try:
        found.extend(check.locate(opened(resource), reader))
    except AzureError as error:
        found.append(
            unreadable(
                Role.PRIMARY,
                error,
                path=resource.id,
                read_at=resource.reading.read_at,
                decides_primary=True,
            )
        )
    except Exception as error:  # noqa: BLE001 - one check must not end the scan; it is not silent
        _warn(check, resource)
        found.append(_failed(resource, check, f"{type(error).__name__}: {error}"))
    if not found and check.holds is not Holds.NONE:
        found.append(_failed(resource, check, "stated no place at all"))
    return tuple(dict.fromkeys(found)) if len(found) > 1 else tuple(found)


def _warn(check: Check, resource: Resource) -> None:
    import structlog  # noqa: PLC0415 - late: it takes a tenth of the start, and is seldom needed

    structlog.get_logger().warning(
        "check failed", check=check.id, resource=resource.id, exc_info=True
    )


def _of_an_unknown_type(resource: Resource) -> Placements:
    """Give its location. What `global` means depends on the type, so here it is not known."""
    if not resource.location:
        return ()
    place = at_location(resource)
    if place.region == "global":
        place = replace(place, region=UNKNOWN_REGION, unresolved=Reason.TYPE_UNKNOWN)
    return (place,)


def _failed(resource: Resource, check: Check, why: str) -> Placement:
    return Placement(
        role=Role.PRIMARY,
        region=UNKNOWN_REGION,
        basis=Basis.OBSERVED,
        evidence=Evidence(
            api="check",
            path=check.id,
            value=why,
            read_at=resource.reading.read_at,
        ),
        unresolved=Reason.FACET_UNREADABLE,
        decides_primary=True,
    )
