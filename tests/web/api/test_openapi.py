"""The description of the API is OpenAPI 3.1, of all that there is; answers are as it says."""

from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from residency.model import Status
from residency.web.api.endpoints import ENDPOINTS


@pytest.fixture
def described(api: Any) -> Any:
    return api.get("openapi.json")


def test_it_names_every_page_and_its_version(described: Any) -> None:
    assert described["openapi"] == "3.1.0"
    assert set(described["paths"]) == {f"/api/v1/{each.name}" for each in ENDPOINTS}
    assert all(list(each) == ["get"] for each in described["paths"].values())


def test_every_schema_is_one_and_every_reference_leads_somewhere(described: Any) -> None:
    for schema in described["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)

    def references(value: Any) -> Any:
        match value:
            case {"$ref": str(name)}:
                yield name
            case dict():
                for each in value.values():
                    yield from references(each)
            case list():
                for each in value:
                    yield from references(each)
            case _:
                pass

    known = {f"#/components/schemas/{name}" for name in described["components"]["schemas"]}
    assert set(references(described)) <= known


def test_it_says_who_may_read(described: Any) -> None:
    schemes = described["components"]["securitySchemes"]
    assert {name: each["type"] for name, each in schemes.items()} == {
        "token": "http",
        "user": "http",
        "certificate": "mutualTLS",
    }


def test_every_parameter_is_of_a_query_and_none_may_be_null(described: Any) -> None:
    for path in described["paths"].values():
        for each in path["get"]["parameters"]:
            assert each["in"] == "query"
            assert "anyOf" not in each["schema"]


def test_answers_are_as_described(
    shop: Any, api: Any, row: Callable[..., Any], described: Any
) -> None:
    shop.scan(row(name="a"), row(name="b", type="microsoft.new/things", status=Status.UNKNOWN))
    shop.scan(row(name="a", regions=("uksouth",), status=Status.VIOLATION))
    asked = {"resource": {"id": row(name="a").id}}
    for each in ENDPOINTS:
        answers = described["paths"][f"/api/v1/{each.name}"]["get"]["responses"]
        schema = answers["200"]["content"]["application/json"]["schema"]
        whole = {**schema, "components": described["components"]}
        told = api.get(each.name, **asked.get(each.name, {}))
        assert list(Draft202012Validator(whole).iter_errors(told)) == []
