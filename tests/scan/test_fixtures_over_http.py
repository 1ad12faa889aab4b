"""The fixtures of all checks, served and scanned over HTTP: the same places as from plain JSON."""

import json
from typing import TYPE_CHECKING, Any

import pytest

from bench.every_type import Row, moved, resources_of, rows
from residency.check import load_catalogue
from residency.model import Placement
from residency.simulator.world import Estate, Subscription
from residency.testing import JsonReader, run_check

if TYPE_CHECKING:
    from tests.scan.conftest import Azure

HERE = "aaaaaaaa-0000-4000-8000-000000000001"
JSON = {"Content-Type": "application/json"}


def from_json(row: Row) -> set[tuple[str, ...]]:
    check = load_catalogue().check_for(row["resource"]["type"].lower())
    assert check is not None
    every_one = [*row.get("inventory", ()), row["resource"]]
    reader = JsonReader(answers=row.get("answers", {}), inventory=every_one)
    found = run_check(check, row["resource"], reader)
    others = {body["id"].lower() for body in row.get("inventory", ())}
    return {told(place) for place in found if place.subject not in others}


def told(place: Placement) -> tuple[str, ...]:
    return place.role, place.region, place.basis


@pytest.mark.parametrize(("name", "row"), [pytest.param(*one, id=one[0]) for one in rows()])
def test_a_fixture_is_placed_over_http_as_it_is_from_json(
    azure: "Azure", name: str, row: Row
) -> None:
    row = moved(row, name, HERE)
    answers = {
        path.lower(): json.dumps(body).encode() for path, body in row.get("answers", {}).items()
    }

    ids = tuple(body["id"].lower() for body in resources_of(row))

    def answer(method: str, path: str, _body: bytes) -> Any:
        known = answers.get(path.lower())
        if method != "GET" or path.lower().endswith("/diagnosticsettings"):
            return None
        if known is None and path.lower().startswith(ids):
            return 404, JSON, b'{"error": {"code": "ResourceNotFound", "message": "not here"}}'
        return (200, JSON, known) if known else None

    azure.use(
        Estate(
            tenant_id="99999999-0000-4000-8000-000000000009",
            management_group="mg-root",
            subscriptions=[Subscription(id=HERE, name="data")],
            resource_groups=[],
            resources=resources_of(row),
        )
    )
    azure.stage.intercept = answer
    found = {each.resource.id: each for each in azure.scan().judged}
    judged = found[row["resource"]["id"].lower()]
    assert from_json(row) <= {told(each.placement) for each in judged.judgement.placements}
