"""Which volume of a replication is written, and where it came from."""

from typing import Any

import pytest

from checks import netapp_volume
from residency.errors import AccessDenied
from residency.model import Holds, Placement, Role, Status
from residency.policy.judgement import Facts, judge
from residency.settings import Policy
from residency.testing import READ_AT, JsonReader, run_check

(VOLUME,) = netapp_volume.CHECKS
ACCOUNT = "/subscriptions/s/resourceGroups/g/providers/Microsoft.NetApp/netAppAccounts/a"
ID = f"{ACCOUNT}/capacityPools/p/volumes/v"


def places(location: str, replication: dict[str, Any], **more: Any) -> tuple[Placement, ...]:
    body = {
        "id": ID,
        "type": "Microsoft.NetApp/netAppAccounts/capacityPools/volumes",
        "location": location,
        "properties": {"dataProtection": {"replication": replication}},
    }
    return run_check(VOLUME, body, JsonReader(answers={ID: body, **more}))


def status(found: tuple[Placement, ...]) -> Status:
    return judge(Facts(holds=Holds.STORES, placements=found), Policy(), READ_AT).status


def writers(found: tuple[Placement, ...]) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (place.region, place.failover.path if place.failover else ())
        for place in found
        if place.writer
    ]


@pytest.mark.parametrize(
    ("location", "end", "mirror", "remote", "written"),
    [
        ("westeurope", "Src", "Mirrored", "northeurope", ("westeurope", "northeurope")),
        ("westeurope", "src", "Uninitialized", "northeurope", ("westeurope", "northeurope")),
        ("northeurope", "Dst", "Mirrored", "westeurope", ("westeurope", "northeurope")),
        ("northeurope", "dst", "Broken", "westeurope", ("northeurope", "westeurope")),
        ("westeurope", "src", "Broken", "northeurope", ("northeurope", "westeurope")),
        ("northeurope", "src", "Mirrored", "westeurope", ("northeurope", "westeurope")),
        ("westeurope", "dst", "Mirrored", "northeurope", ("northeurope", "westeurope")),
    ],
)
def test_one_end_is_written_and_may_have_come_from_the_other(
    location: str, end: str, mirror: str, remote: str, written: tuple[str, str]
) -> None:
    replication = {"endpointType": end, "mirrorState": mirror, "remoteVolumeRegion": remote}
    found = places(location, replication)
    here, former = written
    assert writers(found) == [(here, (former,))]
    assert status(found) is (Status.COMPLIANT if here == "westeurope" else Status.FALLBACK)


def test_a_replica_in_another_zone_of_the_region_is_no_failover() -> None:
    replication = {
        "endpointType": "src",
        "mirrorState": "Mirrored",
        "remoteVolumeRegion": "westeurope",
    }
    assert writers(places("westeurope", replication)) == [("westeurope", ())]


def test_a_volume_that_took_over_from_a_place_nobody_knows_is_unknown_and_not_misplaced() -> None:
    replication = {
        "endpointType": "dst",
        "mirrorState": "Broken",
        "remoteVolumeRegion": "marsnorth1",
    }
    assert status(places("northeurope", replication)) is Status.UNKNOWN


def test_a_mirror_state_that_may_not_be_read_leaves_open_which_end_is_written() -> None:
    replication = {"endpointType": "src", "remoteVolumeRegion": "northeurope"}
    refused = AccessDenied("no", code="AuthorizationFailed")
    found = places("westeurope", replication, **{f"{ID}/replicationStatus": refused})
    assert [place.role for place in found if place.decides_primary] == [Role.PRIMARY]
    assert status(found) is Status.UNKNOWN


def test_a_volume_that_the_provider_does_not_give_is_never_compliant() -> None:
    body = {"id": ID, "type": VOLUME.resource_types[0], "location": "westeurope", "properties": {}}
    reader = JsonReader(answers={ID: AccessDenied("no", code="AuthorizationFailed")})
    assert status(run_check(VOLUME, body, reader)) is Status.UNKNOWN
