"""A resource of a list: as in a scan, without when each place was read, which takes long to find.

What is stale is unknown, as `residency explain` tells it.
"""

from collections.abc import Sequence
from typing import Any

from residency.documents.history import judged_document
from residency.documents.staleness import status_of_stale
from residency.documents.zones import farthest_zone
from residency.model import Placement, Reason
from residency.policy import country_of
from residency.settings import Policy
from residency.store.reading.resources import Listed


def listed_document(listed: Listed, policies: Sequence[Policy], *, stale: bool) -> dict[str, Any]:
    """Give one resource as JSON values.

    Args:
        listed: As a scan left it.
        policies: Those that bind it.
        stale: Whether what is recorded of its type is too old.
    """
    resource, told = listed.resource, judged_document(listed.judged)
    if stale:
        told["status"] = status_of_stale(listed.judged.status)
        told["reasons"] = list(dict.fromkeys((*told["reasons"], Reason.STALE)))
    return {
        "id": resource.id,
        "type": resource.type,
        "name": resource.name,
        "subscription_id": resource.subscription_id,
        "resource_group": resource.resource_group,
        **told,
        "placements": [_place(each, policies) for each in listed.places],
    }


def _place(place: Placement, policies: Sequence[Policy]) -> dict[str, Any]:
    return {
        "role": place.role,
        "region": place.region,
        "country": country_of(place),
        "zone": farthest_zone(place, policies),
        "basis": place.basis,
        "evidence": str(place.evidence),
    }
