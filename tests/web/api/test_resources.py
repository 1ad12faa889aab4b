"""`/api/v1/resources` and `/api/v1/resource`: which are shown, in which pages, and how they are."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from residency.model import Status

OTHER = "00000000-0000-4000-8000-000000000002"
SERVERS = "microsoft.sql/servers"

Row = Callable[..., Any]


@pytest.fixture
def estate(row: Row) -> tuple[Any, ...]:
    return (
        row(name="a"),
        row(name="b", regions=("westeurope", "northeurope"), environment="test"),
        row(name="c", regions=("westeurope", "uksouth"), status=Status.VIOLATION),
        row(name="d", customers=("strict",), regions=("northeurope",)),
        row(name="e", type=SERVERS, product="Other", customers=()),
        row(name="f", subscription=OTHER, status=Status.FALLBACK, regions=("francecentral",)),
        row(name="g", subscription=OTHER, regions=("nowhere",), status=Status.UNKNOWN),
    )


WANTED: list[tuple[dict[str, Any], str]] = [
    ({}, "eabcdfg"),  # servers come before accounts: by id
    ({"status": "violation"}, "c"),
    ({"status": ["violation", "fallback"]}, "cf"),
    ({"product": "Procs"}, "abcdfg"),
    ({"product": "Other"}, "e"),
    ({"product": "Nothing"}, ""),
    ({"customer": "acme"}, "abcfg"),
    ({"customer": "strict"}, "d"),
    ({"environment": "test"}, "b"),
    ({"type": SERVERS}, "e"),
    ({"type": SERVERS.upper()}, "e"),
    ({"subscription": OTHER}, "fg"),
    ({"subscription": OTHER[:-1]}, ""),
    ({"zone": "home"}, "eabc"),
    ({"zone": "failover"}, "b"),
    ({"zone": "exceptional"}, "f"),
    ({"zone": "outside"}, "cd"),  # Ireland is outside for whom only the Netherlands are promised
    ({"zone": "unknown"}, "g"),
    ({"zone": ["unknown", "failover"]}, "bg"),
    ({"zone": "home", "status": "violation"}, "c"),
    ({"search": "ACCOUNTS/c"}, "c"),
    ({"search": "%"}, ""),
    ({"search": "' OR 1=1 --"}, ""),
    ({"product": "Procs", "customer": "acme", "status": "compliant"}, "ab"),
]


@pytest.fixture
def stocked(shop: Any, api: Any, estate: Any) -> Any:
    shop.scan(*estate)
    return api


@pytest.mark.parametrize(("query", "names"), WANTED)
def test_only_what_is_wanted_is_shown(stocked: Any, query: dict[str, Any], names: str) -> None:
    assert "".join(stocked.names(**query)) == names


@pytest.mark.parametrize(("query", "names"), WANTED)
def test_pages_of_one_show_the_same(stocked: Any, query: dict[str, Any], names: str) -> None:
    pages = list(stocked.pages("resources", **query, limit=1))
    assert "".join(each["name"] for page in pages for each in page["resources"]) == names
    assert len(pages) == max(1, len(names))


@pytest.mark.parametrize(("query", "names"), WANTED)
def test_what_is_wanted_is_found_far_from_the_page_before(
    shop: Any, api: Any, row: Row, estate: Any, query: dict[str, Any], names: str
) -> None:
    """Past what is looked at one by one, all that fit are gathered: the same must come of it."""
    before = "00000000-0000-0000-0000-000000000000"
    odd = {"product": None, "customers": (), "environment": "x", "type": "x/y", "regions": ()}
    many = [
        row(name=f"h{n}", subscription=before, status=Status.EXEMPT, **odd) for n in range(1_500)
    ]
    shop.scan(*many, *estate)
    if query:
        assert "".join(api.names(**query)) == names


def test_a_resource_of_a_list_is_as_in_a_scan(stocked: Any, estate: Any) -> None:
    (told,) = stocked.get("resources", search="/c")["resources"]
    assert told == {
        "id": estate[2].id,
        "type": "microsoft.storage/storageaccounts",
        "name": "c",
        "subscription_id": estate[2].subscription,
        "resource_group": "rg",
        "status": "violation",
        "severity": "critical",
        "reasons": ["outside-eu"],
        "exemptions": [],
        "holds": "stores",
        "seen": True,
        "product": "Procs",
        "customers": ["acme"],
        "environment": "production",
        "placements": [
            {
                "role": "primary",
                "region": "westeurope",
                "country": "NL",
                "zone": "home",
                "basis": "observed",
                "evidence": "arm properties.primary = 'westeurope'",
            },
            {
                "role": "replica",
                "region": "uksouth",
                "country": "GB",
                "zone": "outside",
                "basis": "observed",
                "evidence": "arm properties.replica = 'uksouth'",
            },
        ],
    }


def test_pages_fit_together_while_scans_go_on(shop: Any, api: Any, row: Row) -> None:
    shop.scan(*(row(name=each) for each in "abcd"))
    first = api.get("resources", limit=2)
    gone = frozenset({row(name="c").id})
    moved = row(name="d", regions=("uksouth",), status=Status.VIOLATION)
    shop.scan(row(name="a"), row(name="b"), row(name="bb"), moved, gone=gone)
    second = api.get("resources", limit=2, cursor=first["next"])
    assert [each["name"] for each in second["resources"]] == ["c", "d"]
    assert second["resources"][1]["status"] == "compliant"
    assert second["scan"] == first["scan"]
    assert second["scan"]["scan"] == 1
    assert second["next"] is None
    assert api.names() == ["a", "b", "bb", "d"]
    assert api.names(status="violation") == ["d"]


def test_what_is_too_old_is_unknown_and_found_as_unknown(shop: Any, api: Any, estate: Any) -> None:
    scan = shop.settings.scan
    ages = {"default": timedelta(minutes=1), SERVERS: timedelta(days=1)}
    shop.settings.__dict__["scan"] = scan.model_copy(update={"max_age": ages})
    shop.scan(*estate)
    told = {each["name"]: each for each in api.get("resources")["resources"]}
    assert {name: each["status"] for name, each in told.items()} == {
        "a": "unknown",
        "b": "unknown",
        "c": "violation",
        "d": "unknown",
        "e": "compliant",
        "f": "unknown",
        "g": "unknown",
    }
    assert told["a"]["reasons"] == ["stale"]
    assert api.names(status="compliant") == ["e"]
    assert "".join(api.names(status="unknown")) == "abdfg"
    assert api.names(status="fallback") == []
    assert "longer than scan.max_age" in api.get("resources")["notices"][0]


def test_types_that_are_too_old_before_others_are_unknown(shop: Any, api: Any, estate: Any) -> None:
    ages = {"default": timedelta(days=1), SERVERS: timedelta(minutes=1)}
    shop.settings.__dict__["scan"] = shop.settings.scan.model_copy(update={"max_age": ages})
    shop.scan(*estate)
    assert api.names(status="unknown") == ["e", "g"]
    assert api.names(status="compliant") == ["a", "b", "d"]


def test_one_resource_is_what_explain_prints(stocked: Any, estate: Any) -> None:
    told = stocked.get("resource", id=estate[2].id.upper())
    assert told["schema"] == "residency/explain/v1"
    assert told["source"] == "store"
    assert told["resource"]["status"] == "violation"
    assert [each["zone"] for each in told["resource"]["placements"]] == ["home", "outside"]
    assert [each["kind"] for each in told["recorded"]["events"]] == ["violation-opened"]


def test_a_scan_that_saw_nothing_has_no_resource_in_any_zone(shop: Any, api: Any) -> None:
    shop.scan()
    assert api.names(zone="outside") == []


def test_a_resource_that_is_gone_has_a_history_and_no_status(shop: Any, api: Any, row: Row) -> None:
    shop.scan(row(name="a"), row(name="b"))
    shop.scan(row(name="a"), gone=frozenset({row(name="b").id}))
    told = api.get("resource", id=row(name="b").id)
    assert told["resource"] is None
    assert told["recorded"]["there"] is False


@pytest.mark.parametrize("name", ["b", "/b", "/subscriptions/x", "storageaccounts/b"])
def test_only_a_whole_id_names_a_resource(stocked: Any, name: str) -> None:
    got = stocked.ask("resource", id=name)
    assert (got.status, got.json) == (404, {"error": "No scan ever saw such a resource"})


def test_names_that_are_no_ascii_pass_through_pages(shop: Any, api: Any, row: Row) -> None:
    shop.scan(*(row(name=f"ü{n}") for n in range(3)))
    found = [each["name"] for page in api.pages("resources", limit=1) for each in page["resources"]]
    assert found == ["ü0", "ü1", "ü2"]
    assert api.names(search="ü1") == ["ü1"]
    assert json.dumps(api.get("resource", id=row(name="ü1").id))
