"""The JSON of a scan has exactly the keys of docs/scan.schema.json, small and whole."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from residency.check import load_catalogue
from residency.model import (
    Basis,
    Reason,
    Role,
    Severity,
    Status,
    SubscriptionState,
    Verdict,
    Zone,
)
from residency.scan import Scan, document, scan
from residency.settings import load
from residency.simulator.estate import example_estate
from residency.simulator.server import serve
from residency.simulator.simulator import Simulator

if TYPE_CHECKING:
    from tests.scan.conftest import Azure, Build

SCHEMA = json.loads(
    (Path(__file__).resolve().parents[2] / "docs" / "scan.schema.json").read_text(encoding="utf-8")
)


@dataclass(frozen=True, kw_only=True)
class Demo:
    simulator: Simulator
    found: Scan


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """One scan of the whole example estate under its own configuration."""
    simulator = Simulator(example_estate(datetime.now(UTC)))
    with (
        as_file(files("residency.simulator") / "data" / "residency.yaml") as path,
        serve(simulator) as running,
    ):
        settings = load(path)
        azure = settings.azure.model_copy(update={"endpoint": running.url, "credential": "none"})
        settings = settings.model_copy(update={"azure": azure})
        yield Demo(simulator=simulator, found=asyncio.run(scan(settings, load_catalogue())))


def as_written(found: Scan, *, everything: bool) -> dict[str, Any]:
    """Give the document as a reader of the JSON gets it."""
    written: dict[str, Any] = json.loads(json.dumps(document(found, everything=everything)))
    return written


def mistakes(written: object) -> list[str]:
    Draft202012Validator.check_schema(SCHEMA)
    found = Draft202012Validator(SCHEMA).iter_errors(written)
    return [f"{error.json_path}: {error.message}" for error in found]


def objects(schema: object) -> Iterator[dict[str, Any]]:
    match schema:
        case dict():
            if schema.get("type") == "object":
                yield schema
            for inner in schema.values():
                yield from objects(inner)
        case list():
            for inner in schema:
                yield from objects(inner)
        case _:
            pass


@pytest.mark.parametrize("everything", [{"everything": True}, {"everything": False}])
def test_the_scan_of_the_demo_is_what_the_schema_says(
    demo: Demo, everything: dict[str, bool]
) -> None:
    assert mistakes(as_written(demo.found, **everything)) == []


def test_every_object_of_the_schema_is_closed_and_wants_all_its_keys() -> None:
    for each in objects(SCHEMA):
        assert each["additionalProperties"] is False
        assert each["required"] == list(each["properties"])


def test_a_key_too_many_or_too_few_is_a_mistake(demo: Demo) -> None:
    written = as_written(demo.found, everything=False)
    assert mistakes(written | {"more": 1})
    assert mistakes({key: value for key, value in written.items() if key != "counts"})


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (("properties", "verdict"), Verdict),
        (("properties", "subscriptions", "items", "properties", "state"), SubscriptionState),
        (("$defs", "resource", "properties", "status"), Status),
        (("$defs", "resource", "properties", "reasons", "items"), Reason),
        (("$defs", "placement", "properties", "role"), Role),
        (("$defs", "placement", "properties", "zone"), Zone),
        (("$defs", "placement", "properties", "basis"), Basis),
    ],
)
def test_the_schema_has_the_words_of_the_model_and_no_others(
    where: tuple[str, ...], words: type[Status]
) -> None:
    here = SCHEMA
    for step in where:
        here = here[step]
    assert sorted(here["enum"]) == sorted(words)


def test_the_schema_has_the_severities_and_null() -> None:
    severities = SCHEMA["$defs"]["resource"]["properties"]["severity"]["enum"]
    assert severities == [*Severity, None]


def test_a_demo_scan_makes_no_call_that_could_change_anything(demo: Demo) -> None:
    sent = {(call.method, call.api == "resourcegraph") for call in demo.simulator.requests}
    assert sent == {("GET", False), ("POST", True)}
    assert demo.simulator.breaches == []


def test_a_demo_scan_reads_each_thing_once(demo: Demo) -> None:
    reads = [call for call in demo.simulator.requests if call.method == "GET"]
    asked = [(call.path.lower(), tuple(sorted(call.query.items()))) for call in reads]
    assert len(asked) == len(set(asked))


def test_severity_is_null_for_what_is_neither_violation_nor_exempt(demo: Demo) -> None:
    for each in as_written(demo.found, everything=True)["resources"]:
        may_have_one = each["status"] in {"violation", "exempt"}
        assert may_have_one or each["severity"] is None
        assert each["status"] != "violation" or each["severity"]


def test_the_document_lists_what_is_not_compliant_and_with_all_everything(demo: Demo) -> None:
    small = as_written(demo.found, everything=False)
    whole = as_written(demo.found, everything=True)
    shown = [each["id"] for each in whole["resources"] if each["status"] != "compliant"]
    assert [each["id"] for each in small["resources"]] == shown
    assert len(whole["resources"]) == whole["counts"]["resources"] > len(shown) > 0
    assert small["counts"] == whole["counts"]


def test_what_is_counted_adds_up(demo: Demo) -> None:
    whole = as_written(demo.found, everything=True)
    counts = dict(whole["counts"])
    total = counts.pop("resources")
    assert sum(counts.values()) == total
    assert sum(each["resources"] for each in whole["subscriptions"]) == total
    for status, count in counts.items():
        assert [each["status"] for each in whole["resources"]].count(status) == count
    ids = [each["id"] for each in whole["resources"]]
    assert ids == sorted(set(ids))


def test_ids_and_types_are_lower_case_however_azure_spells_them(
    azure: "Azure", build: "type[Build]"
) -> None:
    mixed = build.resource(build.data, "Microsoft.KeyVault/Vaults", "KV-Mixed", properties={})
    azure.add({**mixed, "id": mixed["id"].replace("resourceGroups", "RESOURCEGROUPS")})
    written = as_written(azure.scan(), everything=True)
    assert mistakes(written) == []
    vault = next(each for each in written["resources"] if each["name"] == "KV-Mixed")
    assert vault["id"].endswith("/providers/microsoft.keyvault/vaults/kv-mixed")
    assert vault["type"] == "microsoft.keyvault/vaults"
    assert vault["resource_group"] == "rg"


def test_times_are_utc_and_in_order(azure: "Azure") -> None:
    written = as_written(azure.scan(), everything=True)
    assert mistakes(written) == []
    run = written["scan"]
    read = [p["read_at"] for each in written["resources"] for p in each["placements"]]
    assert run["started_at"] <= min(read) <= max(read) <= run["finished_at"]


@pytest.mark.parametrize("spoil", ["unknown type", "no manifest", "left out"])
def test_a_scan_that_is_not_whole_is_what_the_schema_says_too(
    azure: "Azure", build: "type[Build]", spoil: str
) -> None:
    sections: dict[str, Any] = {}
    match spoil:
        case "unknown type":
            azure.add(build.resource(build.apps, "Microsoft.Unheard/of", "t", location="global"))
        case "no manifest":
            sections = {"scope": {}}
        case _:
            azure.subscription(build.data, in_graph=False)
    written = as_written(azure.scan(**sections), everything=True)
    assert mistakes(written) == []
    assert written["verdict"] == "not-proven"


def test_an_empty_tenant_proves_nothing(azure: "Azure", build: "type[Build]") -> None:
    for body in list(build.estate().resources):
        if azure.simulator.tenant.find(body["id"]):
            azure.simulator.remove(body["id"])
    written = as_written(azure.scan(), everything=True)
    assert mistakes(written) == []
    assert written["scan"]["complete"] is True
    assert set(written["counts"].values()) == {0}
    assert written["verdict"] == "not-proven"
