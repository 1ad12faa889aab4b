from typing import Any

import pytest

from checks import compute_gallery, gallery_sharing, image
from residency.model import Placement, Role
from residency.testing import JsonReader, run_check

(IMAGE,) = image.CHECKS
(VERSION,) = compute_gallery.CHECKS
GALLERY, _ = gallery_sharing.CHECKS
ROOT = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute"
Rows = list[tuple[str, str]]


def rows(places: tuple[Placement, ...]) -> Rows:
    return [(place.role.value, place.region) for place in places]


def version(profile: dict[str, Any] | None, kind: str = "images") -> dict[str, Any]:
    return {
        "id": f"{ROOT}/galleries/g/{kind}/i/versions/1.0.0",
        "type": f"Microsoft.Compute/galleries/{kind}/versions",
        "location": "westeurope",
        "properties": {} if profile is None else {"publishingProfile": profile},
    }


def gallery(permissions: str | None) -> dict[str, Any]:
    shared = {} if permissions is None else {"sharingProfile": {"permissions": permissions}}
    return {
        "id": f"{ROOT}/galleries/g",
        "type": "Microsoft.Compute/galleries",
        "location": "West Europe",
        "properties": shared,
    }


def test_an_image_made_of_a_blob_in_another_account_is_still_at_its_own_location() -> None:
    body = {
        "id": f"{ROOT}/images/i",
        "type": "Microsoft.Compute/images",
        "location": "westeurope",
        "properties": {
            "storageProfile": {"osDisk": {"blobUri": "https://elsewhere.blob.core.windows.net/v/o"}}
        },
    }
    assert rows(run_check(IMAGE, body)) == [("primary", "westeurope")]


@pytest.mark.parametrize("kind", ["images", "applications"])
def test_target_regions_are_display_names_and_each_other_one_is_a_replica(kind: str) -> None:
    body = version({"targetRegions": [{"name": "West Europe"}, {"name": "North Europe"}]}, kind)
    found = run_check(VERSION, body)
    assert rows(found) == [("primary", "westeurope"), ("replica", "northeurope")]


def test_a_copy_that_is_excluded_from_latest_is_still_a_copy() -> None:
    body = version({"targetRegions": [{"name": "UK South", "excludeFromLatest": True}]})
    assert rows(run_check(VERSION, body))[1:] == [("replica", "uksouth")]


def test_a_target_region_that_nobody_knows_is_unknown() -> None:
    body = version({"targetRegions": [{"name": "Atlantis Central"}, {}]})
    found = rows(run_check(VERSION, body))
    assert found[1:] == [("replica", "unknown"), ("replica", "unknown")]


@pytest.mark.parametrize(
    "profile",
    [None, {}, {"targetRegions": []}, {"targetRegions": None}, {"replicaCount": 1}],
)
def test_a_version_that_names_no_target_may_be_anywhere_else(
    profile: dict[str, Any] | None,
) -> None:
    found = rows(run_check(VERSION, version(profile)))
    assert found == [("primary", "westeurope"), ("replica", "unknown")]


def test_an_edge_zone_is_where_it_is_known_to_be_and_else_unknown() -> None:
    sites = ["losangeles", "microsoftnowhere1", "northeurope"]
    targets = [
        {"name": "West US", "extendedLocation": {"name": site, "type": "EdgeZone"}}
        for site in sites
    ]
    body = version({"targetRegions": [], "targetExtendedLocations": targets})
    found = rows(run_check(VERSION, body))
    assert found[1:] == [
        ("replica", "losangeles"),
        ("replica", "unknown"),
        ("replica", "unknown"),
    ]


@pytest.mark.parametrize(
    ("permissions", "exports"),
    [
        (None, 0),
        ("Private", 0),
        ("private", 0),
        ("Groups", 1),
        ("Community", 1),
        ("Brand new", 1),
        ("", 1),
    ],
)
def test_a_gallery_that_others_may_read_exports_to_a_place_that_cannot_be_seen(
    permissions: str | None, exports: int
) -> None:
    body = gallery(permissions)
    found = run_check(GALLERY, body, JsonReader(answers={body["id"]: body}))
    assert (found[0].role, found[0].region) == (Role.PRIMARY, "westeurope")
    assert rows(found[1:]) == [("export", "unknown")] * exports
