"""`GET /subscriptions/{id}/locations`, made from the table of regions.

https://learn.microsoft.com/rest/api/resources/subscriptions/list-locations
"""

from collections.abc import Iterator
from typing import Any

from residency.regions import Region, RegionKind, all_regions
from residency.simulator.world import Body

_CLOUD = "AzureCloud"
_GROUPS = {
    "Europe": "AT BE CH DE DK ES FI FR GB GR IE IT NL NO PL SE",
    "US": "US",
    "Canada": "CA",
    "Mexico": "MX",
    "South America": "BR CL",
    "Africa": "ZA",
    "Middle East": "AE IL QA SA",
    "Asia Pacific": "AU CN HK ID IN JP KR MY NZ SG TW",
}
_GROUP_BY_COUNTRY = {code: group for group, codes in _GROUPS.items() for code in codes.split()}


def locations(subscription_id: str, *, with_extended: bool) -> Iterator[Body]:
    """Yield the places that an ordinary subscription sees: no restricted regions.

    Args:
        subscription_id: Whose ids the answer holds.
        with_extended: Edge zones are wanted too (`includeExtendedLocations`).
    """
    for region in all_regions():
        if region.cloud != _CLOUD:
            continue
        match region.kind:
            case RegionKind.PUBLIC:
                yield _body(region, subscription_id, "Region", _physical(region, subscription_id))
            case RegionKind.PSEUDO:
                logical = {"regionType": "Logical", "regionCategory": "Other"}
                yield _body(region, subscription_id, "Region", logical)
            case RegionKind.EDGE if with_extended:
                extended = {"regionType": "Physical", "regionCategory": "Extended"}
                yield _body(region, subscription_id, "EdgeZone", {**extended, **_place(region)})
            case _:
                continue


def _body(region: Region, subscription_id: str, kind: str, metadata: dict[str, Any]) -> Body:
    group = metadata.get("geographyGroup")
    prefix = f"({group}) " if group else ""
    return {
        "id": f"/subscriptions/{subscription_id}/locations/{region.name}",
        "name": region.name,
        "type": kind,
        "displayName": region.display_name,
        "regionalDisplayName": f"{prefix}{region.display_name}",
        "metadata": metadata,
    }


def _physical(region: Region, subscription_id: str) -> dict[str, Any]:
    pairs = [region.pair] if region.pair else []
    return {
        "regionType": "Physical",
        "regionCategory": "Recommended",
        **_place(region),
        "pairedRegion": [
            {"name": name, "id": f"/subscriptions/{subscription_id}/locations/{name}"}
            for name in pairs
        ],
    }


def _place(region: Region) -> dict[str, Any]:
    group = _GROUP_BY_COUNTRY.get(region.country or "")
    return {"geographyGroup": group} if group else {}
