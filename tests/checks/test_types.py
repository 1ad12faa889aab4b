"""The one table of types: its form, its grounds, and that it says what the checks do."""

import json
import re
import runpy
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from checks import CHECKS, holds_none, own_location
from checks.type_table import shares
from residency.check import EVERY_TYPE, Check

DATA = files("checks").joinpath("data")
TABLE = json.loads(DATA.joinpath("types.json").read_text(encoding="utf-8"))
SCHEMA = json.loads(DATA.joinpath("types.schema.json").read_text(encoding="utf-8"))
ENTRIES: list[dict[str, Any]] = TABLE["types"]
TYPES = [entry["type"] for entry in ENTRIES]
HOLDS = {entry["type"]: entry["holds"] for entry in ENTRIES}
ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/types.md"
ALL_TYPES = ROOT / "../shared/azure/types.tsv"
LISTED_BY_RESOURCE_GRAPH = frozenset(
    line
    for line in Path(__file__).with_name("resource_graph_types.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
)
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker())

FROM_THE_TABLE = (*holds_none.CHECKS, *own_location.CHECKS)
CLAIMED: Mapping[str, Check] = {
    resource_type: check
    for check in CHECKS
    if check not in FROM_THE_TABLE and check.resource_types != EVERY_TYPE
    for resource_type in check.resource_types
}

NETWORK = "microsoft.network/virtualnetworks"
SOURCE = {"page": "https://learn.microsoft.com/azure", "looked_up": "2026-11-22"}
NONE = {
    "type": NETWORK,
    "holds": "none",
    "place": "location",
    "reason": "network-path",
    "why": "Routes packets.",
}
STORES = {
    "type": "microsoft.any/things",
    "holds": "stores",
    "place": "location",
    "source": SOURCE,
    "why": "Keeps things.",
}


def without(entry: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name not in names}


def accepted(entry: Mapping[str, Any]) -> bool:
    return VALIDATOR.is_valid({"$schema": "types.schema.json", "types": [entry]})


def test_the_table_has_the_form_of_its_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert [error.message for error in VALIDATOR.iter_errors(TABLE)] == []


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(NONE, id="none-for-a-reason"),
        pytest.param({**without(NONE, "reason"), "source": SOURCE}, id="none-by-a-page"),
        pytest.param(STORES, id="at-its-location-by-a-page"),
        pytest.param({**STORES, "place": "pair", "not_from": ["eastasia"]}, id="in-the-pair"),
        pytest.param({**without(STORES, "source"), "place": "check"}, id="by-a-check"),
        pytest.param({**without(STORES, "source"), "place": "unsaid"}, id="unsaid-without-a-page"),
    ],
)
def test_the_schema_accepts_an_entry_with_its_ground(entry: dict[str, Any]) -> None:
    assert accepted(entry)


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(without(NONE, "reason"), id="none-without-a-ground"),
        pytest.param({**NONE, "source": SOURCE}, id="none-with-two-grounds"),
        pytest.param({**NONE, "reason": "harmless"}, id="a-sixth-reason"),
        pytest.param({**NONE, "place": "unsaid"}, id="nothing-that-is-somewhere"),
        pytest.param({**NONE, "type": "Microsoft.Network/virtualNetworks"}, id="upper-case"),
        pytest.param({**NONE, "why": ""}, id="no-sentence"),
        pytest.param(without(STORES, "source"), id="at-its-location-as-a-guess"),
        pytest.param({**without(STORES, "source"), "place": "pair"}, id="in-the-pair-as-a-guess"),
        pytest.param(
            {**without(STORES, "source"), "place": "elsewhere"}, id="elsewhere-as-a-guess"
        ),
        pytest.param({**STORES, "reason": "rule"}, id="data-with-a-reason-for-none"),
        pytest.param({**STORES, "not_from": ["eastasia"]}, id="an-exception-from-nothing"),
        pytest.param({**STORES, "place": "somewhere"}, id="a-sixth-place"),
        pytest.param(
            {**STORES, "source": {**SOURCE, "page": "https://example.com/"}},
            id="a-page-of-someone-else",
        ),
        pytest.param({**STORES, "source": {**SOURCE, "looked_up": "yesterday"}}, id="no-date"),
    ],
)
def test_the_schema_refuses_an_entry_without_one_sound_ground(entry: dict[str, Any]) -> None:
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


def test_what_the_table_leaves_to_a_check_is_what_the_checks_claim() -> None:
    left = {entry["type"] for entry in ENTRIES if entry["place"] == "check"}
    assert sorted(left ^ set(CLAIMED)) == []


@pytest.mark.parametrize("resource_type", sorted(CLAIMED))
def test_the_table_and_the_check_say_alike_what_a_type_holds(resource_type: str) -> None:
    assert HOLDS[resource_type] == CLAIMED[resource_type].holds


def test_what_the_table_places_itself_is_what_its_own_checks_claim() -> None:
    placed = {(entry["type"], entry["holds"]) for entry in ENTRIES if entry["place"] != "check"}
    assert placed == {
        (resource_type, check.holds.value)
        for check in FROM_THE_TABLE
        for resource_type in check.resource_types
    }


def every_type() -> dict[str, int]:
    if not ALL_TYPES.is_file():
        pytest.skip("the list of Azure's types is not beside this checkout")
    lines = ALL_TYPES.read_text(encoding="utf-8").splitlines()[1:]
    return {name: int(depth) for name, depth in (line.split("\t") for line in lines)}


def test_every_top_level_type_is_classified() -> None:
    top = {name for name, depth in every_type().items() if depth == 1}
    assert sorted(top - set(TYPES)) == []


def test_every_type_that_resource_graph_lists_beyond_them_is_classified() -> None:
    assert sorted(LISTED_BY_RESOURCE_GRAPH - set(TYPES)) == []


def test_every_type_is_one_that_azure_has() -> None:
    known = set(every_type()) | LISTED_BY_RESOURCE_GRAPH | set(CLAIMED)
    assert sorted(set(TYPES) - known) == []


KEEPS_OR_SHOWS_DATA = [
    "microsoft.app/managedenvironments",
    "microsoft.cdn/profiles",
    "microsoft.cdn/profiles/afdendpoints",
    "microsoft.chaos/experiments",
    "microsoft.compute/virtualmachines/extensions",
    "microsoft.compute/virtualmachines/runcommands",
    "microsoft.devcenter/networkconnections",
    "microsoft.hybridcloud/cloudconnectors",
    "microsoft.insights/components",
    "microsoft.insights/datacollectionrules",
    "microsoft.insights/webtests",
    "microsoft.insights/workbooks",
    "microsoft.netapp/netappaccounts",
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
    "microsoft.resourcegraph/queries",
    "microsoft.resources/deploymentscripts",
    "microsoft.resources/deploymentstacks",
    "microsoft.resources/templatespecs",
    "microsoft.solutions/applications",
    "microsoft.sql/servers/jobagents",
    "microsoft.standbypool/standbycontainergrouppools",
    "microsoft.web/certificates",
    "microsoft.web/connections",
    "microsoft.web/serverfarms",
]


@pytest.mark.parametrize("resource_type", KEEPS_OR_SHOWS_DATA)
def test_a_type_that_can_keep_show_or_decipher_customer_data_never_holds_none(
    resource_type: str,
) -> None:
    assert HOLDS.get(resource_type) != "none"


def test_the_page_is_the_one_that_the_table_generates() -> None:
    script = runpy.run_path(str(ROOT / "docs/generate_types.py"))
    assert PAGE.read_text(encoding="utf-8") == script["render"](), "run docs/generate_types.py"


def test_the_pages_say_the_shares() -> None:
    counted = re.fullmatch(r"(\d+) types: (\d+) stores, (\d+) processes, (\d+) none\.", shares())
    assert counted is not None
    types, *parts = map(int, counted.groups())
    assert types == sum(parts) == len(TYPES)
    assert shares() in PAGE.read_text(encoding="utf-8")
    assert shares() in ROOT.joinpath("docs/checks.md").read_text(encoding="utf-8")


def test_the_page_lists_the_table_line_by_line() -> None:
    listed = PAGE.read_text(encoding="utf-8").split("## The list", 1)[1]
    rows = re.findall(r"^\| `([^`]+)` \| `(\w+)` \| `(\w+)` \| (.+?) \| ", listed, re.MULTILINE)
    assert rows == [(line["type"], line["holds"], line["place"], line["why"]) for line in ENTRIES]
