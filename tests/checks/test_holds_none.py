"""The table of types that hold no customer data, and the check that reads it."""

import json
import re
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from checks.holds_none import CHECKS
from residency.check import Catalogue
from residency.model import Basis, Holds, Placement, Reason, Role
from residency.testing import JsonReader, run_check

DATA = files("checks").joinpath("data")
TABLE = json.loads(DATA.joinpath("none.json").read_text(encoding="utf-8"))
SCHEMA = json.loads(DATA.joinpath("none.schema.json").read_text(encoding="utf-8"))
ENTRIES: list[dict[str, Any]] = TABLE["types"]
TYPES = [entry["type"] for entry in ENTRIES]
ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/types-that-hold-none.md"
ALL_TYPES = ROOT / "../shared/azure/types.tsv"
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker())

GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers"
NETWORK = "microsoft.network/virtualnetworks"
SUBNET = "microsoft.network/virtualnetworks/subnets"
DNS = "microsoft.network/dnszones"
LINK = "microsoft.network/privatednszones/virtualnetworklinks"
POOL = "microsoft.sql/servers/elasticpools"


def body_of(resource_type: str, **fields: object) -> dict[str, Any]:
    provider, first, *children = resource_type.split("/")
    tail = "".join(f"/{child}/it" for child in children)
    return {
        "id": f"{GROUP}/{provider}/{first}/it{tail}",
        "name": "it",
        "type": resource_type,
        **fields,
    }


def facts_of(places: tuple[Placement, ...]) -> list[tuple[Role, str, Reason | None]]:
    return [(place.role, place.region, place.unresolved) for place in places]


def placed(region: str) -> list[tuple[Role, str, Reason | None]]:
    return [(Role.PRIMARY, region, None)]


NOWHERE: list[tuple[Role, str, Reason | None]] = []
UNKNOWN: list[tuple[Role, str, Reason | None]] = [(Role.PRIMARY, "unknown", Reason.REGION_UNKNOWN)]
SITE = {"name": "losangeles", "type": "EdgeZone"}
CUSTOM = {
    "name": f"{GROUP}/Microsoft.ExtendedLocation/customLocations/shop",
    "type": "CustomLocation",
}


@pytest.mark.parametrize(
    ("resource_type", "fields", "expected"),
    [
        pytest.param(NETWORK, {"location": "westeurope"}, placed("westeurope"), id="its-location"),
        pytest.param(NETWORK, {"location": "West Europe"}, placed("westeurope"), id="any-spelling"),
        pytest.param(NETWORK, {"location": "eastus"}, placed("eastus"), id="abroad-is-stated"),
        pytest.param(NETWORK, {"location": "atlantis"}, UNKNOWN, id="unknown-region-is-unknown"),
        pytest.param(
            NETWORK, {"location": "europe"}, placed("europe"), id="a-geography-is-a-place"
        ),
        pytest.param(NETWORK, {}, UNKNOWN, id="missing-location-is-unknown"),
        pytest.param(NETWORK, {"location": ""}, UNKNOWN, id="empty-location-is-unknown"),
        pytest.param(NETWORK, {"location": None}, UNKNOWN, id="null-location-is-unknown"),
        pytest.param(NETWORK, {"location": " "}, UNKNOWN, id="blank-location-is-unknown"),
        pytest.param(DNS, {"location": "global"}, NOWHERE, id="global-is-no-place"),
        pytest.param(DNS, {"location": "Global"}, NOWHERE, id="global-in-any-case"),
        pytest.param(LINK, {"location": "global"}, NOWHERE, id="a-global-child-has-no-place"),
        pytest.param(SUBNET, {}, UNKNOWN, id="a-child-without-location-of-nothing-is-unknown"),
        pytest.param(POOL, {"location": "northeurope"}, placed("northeurope"), id="a-placed-child"),
        pytest.param(POOL, {"location": "atlantis"}, UNKNOWN, id="a-child-in-an-unknown-region"),
        pytest.param(
            NETWORK,
            {"location": "westeurope", "extendedLocation": CUSTOM},
            UNKNOWN,
            id="a-custom-location-is-not-the-region-beside-it",
        ),
        pytest.param(
            DNS,
            {"location": "global", "extendedLocation": CUSTOM},
            UNKNOWN,
            id="global-does-not-hide-a-site",
        ),
    ],
)
def test_a_type_that_holds_none_is_placed_by_its_location_alone(
    resource_type: str, fields: dict[str, Any], expected: list[tuple[Role, str, Reason | None]]
) -> None:
    assert facts_of(run_check(CHECKS[0], body_of(resource_type, **fields))) == expected


@pytest.mark.parametrize(
    ("parent_location", "expected"),
    [("North Europe", placed("northeurope")), ("Global", NOWHERE), ("", UNKNOWN), (None, UNKNOWN)],
)
def test_a_child_without_location_is_where_its_parent_is(
    parent_location: str | None, expected: list[tuple[Role, str, Reason | None]]
) -> None:
    parent = body_of(NETWORK, location=parent_location)
    places = run_check(CHECKS[0], body_of(SUBNET), JsonReader(inventory=[parent]))
    assert facts_of(places) == expected
    assert all(place.evidence.path == f"{parent['id'].lower()} location" for place in places)


def test_an_edge_zone_is_the_place_and_not_the_region_beside_it() -> None:
    body = body_of(NETWORK, location="westus", extendedLocation=SITE)
    (place,) = run_check(CHECKS[0], body)
    assert place.region != "westus"
    assert place.evidence.path == "extendedLocation.name"


def test_the_place_cites_the_field_that_was_read() -> None:
    (place,) = run_check(CHECKS[0], body_of(NETWORK, location="West Europe"))
    assert place.basis is Basis.OBSERVED
    assert str(place.evidence) == "resourcegraph location = 'West Europe'"


def test_a_missing_location_says_so_in_its_evidence() -> None:
    (place,) = run_check(CHECKS[0], body_of(NETWORK))
    assert "absent" in place.evidence.value


def test_the_check_needs_nothing_but_the_inventory() -> None:
    (check,) = CHECKS
    assert check.holds is Holds.NONE
    assert (check.reads, check.uses_properties, check.can_fail_over) == (False, False, False)
    assert Catalogue.of(CHECKS).check_for(NETWORK) is check


def test_the_check_knows_exactly_the_types_of_the_table() -> None:
    assert list(CHECKS[0].resource_types) == TYPES


def test_the_table_has_the_form_of_its_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert [error.message for error in VALIDATOR.iter_errors(TABLE)] == []


SOUND = {"type": NETWORK, "reason": "network-path", "why": "Routes packets."}


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param({"type": NETWORK, "why": "Routes packets."}, id="no-ground"),
        pytest.param({**SOUND, "reason": "harmless"}, id="a-sixth-reason"),
        pytest.param({**SOUND, "type": "Microsoft.Network/virtualNetworks"}, id="upper-case"),
        pytest.param({**SOUND, "why": ""}, id="no-sentence"),
        pytest.param(
            {
                **SOUND,
                "source": {"page": "https://learn.microsoft.com/azure", "looked_up": "2026-11-22"},
            },
            id="two-grounds",
        ),
        pytest.param(
            {
                "type": NETWORK,
                "why": "Routes packets.",
                "source": {"page": "https://example.com/", "looked_up": "2026-11-22"},
            },
            id="a-page-of-someone-else",
        ),
        pytest.param(
            {
                "type": NETWORK,
                "why": "Routes packets.",
                "source": {"page": "https://learn.microsoft.com/azure", "looked_up": "yesterday"},
            },
            id="no-date",
        ),
    ],
)
def test_the_schema_refuses_an_entry_without_one_sound_ground(entry: dict[str, Any]) -> None:
    def accepted(candidate: dict[str, Any]) -> bool:
        return VALIDATOR.is_valid({"$schema": "none.schema.json", "types": [candidate]})

    assert accepted(SOUND)
    assert not accepted(entry)


def test_every_type_stands_in_the_table_once_and_in_order() -> None:
    assert sorted(set(TYPES)) == TYPES


def test_there_are_exactly_five_named_reasons_and_each_is_explained_and_used() -> None:
    reasons = {row["const"]: row["description"] for row in SCHEMA["$defs"]["reason"]["oneOf"]}
    assert len(reasons) == 5
    assert all(description.endswith(".") for description in reasons.values())
    assert {entry["reason"] for entry in ENTRIES if "reason" in entry} == set(reasons)


def test_no_page_was_looked_up_in_the_future() -> None:
    days = [entry["source"]["looked_up"] for entry in ENTRIES if "source" in entry]
    assert all(date(2026, 1, 1) <= date.fromisoformat(day) <= date.today() for day in days)  # noqa: DTZ011 - a day has no zone


KEEPS_OR_SHOWS_DATA = [
    "microsoft.app/managedenvironments",
    "microsoft.cdn/profiles",
    "microsoft.cdn/profiles/afdendpoints",
    "microsoft.chaos/experiments",
    "microsoft.compute/virtualmachines/extensions",
    "microsoft.compute/virtualmachines/runcommands",
    "microsoft.insights/components",
    "microsoft.insights/datacollectionrules",
    "microsoft.insights/webtests",
    "microsoft.insights/workbooks",
    "microsoft.network/applicationgateways",
    "microsoft.network/azurefirewalls",
    "microsoft.network/bastionhosts",
    "microsoft.network/frontdoors",
    "microsoft.network/networkvirtualappliances",
    "microsoft.network/networkwatchers/connectionmonitors",
    "microsoft.network/networkwatchers/flowlogs",
    "microsoft.network/networkwatchers/packetcaptures",
    "microsoft.network/securitypartnerproviders",
    "microsoft.network/virtualnetworktaps",
    "microsoft.operationalinsights/workspaces",
    "microsoft.portal/dashboards",
    "microsoft.resources/deploymentscripts",
    "microsoft.resources/templatespecs",
    "microsoft.sql/servers/jobagents",
    "microsoft.web/certificates",
    "microsoft.web/connections",
    "microsoft.web/serverfarms",
]

JUDGED_BY_OTHER_CHECKS = re.compile(
    r"microsoft\.(storage|documentdb|keyvault|recoveryservices|cognitiveservices)/.*"
    r"|microsoft\.sql/(servers|servers/databases|managedinstances|managedinstances/databases)"
    r"|microsoft\.dbfor[a-z]+/.*"
    r"|microsoft\.compute/(disks|snapshots|images|galleries|restorepointcollections)(/.*)?"
    r"|microsoft\.dataprotection/backupvaults(/.*)?"
)


@pytest.mark.parametrize("resource_type", KEEPS_OR_SHOWS_DATA)
def test_a_type_that_can_keep_show_or_decipher_customer_data_is_left_out(
    resource_type: str,
) -> None:
    assert resource_type not in TYPES


def test_no_type_of_a_service_that_stores_data_is_in_the_table() -> None:
    assert [name for name in TYPES if JUDGED_BY_OTHER_CHECKS.fullmatch(name)] == []


def test_the_page_lists_the_table_line_by_line() -> None:
    listed = PAGE.read_text(encoding="utf-8").split("## The list", 1)[1]
    rows = dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", listed, re.MULTILINE))
    assert rows == {entry["type"]: entry["why"] for entry in ENTRIES}


def test_the_page_explains_each_reason_in_the_words_of_the_schema() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for row in SCHEMA["$defs"]["reason"]["oneOf"]:
        assert f"| `{row['const']}` | {row['description']} |" in text


LISTED_BY_RESOURCE_GRAPH_ALONE = {
    "microsoft.fabric/privatelinkservicesforfabric",
    "microsoft.network/dnsresolverdomainlists",
    "microsoft.network/dnsresolverpolicies",
    "microsoft.network/dnsresolverpolicies/dnssecurityrules",
    "microsoft.network/dnsresolverpolicies/virtualnetworklinks",
    "microsoft.network/dnszones/a",
    "microsoft.network/dnszones/cname",
    "microsoft.network/networkintentpolicies",
    "microsoft.network/networkmanagers/ipampools",
    "microsoft.sql/virtualclusters",
}
"""Newer than the list of what can be created, or made by Azure itself.

https://learn.microsoft.com/azure/governance/resource-graph/reference/supported-tables-resources
"""


def test_every_type_is_one_that_azure_has() -> None:
    if not ALL_TYPES.is_file():
        pytest.skip("the list of Azure's types is not beside this checkout")
    known = {line.split("\t")[0] for line in ALL_TYPES.read_text(encoding="utf-8").splitlines()}
    assert sorted(set(TYPES) - known) == sorted(LISTED_BY_RESOURCE_GRAPH_ALONE)
