from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import pytest

from checks.managed_disk import CHECKS
from checks.site_recovery import VAULT as VAULT_TYPE
from residency.errors import AccessDenied, Throttled
from residency.model import Placement, Reading, Reason, Resource
from residency.testing import READ_AT, JsonReader, resource_of, run_check

(CHECK,) = CHECKS
T = TypeVar("T")
ROOT = "/subscriptions/s/resourcegroups/g/providers"
VAULT = f"{ROOT}/microsoft.recoveryservices/vaults/v"
SOURCE, REPLICA, TARGET = (
    f"{ROOT}/microsoft.compute/disks/{name}" for name in ("d", "d-replica", "d-target")
)
MACHINE = f"{ROOT}/microsoft.compute/virtualmachines"
VAULT_BODY = {"id": VAULT, "type": VAULT_TYPE, "location": "northeurope"}
WEST, NORTH = "westeurope", "northeurope"


def disk(disk_id: str, location: str, **more: object) -> dict[str, Any]:
    return {"id": disk_id, "type": "Microsoft.Compute/disks", "location": location, **more}


def item(active: str | None, primary: str = WEST, recovery: str = NORTH, **more: object) -> Any:
    return {
        "id": f"{VAULT}/replicationFabrics/f/replicationProtectionContainers/c/x/i",
        "properties": {
            "activeLocation": active,
            "lastSuccessfulFailoverTime": "2026-10-20T08:30:00Z",
            "providerSpecificDetails": {
                "instanceType": "A2A",
                "primaryFabricLocation": primary,
                "recoveryFabricLocation": recovery,
                "initialPrimaryFabricLocation": WEST,
                "protectedManagedDisks": [
                    {
                        "diskId": SOURCE.upper(),
                        "recoveryReplicaDiskId": REPLICA,
                        "recoveryTargetDiskId": TARGET,
                    }
                ],
                **more,
            },
        },
    }


def found(body: dict[str, Any], answer: object) -> tuple[Placement, ...]:
    reader = JsonReader(
        answers={f"{VAULT}/replicationProtectedItems": answer}, inventory=[VAULT_BODY]
    )
    return run_check(CHECK, body, reader)


def rows(places: tuple[Placement, ...]) -> list[tuple[str, str]]:
    return [(place.role.value, place.region) for place in places]


@pytest.mark.parametrize("sku", ["Premium_LRS", "Premium_ZRS", "UltraSSD_LRS"])
def test_a_disk_is_in_its_own_region_however_redundant_it_is_there(sku: str) -> None:
    body = disk(SOURCE, "West Europe", sku={"name": sku})
    assert rows(run_check(CHECK, body)) == [("primary", WEST)]


@pytest.mark.parametrize(("site", "region"), [("losangeles", "losangeles"), ("nowhere", "unknown")])
def test_a_disk_at_an_edge_zone_is_not_in_the_region_of_its_location(
    site: str, region: str
) -> None:
    body = disk(SOURCE, "westus", extendedLocation={"name": site, "type": "EdgeZone"})
    assert rows(run_check(CHECK, body)) == [("primary", region)]


def test_a_copy_that_is_still_under_way_says_nothing_of_where_its_source_is() -> None:
    origin = {"createOption": "CopyFromSanSnapshot", "sourceResourceId": "/subscriptions/other/x"}
    body = disk(SOURCE, WEST, properties={"creationData": origin, "completionPercent": 12.0})
    assert rows(run_check(CHECK, body)) == [("primary", WEST)]


def test_a_disk_that_no_vault_names_is_the_disk_that_is_written_to() -> None:
    assert rows(found(disk(SOURCE, WEST), {"value": []})) == [("primary", WEST)]


def test_a_replica_disk_of_site_recovery_is_a_replica_and_carries_the_primary() -> None:
    places = found(disk(REPLICA, NORTH), {"value": [item("Primary")]})
    assert rows(places) == [("replica", NORTH), ("primary", WEST)]


@pytest.mark.parametrize(
    ("key", "list_name"),
    [
        ("recoveryReplicaDiskId", "protectedManagedDisks"),
        ("recoveryDiskId", "protectedDisks"),
        ("recoveryOrignalTargetDiskId", "protectedManagedDisks"),
        ("seedManagedDiskId", "protectedManagedDisks"),
        ("targetManagedDiskId", "protectedDisks"),
    ],
)
def test_every_field_that_names_a_disk_at_the_recovery_side_names_a_replica(
    key: str, list_name: str
) -> None:
    lists: dict[str, Any] = {
        "protectedManagedDisks": [],
        list_name: [{"diskId": SOURCE, key: REPLICA}],
    }
    places = found(disk(REPLICA, NORTH), {"value": [item("Primary", **lists)]})
    assert rows(places) == [("replica", NORTH), ("primary", WEST)]


def test_the_source_disk_carries_its_replica_too() -> None:
    places = found(disk(SOURCE, WEST), {"value": [item("Primary")]})
    assert rows(places) == [("primary", WEST), ("replica", NORTH)]
    assert places[0].writer


def test_after_a_failover_the_target_disk_is_the_one_that_is_written_to() -> None:
    (place,) = found(disk(TARGET, NORTH), {"value": [item("Recovery")]})
    assert (place.role.value, place.region, place.writer) == ("primary", NORTH, True)
    assert place.failover is not None
    assert place.failover.path == (WEST,)


@pytest.mark.parametrize(("disk_id", "location"), [(SOURCE, WEST), (REPLICA, NORTH)])
def test_after_a_failover_the_other_disks_are_replicas_of_what_runs_elsewhere(
    disk_id: str, location: str
) -> None:
    places = found(disk(disk_id, location), {"value": [item("Recovery")]})
    assert rows(places) == [("replica", location), ("primary", NORTH)]
    assert places[1].failover is not None


def test_a_disk_that_is_protected_in_the_other_direction_is_still_failed_over() -> None:
    places = found(disk(SOURCE, NORTH), {"value": [item("Primary", NORTH, WEST)]})
    assert rows(places) == [("primary", NORTH), ("replica", WEST)]
    assert places[0].failover is not None
    assert places[0].failover.path == (WEST,)


def test_a_disk_of_the_machine_that_took_over_is_known_by_that_machine() -> None:
    details: dict[str, Any] = {
        "protectedManagedDisks": [],
        "recoveryFabricObjectId": f"{MACHINE}/VM1",
    }
    body = disk(f"{TARGET}-2", NORTH, managedBy=f"{MACHINE}/vm1")
    (place,) = found(body, {"value": [item("Recovery", **details)]})
    assert place.failover is not None


def test_a_disk_of_a_test_failover_machine_is_a_replica() -> None:
    details = {"testFailoverRecoveryFabricObjectId": f"{MACHINE}/vm1-test"}
    body = disk(f"{TARGET}-test", NORTH, managedBy=f"{MACHINE}/vm1-test")
    places = found(body, {"value": [item("Primary", **details)]})
    assert rows(places) == [("replica", NORTH), ("primary", WEST)]


def test_an_item_that_does_not_say_which_side_runs_leaves_the_primary_unknown() -> None:
    places = found(disk(SOURCE, WEST), {"value": [item(None)]})
    assert ("primary", "unknown") in rows(places)
    assert any(place.decides_primary for place in places)
    assert ("replica", NORTH) in rows(places)


def test_a_vault_that_cannot_be_read_leaves_the_role_of_every_disk_in_doubt() -> None:
    places = found(disk(REPLICA, NORTH), AccessDenied("no", code="AuthorizationFailed"))
    assert rows(places) == [("replica", "unknown"), ("primary", NORTH)]
    assert (places[0].unresolved, places[0].decides_primary) == (Reason.FACET_UNREADABLE, True)


def test_a_cluster_that_cannot_be_read_leaves_the_role_in_doubt() -> None:
    places = found(
        disk(f"{REPLICA}-shared", NORTH), {"value": [item("Primary", protectionClusterId="c")]}
    )
    assert places[0].unresolved is Reason.FACET_UNREADABLE


def test_one_vault_that_cannot_be_read_does_not_hide_what_another_says() -> None:
    other = {**VAULT_BODY, "id": f"{VAULT}-2"}
    answers = {
        f"{VAULT}/replicationProtectedItems": AccessDenied("no"),
        f"{VAULT}-2/replicationProtectedItems": {"value": [item("Primary")]},
    }
    reader = JsonReader(answers=answers, inventory=[VAULT_BODY, other])
    places = run_check(CHECK, disk(REPLICA, NORTH), reader)
    assert rows(places) == [("replica", "unknown"), ("replica", NORTH), ("primary", WEST)]


def test_every_vault_that_names_a_disk_is_heard() -> None:
    other = {**VAULT_BODY, "id": f"{VAULT}-2"}
    answers = {
        f"{VAULT}/replicationProtectedItems": {"value": [item("Primary")]},
        f"{VAULT}-2/replicationProtectedItems": {"value": [item("Primary", recovery="uksouth")]},
    }
    reader = JsonReader(answers=answers, inventory=[VAULT_BODY, other])
    places = run_check(CHECK, disk(SOURCE, WEST), reader)
    assert {("replica", NORTH), ("replica", "uksouth")} <= set(rows(places))


def test_an_item_that_cannot_be_read_hides_nothing_that_another_vault_says() -> None:
    other = {**VAULT_BODY, "id": f"{VAULT}-2"}
    answers = {
        f"{VAULT}/replicationProtectedItems": {"value": [item("Primary", protectedDisks=42)]},
        f"{VAULT}-2/replicationProtectedItems": {"value": [item("Primary")]},
    }
    reader = JsonReader(answers=answers, inventory=[VAULT_BODY, other])
    places = run_check(CHECK, disk(REPLICA, NORTH), reader)
    assert rows(places) == [("replica", "unknown"), ("replica", NORTH), ("primary", WEST)]


def test_of_vaults_that_cannot_be_read_a_disk_names_one_of_each_kind_of_error() -> None:
    vaults = [{**VAULT_BODY, "id": f"{VAULT}-{number}"} for number in range(6)]
    errors = [AccessDenied("no", code="AuthorizationFailed"), Throttled("no", code="TooMany")]
    answers = {
        f"{vault['id']}/replicationProtectedItems": errors[number % 2]
        for number, vault in enumerate(vaults)
    }
    places = run_check(CHECK, disk(SOURCE, WEST), JsonReader(answers=answers, inventory=vaults))
    assert rows(places) == [("replica", "unknown"), ("replica", "unknown"), ("primary", WEST)]
    assert [place.evidence.value for place in places[:2]] == ["AuthorizationFailed", "TooMany"]
    assert all(place.decides_primary for place in places[:2])


SHARED = f"{REPLICA}-shared"
CLUSTER = {
    "properties": {
        "activeLocation": "Primary",
        "providerSpecificDetails": {"primaryFabricLocation": WEST},
        "sharedDiskProperties": {
            "sharedDiskProviderSpecificDetails": {
                "protectedManagedDisks": [
                    {"diskId": f"{SOURCE}-s", "recoveryReplicaDiskId": SHARED}
                ]
            }
        },
    }
}


@pytest.mark.parametrize(
    ("member", "told"),
    [({}, [("primary", NORTH)]), ({"protectionClusterId": "c"}, [("replica", NORTH)])],
)
def test_the_shared_disks_of_a_cluster_are_asked_for_only_if_an_item_is_in_one(
    member: dict[str, str], told: list[tuple[str, str]]
) -> None:
    answers = {
        f"{VAULT}/replicationProtectedItems": {"value": [item("Primary", **member)]},
        f"{VAULT}/replicationProtectionClusters": {"value": [CLUSTER]},
    }
    reader = JsonReader(answers=answers, inventory=[VAULT_BODY])
    assert rows(run_check(CHECK, disk(SHARED, NORTH), reader))[:1] == told


def test_a_disk_that_an_item_names_is_not_in_doubt_for_a_cluster_that_cannot_be_read() -> None:
    places = found(disk(REPLICA, NORTH), {"value": [item("Primary", protectionClusterId="c")]})
    assert rows(places) == [("replica", NORTH), ("primary", WEST)]


class CachingReader:
    """Answers each list once, as a scan's reader does, and counts what is read of the items."""

    def __init__(self, items: Sequence[dict[str, Any]]) -> None:
        self.touched = 0
        self._made: dict[str, Any] = {}
        self._vaults = (resource_of(VAULT_BODY),)
        self._items = tuple(
            Reading(api="arm", path="i", body=self._counting(body), read_at=READ_AT)
            for body in items
        )

    def _counting(self, body: dict[str, Any]) -> dict[str, Any]:
        reader = self

        class Counting(dict[str, Any]):
            def get(self, key: str, default: object = None) -> Any:
                reader.touched += 1
                return super().get(key, default)

        return Counting(body)

    def get(self, path: str, *, api_version: str, expand: str = "") -> Reading:
        raise AssertionError(path, api_version, expand)

    def list(self, path: str, *, api_version: str) -> Sequence[Reading]:
        assert path == f"{VAULT}/replicationProtectedItems"
        assert api_version
        return self._items

    def find(self, resource_id: str) -> Resource | None:
        raise AssertionError(resource_id)

    def of_type(self, resource_type: str) -> Sequence[Resource]:
        assert resource_type == VAULT_TYPE
        return self._vaults

    def once(self, key: str, make: Callable[[], T]) -> T:
        if key not in self._made:
            self._made[key] = make()
        found: T = self._made[key]
        return found


def test_a_thousand_disks_index_a_vaults_items_once() -> None:
    reader = CachingReader([item("Primary") for _ in range(50)])
    first, *others = [resource_of(disk(f"{SOURCE}-{number}", WEST)) for number in range(1000)]
    assert len(tuple(CHECK.locate(first, reader))) == 1
    touched = reader.touched
    assert touched > 0
    for other in others:
        assert rows(tuple(CHECK.locate(other, reader))) == [("primary", WEST)]
    assert reader.touched == touched


@pytest.mark.parametrize("details", [None, "", 42, []])
def test_an_item_without_details_may_be_about_any_disk(details: object) -> None:
    odd = item("Primary")
    odd["properties"]["providerSpecificDetails"] = details
    places = found(disk(SOURCE, WEST), {"value": [odd]})
    assert rows(places) == [("replica", "unknown"), ("primary", WEST)]
    assert places[0].decides_primary


@pytest.mark.parametrize("disk_id", [None, "", "disk-1", 42])
def test_a_replicated_disk_without_an_id_may_be_any_disk(disk_id: object) -> None:
    odd = item("Primary", protectedManagedDisks=[{"diskId": disk_id}])
    assert ("replica", "unknown") in rows(found(disk(SOURCE, WEST), {"value": [odd]}))


def test_an_item_that_lists_no_disk_is_about_every_disk_of_its_machine() -> None:
    told = item("Primary", protectedManagedDisks=None, fabricObjectId=MACHINE)
    body = disk(SOURCE, WEST, managedBy=MACHINE.upper())
    assert rows(found(body, {"value": [told]})) == [("primary", WEST), ("replica", NORTH)]
    assert rows(found(disk(SOURCE, WEST), {"value": [told]})) == [("primary", WEST)]
