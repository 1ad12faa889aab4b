"""Who gets the traffic: what a standby that takes over is stated to be."""

from collections.abc import Sequence
from typing import Any

import pytest

from checks import front_door, traffic_manager
from residency.errors import AccessDenied
from residency.model import Holds, Placement, Reason, Status
from residency.policy.judgement import Facts, Judgement, judge
from residency.settings import Policy
from residency.testing import READ_AT, JsonReader, run_check

ROOT = "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg/providers"
PROFILE = f"{ROOT}/Microsoft.Network/trafficManagerProfiles/tm"
EDGE = f"{ROOT}/Microsoft.Network/frontDoors/fd"
WEST, NORTH = f"{ROOT}/Microsoft.Web/sites/west", f"{ROOT}/Microsoft.Web/sites/north"

Body = dict[str, Any]

SITES: tuple[Body, ...] = (
    {"id": WEST, "type": "Microsoft.Web/sites", "name": "west", "location": "West Europe"},
    {
        "id": NORTH,
        "type": "Microsoft.Web/sites",
        "name": "north",
        "location": "North Europe",
        "properties": {"hostNames": ["WWW.Example.com"]},
    },
)


def endpoint(target: str, priority: int | None, state: str) -> Body:
    return {
        "name": target.rpartition("/")[2],
        "properties": {
            "targetResourceId": target,
            "priority": priority,
            "endpointStatus": "Enabled",
            "endpointMonitorStatus": state,
        },
    }


def profile(*endpoints: Body, method: str | None = "Priority") -> Body:
    properties = {
        "profileStatus": "Enabled",
        "trafficRoutingMethod": method,
        "endpoints": list(endpoints),
    }
    kind = "Microsoft.Network/trafficManagerProfiles"
    return {"id": PROFILE, "type": kind, "location": "global", "properties": properties}


def answered(body: Body, inventory: Sequence[Body] = SITES, **more: Body) -> tuple[Placement, ...]:
    answers = {PROFILE: body} | {f"{PROFILE}{name}": found for name, found in more.items()}
    reader = JsonReader(answers=answers, inventory=inventory)
    return run_check(traffic_manager.CHECKS[0], body, reader)


def judged(place: Placement, *, standby: bool) -> Judgement:
    facts = Facts(holds=Holds.STORES, placements=(place,), standby=standby)
    return judge(facts, Policy(), READ_AT)


def test_a_standby_that_took_over_is_written_to_and_failed_over_from_the_first() -> None:
    (place,) = answered(profile(endpoint(WEST, 1, "Degraded"), endpoint(NORTH, 2, "Online")))
    assert place.subject == NORTH.lower()
    assert place.writer
    assert place.failover is not None
    assert place.failover.path == ("westeurope",)
    assert place.failover.evidence.value == "Online"
    assert judged(place, standby=True).reasons == (Reason.FAILOVER_ACTIVE,)


def test_the_first_that_is_online_has_not_failed_over() -> None:
    (place,) = answered(profile(endpoint(WEST, 1, "Online"), endpoint(NORTH, 2, "Online")))
    assert (place.subject, place.failover) == (WEST.lower(), None)
    assert judged(place, standby=False).status is Status.COMPLIANT


def test_a_standby_that_was_given_the_first_priority_is_in_use() -> None:
    (place,) = answered(profile(endpoint(NORTH, 1, "Online"), endpoint(WEST, 2, "Online")))
    assert place.failover is None
    assert judged(place, standby=True).status is Status.FALLBACK


def test_the_evidence_names_the_state_and_the_application_and_its_location() -> None:
    (place,) = answered(profile(endpoint(WEST, 1, "Online")))
    told = "properties.endpoints[0].properties.endpointMonitorStatus"
    assert place.evidence.path == f"{PROFILE.lower()} {told}"
    assert place.evidence.value == f"Online: {WEST.lower()}, location 'West Europe'"


@pytest.mark.parametrize(
    ("endpoints", "method"),
    [
        ((endpoint(WEST, None, "Online"), endpoint(NORTH, 2, "Online")), "Priority"),
        ((endpoint(WEST, 1, "Online"), endpoint(NORTH, 2, "Online")), None),
    ],
    ids=["a priority is missing", "the method is missing"],
)
def test_what_is_not_told_leaves_every_application_open(
    endpoints: tuple[Body, ...], method: str | None
) -> None:
    places = answered(profile(*endpoints, method=method))
    assert [place.decides_primary for place in places] == [True, True]
    assert {judged(place, standby=True).status for place in places} == {Status.UNKNOWN}


def test_profiles_that_lead_to_each_other_end() -> None:
    other = f"{PROFILE}2"
    first = profile(endpoint(other, 1, "Online"))
    second = profile(endpoint(PROFILE, 1, "Online"), endpoint(WEST, 2, "Degraded")) | {"id": other}
    # Seen from neither, as both are nested: nothing is stated, and nothing runs for ever.
    assert answered(first, (*SITES, first, second), **{"2": second}) == ()
    # The second alone was seen: the way leads back to the first, and ends there.
    assert answered(first, (*SITES, second | {"properties": {}}), **{"2": second}) != ()


def test_a_profile_that_is_refused_leaves_its_applications_open() -> None:
    body = profile(endpoint(WEST, 1, "Online"), endpoint(NORTH, 2, "Online"))
    refused = JsonReader(
        answers={PROFILE: AccessDenied("no", code="AuthorizationFailed")}, inventory=SITES
    )
    places = run_check(traffic_manager.CHECKS[0], body, refused)
    assert [place.subject for place in places] == [WEST.lower(), NORTH.lower()]
    assert {place.unresolved for place in places} == {Reason.FACET_UNREADABLE}


@pytest.mark.parametrize(
    "host", ["www.example.com", "WWW.EXAMPLE.COM.", "https://www.example.com/path"]
)
def test_an_origin_is_found_by_any_spelling_of_its_host(host: str) -> None:
    backend = {"address": host, "enabledState": "Enabled", "priority": 1}
    body = {
        "id": EDGE,
        "type": "Microsoft.Network/frontDoors",
        "properties": {"backendPools": [{"properties": {"backends": [backend]}}]},
    }
    places = run_check(front_door.CHECKS[0], body, JsonReader(inventory=SITES))
    assert [place.subject for place in places] == [None, NORTH.lower()]


def test_backends_of_one_priority_all_get_traffic() -> None:
    backends = [
        {"address": host, "enabledState": "Enabled", "priority": 1}
        for host in ("www.example.com", "other.example.com")
    ]
    body = {
        "id": EDGE,
        "type": "Microsoft.Network/frontDoors",
        "properties": {"backendPools": [{"properties": {"backends": backends}}]},
    }
    places = run_check(front_door.CHECKS[0], body, JsonReader(inventory=SITES))
    assert [(place.subject, place.target) for place in places] == [
        (None, None),
        (NORTH.lower(), None),
        (None, "other.example.com"),
    ]
