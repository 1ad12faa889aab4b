"""Storage accounts: where the data is, and not where the account was once made."""

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.storage import CHECK
from residency.errors import AccessDenied, CheckError
from residency.model import Basis, Failover, Holds, Placement, Reason, Role
from residency.testing import JsonReader, resource_of, run_check

GROUP = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts"
ACCOUNT = f"{GROUP}/invoices"
POLICIES = f"{ACCOUNT}/objectReplicationPolicies"
DENIED = AccessDenied("not allowed", code="AuthorizationFailed")
GEO = ["Standard_GRS", "Standard_RAGRS", "Standard_GZRS", "Standard_RAGZRS"]
GEO_FILES = ["StandardV2_GRS", "StandardV2_GZRS"]
ONE = ["Standard_LRS", "Standard_ZRS", "Premium_LRS", "Premium_ZRS"]
ONE_FILES = ["StandardV2_LRS", "StandardV2_ZRS", "PremiumV2_LRS", "PremiumV2_ZRS"]


def account(
    sku: str = "Standard_LRS", *, kind: str = "FileStorage", **known: Any
) -> dict[str, Any]:
    """An account made in West Europe; FileStorage has no object replication to list."""
    properties: dict[str, Any] = {"primaryLocation": "westeurope", **known}
    return {
        "id": ACCOUNT,
        "name": "invoices",
        "type": "Microsoft.Storage/storageAccounts",
        "kind": kind,
        "location": "westeurope",
        "sku": {"name": sku},
        "properties": {key: found for key, found in properties.items() if found is not None},
    }


def places(body: dict[str, Any], **answers: Any) -> list[tuple[str, str, str]]:
    reader = JsonReader(answers={ACCOUNT: answers.get("whole", DENIED)})
    return sorted((p.role, p.region, p.basis) for p in run_check(CHECK, body, reader))


def primary(body: dict[str, Any], reader: JsonReader | None = None) -> Placement:
    (found,) = [p for p in run_check(CHECK, body, reader) if p.role is Role.PRIMARY]
    return found


def failover(body: dict[str, Any]) -> Failover:
    found = primary(body).failover
    assert found is not None
    return found


@pytest.mark.parametrize("sku", [*GEO, *GEO_FILES, "standard_ragzrs"])
def test_a_geo_redundant_account_has_a_replica_where_it_says(sku: str) -> None:
    assert places(account(sku, secondaryLocation="North Europe")) == [
        ("primary", "westeurope", "observed"),
        ("replica", "northeurope", "observed"),
    ]


@pytest.mark.parametrize("sku", [*ONE, *ONE_FILES])
def test_a_locally_or_zone_redundant_account_is_in_one_region(sku: str) -> None:
    assert places(account(sku)) == [("primary", "westeurope", "observed")]


@pytest.mark.parametrize("sku", ["Standard_XRS", ""])
def test_a_sku_that_nobody_knows_may_have_a_copy_anywhere(sku: str) -> None:
    assert ("replica", "unknown", "observed") in places(account(sku))


def test_a_stated_secondary_location_counts_whatever_the_sku() -> None:
    found = places(account("Standard_LRS", secondaryLocation="uksouth"))
    assert ("replica", "uksouth", "observed") in found


def test_a_secondary_location_that_nobody_knows_is_an_unknown_replica() -> None:
    found = places(account("Standard_GRS", secondaryLocation="Atlantis"))
    assert ("replica", "unknown", "observed") in found


def test_the_primary_location_decides_and_not_the_location_of_the_account() -> None:
    assert primary(account(primaryLocation="northeurope")).region == "northeurope"


def test_without_a_primary_location_the_account_itself_is_read() -> None:
    whole = account(primaryLocation="northeurope")
    found = primary(account(primaryLocation=None), JsonReader(answers={ACCOUNT: whole}))
    assert found.region == "northeurope"
    assert found.evidence.api == "arm"
    assert found.evidence.path.endswith("properties.primaryLocation")


def test_a_primary_location_that_is_nowhere_is_unknown_and_never_the_location() -> None:
    whole = account(primaryLocation=None)
    assert places(account(primaryLocation=None), whole=whole) == [
        ("primary", "unknown", "observed")
    ]


def test_an_account_that_may_not_be_read_leaves_its_primary_open() -> None:
    found = run_check(CHECK, account(primaryLocation=None), JsonReader(answers={ACCOUNT: DENIED}))
    assert {p.region for p in found} == {"unknown"}
    assert [p.unresolved for p in found if p.decides_primary] == [Reason.FACET_UNREADABLE]


def test_a_geo_redundant_row_without_its_secondary_is_read_once_more() -> None:
    whole = account("Standard_GRS", secondaryLocation="northeurope")
    assert ("replica", "northeurope", "observed") in places(account("Standard_GRS"), whole=whole)


def test_a_geo_redundant_account_that_never_names_its_secondary_has_an_unknown_replica() -> None:
    whole = account("Standard_GRS")
    assert places(account("Standard_GRS"), whole=whole) == [
        ("primary", "westeurope", "observed"),
        ("replica", "unknown", "observed"),
    ]


def test_a_refused_second_look_costs_nothing_that_the_row_says() -> None:
    found = places(account("Standard_GRS"), whole=DENIED)
    assert ("primary", "westeurope", "observed") in found
    assert ("replica", "unknown", "observed") in found


def test_an_edge_zone_is_not_the_region_in_location() -> None:
    body = account("Premium_LRS") | {"extendedLocation": {"name": "nowhere1", "type": "EdgeZone"}}
    assert primary(body).region == "unknown"


def test_a_planned_failover_swaps_the_locations_and_tells_its_time() -> None:
    body = account(
        "Standard_RAGRS",
        primaryLocation="northeurope",
        secondaryLocation="westeurope",
        lastGeoFailoverTime="2026-10-30T08:15:00.1234567Z",
    )
    told = failover(body)
    assert told.path == ("westeurope",)
    assert told.since == datetime(2026, 10, 30, 8, 15, 0, 123456, tzinfo=UTC)
    assert "lastGeoFailoverTime = '2026-10-30T08:15" in str(told.evidence)


@pytest.mark.parametrize("sku", ["Standard_LRS", "Standard_ZRS"])
def test_an_unplanned_failover_leaves_one_region_and_an_old_location(sku: str) -> None:
    told = failover(account(sku, primaryLocation="northeurope"))
    assert (told.path, told.since) == (("westeurope",), None)
    assert str(told.evidence) == "resourcegraph location = 'westeurope'"


def test_a_failed_over_account_that_is_geo_redundant_again_came_from_its_secondary() -> None:
    body = account("Standard_GRS", primaryLocation="northeurope", secondaryLocation="westeurope")
    assert failover(body).path == ("westeurope",)


def test_an_unplanned_failover_may_keep_its_time() -> None:
    body = account(primaryLocation="northeurope", lastGeoFailoverTime="2026-10-30T08:15:00Z")
    told = failover(body)
    assert told.path == ("westeurope",)
    assert told.since == datetime(2026, 10, 30, 8, 15, tzinfo=UTC)


def test_a_failback_names_the_region_that_it_came_back_from() -> None:
    body = account(
        "Standard_GRS",
        secondaryLocation="northeurope",
        lastGeoFailoverTime="2026-10-30T08:15:00Z",
    )
    assert failover(body).path == ("northeurope",)


@pytest.mark.parametrize("sku", ["Standard_LRS", "Standard_GRS"])
def test_an_account_that_never_failed_over_has_no_failover(sku: str) -> None:
    assert primary(account(sku, secondaryLocation="northeurope")).failover is None


def test_a_failover_time_that_is_no_time_is_refused() -> None:
    body = account("Standard_GRS", secondaryLocation="northeurope", lastGeoFailoverTime="lately")
    with pytest.raises(CheckError, match="lately"):
        run_check(CHECK, body)


def test_a_failover_in_progress_is_read_from_the_account_and_keeps_both_places() -> None:
    row = account("Standard_GRS", secondaryLocation="northeurope", failoverInProgress=True)
    whole = account("Standard_GRS", primaryLocation="northeurope", secondaryLocation="westeurope")
    assert places(row, whole=whole) == [
        ("primary", "northeurope", "observed"),
        ("replica", "westeurope", "observed"),
    ]


def test_a_failover_in_progress_that_cannot_be_read_leaves_the_writer_open() -> None:
    row = account("Standard_GRS", secondaryLocation="northeurope", failoverInProgress=True)
    found = run_check(CHECK, row, JsonReader(answers={ACCOUNT: DENIED}))
    assert [p.decides_primary for p in found if p.region == "unknown"] == [True]
    assert {p.region for p in found} == {"westeurope", "northeurope", "unknown"}


def test_a_failover_in_progress_without_a_named_second_region_has_an_unknown_replica() -> None:
    row = account("Standard_LRS", failoverInProgress=True)
    assert ("replica", "unknown", "observed") in places(row, whole=row)


@pytest.mark.parametrize(
    ("status", "target", "expected"),
    [
        ("InProgress", "Standard_GRS", [("replica", "northeurope", "documented")]),
        ("InProgress", "Standard_ZRS", []),
        ("InProgress", "Standard_XRS", [("replica", "unknown", "observed")]),
        ("Succeeded", "Standard_GRS", []),
        ("Failed", "Standard_GRS", []),
        ("Brand new", "Standard_GRS", [("replica", "northeurope", "documented")]),
        (None, "Standard_GRS", [("replica", "northeurope", "documented")]),
        ("InProgress", None, [("replica", "unknown", "observed")]),
    ],
)
def test_a_conversion_in_progress_to_a_geo_redundant_sku_is_making_a_copy_in_the_pair(
    status: str | None, target: str | None, expected: list[tuple[str, str, str]]
) -> None:
    conversion = {"skuConversionStatus": status, "targetSkuName": target}
    body = account("Standard_LRS", storageAccountSkuConversionStatus=conversion)
    assert [place for place in places(body) if place[0] == "replica"] == expected


def test_a_conversion_to_a_copy_of_a_region_without_a_pair_is_unknown() -> None:
    conversion = {"skuConversionStatus": "InProgress", "targetSkuName": "Standard_GRS"}
    body = account(primaryLocation="italynorth", storageAccountSkuConversionStatus=conversion)
    assert ("replica", "unknown", "observed") in places(body)


@pytest.mark.parametrize("site", [{"type": "EdgeZone"}, {"name": None}, {"name": ""}])
def test_an_edge_zone_without_a_name_is_not_the_region_in_location(site: Any) -> None:
    body = {**account(), "extendedLocation": site}
    assert places(body) == [("primary", "unknown", "observed")]


@pytest.mark.parametrize("odd", ["true", 1, "soon"])
def test_a_failover_in_progress_that_is_no_yes_or_no_is_refused(odd: Any) -> None:
    with pytest.raises(CheckError, match="failoverInProgress"):
        places(account(failoverInProgress=odd))


def test_the_providers_own_list_is_as_good_as_resource_graph() -> None:
    found = list(CHECK.locate(resource_of(account(), api="arm"), JsonReader()))
    assert [str(p.evidence) for p in found] == ["arm properties.primaryLocation = 'westeurope'"]


def test_an_account_stores_data_and_can_fail_over() -> None:
    assert (CHECK.can_fail_over, CHECK.reads, CHECK.holds) == (True, True, Holds.STORES)


def policy(source: str, destination: str | None) -> dict[str, Any]:
    return {
        "id": f"{POLICIES}/p1",
        "properties": {"sourceAccount": source, "destinationAccount": destination},
    }


def sent(
    policies: list[dict[str, Any]], *, kind: str = "StorageV2", others: tuple[Any, ...] = ()
) -> list[Placement]:
    reader = JsonReader(answers={POLICIES: {"value": policies}}, inventory=others)
    found = run_check(CHECK, account(kind=kind), reader)
    return [place for place in found if place.role is Role.EXPORT]


def other(name: str, **properties: str) -> dict[str, Any]:
    return {
        "id": f"{GROUP}/{name}",
        "name": name,
        "type": "Microsoft.Storage/storageAccounts",
        "location": "westeurope",
        "properties": properties,
    }


@pytest.mark.parametrize("kind", ["StorageV2", "BlockBlobStorage"])
@pytest.mark.parametrize("named", ["archive", f"{GROUP}/Archive", f"{GROUP}/archive".upper()])
def test_object_replication_sends_to_where_the_destinations_primary_is(
    named: str, kind: str
) -> None:
    archive = other("archive", primaryLocation="uksouth")
    (export,) = sent([policy("invoices", named)], kind=kind, others=(archive,))
    assert (export.region, export.basis) == ("uksouth", Basis.OBSERVED)
    assert export.target == f"{GROUP}/archive".lower()
    assert f"{GROUP}/archive properties.primaryLocation".lower() in str(export.evidence).lower()


@pytest.mark.parametrize("named", ["archive", "/subscriptions/other/…/storageaccounts/archive"])
def test_a_destination_out_of_sight_is_unknown_and_named(named: str) -> None:
    (export,) = sent([policy("invoices", named)])
    assert (export.region, export.unresolved) == ("unknown", Reason.FACET_UNREADABLE)
    assert export.target == named
    assert named in export.evidence.value


def test_a_destination_that_does_not_say_where_it_is_is_unknown() -> None:
    (export,) = sent([policy("invoices", "archive")], others=(other("archive"),))
    assert export.region == "unknown"


def test_a_policy_without_a_destination_is_unknown() -> None:
    (export,) = sent([policy("invoices", None)])
    assert (export.region, export.target) == ("unknown", None)


@pytest.mark.parametrize("me", ["invoices", "Invoices", ACCOUNT])
def test_the_same_policy_seen_from_the_destination_is_no_export(me: str) -> None:
    assert sent([policy("archive", me)]) == []


def test_every_destination_is_an_export() -> None:
    both = (other("a", primaryLocation="uksouth"), other("b", primaryLocation="northeurope"))
    found = sent([policy("invoices", "a"), policy("invoices", "b")], others=both)
    assert [place.region for place in found] == ["uksouth", "northeurope"]


def test_an_account_of_file_shares_alone_is_not_asked_for_object_replication() -> None:
    found = run_check(CHECK, account(kind="FileStorage"), JsonReader())
    assert [p.role for p in found] == [Role.PRIMARY]


@pytest.mark.parametrize("kind", ["", "Brand new", "Storage", "BlobStorage"])
def test_an_account_of_any_other_kind_is_asked_for_object_replication(kind: str) -> None:
    reader = JsonReader(answers={POLICIES: DENIED})
    found = run_check(CHECK, account(kind=kind), reader)
    assert [(p.role, p.unresolved) for p in found] == [
        (Role.PRIMARY, None),
        (Role.EXPORT, Reason.FACET_UNREADABLE),
    ]
