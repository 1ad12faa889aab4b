"""Grafana's own types allow the dashboards: schema/README.md says where the schemas come from."""

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

Json = dict[str, Any]
FOLDER = Path(__file__).with_name("schema")
SCHEMAS: Json = json.loads(FOLDER.joinpath("grafana.json").read_text(encoding="utf-8"))
WITHOUT_CUSTOM = {"stat"}


def wrong(schema: Json, value: object) -> list[str]:
    errors = Draft7Validator(schema).iter_errors(value)
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in errors]


def custom_schema(kind: str) -> Json:
    """Give the schema of a panel's custom fields, of which any may be left to Grafana."""
    schema: Json = copy.deepcopy(SCHEMAS[f"{kind}-custom"])
    schema["definitions"]["FieldConfig"].pop("required", None)
    return schema


def customs(panel: Json) -> Iterator[Json]:
    """Give the custom fields of a panel: for all, and of each override."""
    config = panel["fieldConfig"]
    yield config["defaults"].get("custom", {})
    for override in config["overrides"]:
        properties = ((each["id"], each["value"]) for each in override["properties"])
        yield {
            name.removeprefix("custom."): value
            for name, value in properties
            if name.startswith("custom.")
        }


def test_a_dashboard_is_one_of_grafana(dashboard: Json) -> None:
    assert wrong(SCHEMAS["dashboard"], dashboard) == []


def test_the_options_of_a_panel_are_those_of_its_kind(dashboard: Json, panel: Json) -> None:
    assert wrong(SCHEMAS[f"{panel['type']}-options"], panel["options"]) == [], dashboard["title"]


def test_the_custom_fields_of_a_panel_are_those_of_its_kind(dashboard: Json, panel: Json) -> None:
    found = [each for each in customs(panel) if each]
    if panel["type"] in WITHOUT_CUSTOM:
        assert found == [], dashboard["title"]
        return
    schema = custom_schema(panel["type"])
    known = schema["definitions"]["FieldConfig"]["properties"].keys()
    for custom in found:
        assert (wrong(schema, custom), custom.keys() - known) == ([], set()), dashboard["title"]


def of_wrong_type(dashboard: Json) -> None:
    dashboard["panels"][0]["gridPos"]["w"] = "24"


def of_wrong_key(dashboard: Json) -> None:
    dashboard["panels"][0]["gridpos"] = {}


def of_no_text(dashboard: Json) -> None:
    dashboard["panels"][0]["fieldConfig"]["defaults"]["mappings"][0]["options"]["0"] = "none"


@pytest.mark.parametrize("spoil", [of_wrong_type, of_wrong_key, of_no_text])
def test_a_mistake_would_be_found(dashboards: list[Json], spoil: Callable[[Json], None]) -> None:
    (spoilt,) = (copy.deepcopy(each) for each in dashboards if each["uid"].endswith("overview"))
    spoil(spoilt)
    assert wrong(SCHEMAS["dashboard"], spoilt)
