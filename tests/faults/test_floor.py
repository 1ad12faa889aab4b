"""The least time that a scan can take, counted from its calls and from an estate."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from residency.simulator.floor import (
    Demand,
    demand_of_calls,
    demand_of_estate,
    demand_of_scan,
    floor_seconds,
    least_pages,
)
from residency.simulator.journal import Call, api_of, kind_of, subscription_of
from residency.simulator.world import Estate, Subscription

ONE = "/subscriptions/one"
GRAPH = "/providers/Microsoft.ResourceGraph/resources"
LISTED = f"{ONE}/providers/Microsoft.Storage/storageAccounts"


def account(name: str, location: str = "West Europe") -> dict[str, Any]:
    path = f"{ONE}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/{name}"
    return {"id": path, "type": "Microsoft.Storage/storageAccounts", "location": location}


def call(path: str, status: int = 200, table: str = "") -> Call:
    return Call(
        method="POST" if path == GRAPH else "GET",
        path=path,
        query={},
        api=api_of(path),
        kind=kind_of(path, table),
        subscription=subscription_of(path),
        status=status,
        time=datetime(2026, 11, 2, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("demand", "seconds"),
    [
        ({}, 0),
        ({"queries": 15}, 0),
        ({"queries": 16}, 5),
        ({"queries": 31}, 10),
        ({"reads": {"one": 250, "two": 250}}, 0),
        ({"reads": {"one": 500, "two": 250}}, 10),
        ({"storage": {("one", "westeurope", True): 100}}, 0),
        ({"storage": {("one", "westeurope", True): 101}}, 300),
        ({"storage": {("one", "westeurope", False): 800}}, 0),
        ({"storage": {("one", "westeurope", False): 1601}}, 600),
        ({"queries": 150, "reads": {"one": 500}, "storage": {("one", "x", True): 101}}, 300),
    ],
)
def test_the_floor_is_that_of_the_slowest_quota(demand: Mapping[str, Any], seconds: float) -> None:
    whole: dict[str, Any] = {"queries": 0, "reads": {}, "storage": {}, **demand}
    assert floor_seconds(Demand(**whole)) == seconds


def test_calls_are_counted_as_azure_counts_them() -> None:
    west, north = account("west"), account("north", "northeurope")
    calls = [
        *(call(GRAPH) for _ in range(3)),
        call("/subscriptions"),
        call(LISTED),
        call(west["id"]),
        call(f"{west['id'].upper()}/OBJECTREPLICATIONPOLICIES"),
        call(f"{north['id']}/objectReplicationPolicies"),
        call(f"{north['id']}/objectReplicationPolicies", status=429),
        call(f"{ONE}/resourceGroups"),
    ]
    found = demand_of_calls(calls, [west, north])
    assert found.queries == 3
    assert found.reads == {"": 1, "one": 5}
    assert found.storage == {
        ("one", "", True): 1,
        ("one", "westeurope", False): 1,
        ("one", "westeurope", True): 1,
        ("one", "northeurope", True): 1,
    }


def estate(resources: Sequence[Mapping[str, Any]], subscriptions: int = 1) -> Estate:
    names = ["one", *(f"s{number}" for number in range(1, subscriptions))]
    return Estate(
        tenant_id="t",
        management_group="mg",
        subscriptions=[Subscription(id=name, name=name) for name in names],
        resource_groups=[],
        resources=[dict(each) for each in resources],
    )


def test_an_estate_needs_its_pages_its_lists_and_those_of_each_resource() -> None:
    accounts = [account(f"st{number}") for number in range(1500)]
    lists = {"microsoft.storage/storageaccounts": 1}
    found = demand_of_estate(estate(accounts), queries=3, subscription_lists=1, lists=lists)
    assert found.queries == 2 + 2
    assert found.reads == {"one": 1502}
    assert found.storage == {("one", "", True): 1, ("one", "westeurope", True): 1500}
    assert floor_seconds(found) == 14 * 300


def test_subscriptions_are_asked_a_hundred_at_once() -> None:
    many = estate([], subscriptions=250)
    found = demand_of_estate(many, queries=3, subscription_lists=0, lists={})
    assert found.queries == 9
    assert floor_seconds(found) == 0


def test_what_a_scan_asks_too_often_does_not_raise_its_floor() -> None:
    west = account("west")
    lists = [call(f"{west['id']}/objectReplicationPolicies") for _ in range(150)]
    queries = [call(GRAPH, table="resources") for _ in range(40)]
    calls = [*lists, *queries, call(GRAPH, table="resourcecontainers")]
    found = demand_of_scan(calls, [west], [Subscription(id="one", name="one")])
    assert found.queries == 2
    assert found.reads == {"one": 1}
    assert floor_seconds(found) == 0
    assert floor_seconds(demand_of_calls(calls, [west])) == 300


@pytest.mark.parametrize(
    ("accounts", "flags", "pages"),
    [
        (0, {}, 1),
        (1000, {}, 1),
        (1001, {}, 2),
        (1001, {"readable": False}, 0),
        (1001, {"listed": False}, 0),
        (1001, {"in_graph": False}, 0),
    ],
)
def test_the_table_is_read_in_as_few_pages_as_its_rows_fill(
    accounts: int, flags: Mapping[str, Any], pages: int
) -> None:
    bodies = [account(f"st{number}") for number in range(accounts)]
    subscription = Subscription(id="one", name="one", **flags)
    assert least_pages(bodies, [subscription]) == pages


def test_rows_of_other_tables_fill_no_page() -> None:
    kind = "Microsoft.DataProtection/backupVaults/backupInstances"
    vault = f"{ONE}/resourceGroups/rg/providers/Microsoft.DataProtection/backupVaults/v"
    items = [{"id": f"{vault}/backupInstances/{n}", "type": kind} for n in range(1500)]
    assert least_pages(items, [Subscription(id="one", name="one")]) == 1
