"""What the vendor declares of places that Azure does not tell; it improves nothing observed."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from residency.model import Basis, Evidence, Holds, Placement, Reason, Resource, Role
from residency.policy.attribution import glob
from residency.settings import Declaration

NO_REGION = "declared"
"""The region of a place of which only the country is declared."""

Placements = tuple[Placement, ...]


def declared(
    declarations: Sequence[Declaration],
    resource: Resource,
    holds: Holds | None,
    placements: Placements,
    now: datetime,
) -> tuple[Holds | None, Placements]:
    """Give what a resource holds and its places, with what live declarations say of both."""
    for declaration in declarations:
        if declaration.is_live(now) and _declares(declaration, resource):
            placements = tuple(_resolve(declaration, placements, now))
            holds = holds or Holds(declaration.holds)
    return holds, placements


def _declares(declaration: Declaration, resource: Resource) -> bool:
    return any(glob(pattern, resource.type) for pattern in declaration.types) or any(
        glob(pattern, resource.id) for pattern in declaration.resources
    )


def _resolve(
    declaration: Declaration, placements: Placements, now: datetime
) -> Iterator[Placement]:
    """Resolve what nobody could name; if there is nothing to resolve, stand beside it."""
    open_roles = tuple(
        place.role for place in placements if place.unresolved is Reason.REGION_UNKNOWN
    )
    yield from (place for place in placements if place.unresolved is not Reason.REGION_UNKNOWN)
    for role in dict.fromkeys(open_roles) or (Role.PRIMARY,):
        yield Placement(
            role=role,
            region=NO_REGION,
            country=declaration.country,
            basis=Basis.DECLARED,
            evidence=Evidence(
                api="declared",
                path=declaration.source,
                value=f"{declaration.country} (by {declaration.owner})",
                read_at=now,
            ),
        )
