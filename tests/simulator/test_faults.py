"""Everything that can go wrong on the way, one rule at a time."""

import http.client
import json
import time
from collections.abc import Mapping
from typing import Any

import pytest

from residency.simulator.faults import Effect, Fault
from residency.simulator.trial import Trial

QUERY = "resources | project id | order by id asc"


def break_with(world: Trial, effect: Effect, **rule: Any) -> None:
    world.simulator.faults.add(Fault(effect=effect, **rule))


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_status_is_sent_in_place_of_the_answer(world: Trial, status: int) -> None:
    break_with(world, Effect.STATUS, status=status, headers={"Retry-After": "7"}, times=1)
    reply = world.get("/subscriptions")
    assert (reply.status, reply.headers["retry-after"]) == (status, "7")
    assert reply.code == "SimulatedFault"
    assert world.get("/subscriptions").status == 200


def test_a_status_may_have_any_body(world: Trial) -> None:
    break_with(world, Effect.STATUS, status=401, body="plain")
    assert world.get("/subscriptions").raw == b"plain"


def test_a_rule_matches_by_method_path_and_api(world: Trial, ids: Mapping[str, str]) -> None:
    break_with(world, Effect.STATUS, api="resourcegraph", method="POST")
    break_with(world, Effect.STATUS, path="/storageaccounts/stgrs$")
    assert world.ask(QUERY).status == 503
    assert world.get(ids["stgrs"]).status == 503
    assert world.get(ids["stlrs"]).status == 200
    world.simulator.faults.clear()
    assert world.ask(QUERY).status == 200


def test_a_probability_is_repeatable(world: Trial) -> None:
    outcomes = []
    for _ in range(2):
        world.simulator.faults.clear()
        break_with(world, Effect.STATUS, probability=0.5, seed=7)
        outcomes.append([world.get("/subscriptions").status for _ in range(12)])
    assert outcomes[0] == outcomes[1]
    assert set(outcomes[0]) == {200, 503}


def test_a_delay_and_a_latency_take_their_time(world: Trial) -> None:
    break_with(world, Effect.DELAY, delay_seconds=0.15)
    world.simulator.behaviour.latency_seconds = 0.15
    began = time.monotonic()
    assert world.get("/subscriptions").status == 200
    assert time.monotonic() - began >= 0.3


def test_a_truncated_body_ends_before_its_length(world: Trial) -> None:
    break_with(world, Effect.TRUNCATE, times=1)
    with pytest.raises(http.client.IncompleteRead):
        world.get("/subscriptions")
    assert world.get("/subscriptions").status == 200


def test_a_reset_breaks_the_connection_before_any_answer(world: Trial) -> None:
    break_with(world, Effect.RESET, times=1)
    with pytest.raises(ConnectionResetError):
        world.get("/subscriptions")
    assert world.simulator.requests[-1].status == 0
    assert world.get("/subscriptions").status == 200


def test_a_proxy_answers_html_with_200(world: Trial) -> None:
    break_with(world, Effect.HTML)
    reply = world.ask(QUERY)
    assert (reply.status, reply.headers["content-type"]) == (200, "text/html")
    assert reply.raw.startswith(b"<!DOCTYPE html>")


def test_the_wrong_shape_is_valid_json_without_rows(world: Trial) -> None:
    break_with(world, Effect.WRONG_SHAPE)
    assert "data" not in world.ask(QUERY).body
    assert "value" not in world.get("/subscriptions").body


@pytest.mark.parametrize("effect", [Effect.LOOP, Effect.REPEAT_TOKEN])
def test_pages_that_never_end(world: Trial, effect: Effect) -> None:
    break_with(world, effect)
    token = world.ask(QUERY, top=4).body["$skipToken"]
    seen = [world.ask(QUERY, skipToken=token).body for _ in range(4)]
    assert {reply["$skipToken"] for reply in seen} == {token}
    assert len({json.dumps(reply["data"]) for reply in seen}) == 1


def test_an_arm_list_that_never_ends(world: Trial) -> None:
    world.simulator.behaviour.list_page_size = 2
    break_with(world, Effect.LOOP)
    first = world.get("/subscriptions").body
    again = world.send("GET", first["nextLink"].removeprefix(world.url)).body
    assert again == first


def test_a_token_that_expires_at_once(world: Trial) -> None:
    break_with(world, Effect.EXPIRED_TOKEN, times=2)
    token = world.ask(QUERY, top=4).body["$skipToken"]
    assert world.ask(QUERY, skipToken=token).code == "BadRequest"
    assert world.ask(QUERY, skipToken=token).status == 200


def test_rows_twice_rows_missing_and_counts_that_lie(world: Trial) -> None:
    whole = world.ask(QUERY).body
    break_with(world, Effect.DUPLICATE_ROWS, times=1)
    assert world.ask(QUERY).body["data"] == [*whole["data"], whole["data"][0]]
    break_with(world, Effect.MISSING_ROWS, times=1)
    missing = world.ask(QUERY).body
    assert (missing["data"], missing["count"]) == (whole["data"][1:], whole["count"] - 1)
    break_with(world, Effect.LOW_COUNT, times=1)
    assert world.ask(QUERY).body["totalRecords"] == whole["totalRecords"] + 1
    break_with(world, Effect.TRUNCATED_RESULT, times=1)
    cut = world.ask(QUERY, top=4).body
    assert cut["resultTruncated"] == "true"
    assert "$skipToken" not in cut


def test_a_refusal_is_not_spoiled_further(world: Trial) -> None:
    break_with(world, Effect.DUPLICATE_ROWS)
    assert world.ask("resources | project kind").status == 400
