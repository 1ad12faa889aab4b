"""Where the provider may not be asked what a failover changed, the row stands and all is open."""

from typing import Any

import pytest

from checks import cosmos_db, mongo_clusters, postgresql
from residency.check import Check
from residency.errors import AccessDenied, Throttled
from residency.model import Reason, Role
from residency.testing import JsonReader, run_check

SCOPE = "/subscriptions/s/resourceGroups/g/providers"
WEST = [{"locationName": "West Europe", "failoverPriority": 0}]

KINDS: list[tuple[Check, dict[str, Any]]] = [
    (
        cosmos_db.CHECKS[0],
        {
            "id": f"{SCOPE}/Microsoft.DocumentDB/databaseAccounts/a",
            "type": "Microsoft.DocumentDB/databaseAccounts",
            "properties": {"writeLocations": WEST, "locations": WEST},
        },
    ),
    (
        postgresql.CHECKS[0],
        {
            "id": f"{SCOPE}/Microsoft.DBforPostgreSQL/flexibleServers/a",
            "type": "Microsoft.DBforPostgreSQL/flexibleServers",
            "location": "westeurope",
            "properties": {"replicationRole": "Primary"},
        },
    ),
    (
        mongo_clusters.CHECKS[0],
        {
            "id": f"{SCOPE}/Microsoft.DocumentDB/mongoClusters/a",
            "type": "Microsoft.DocumentDB/mongoClusters",
            "location": "westeurope",
            "properties": {"replica": {"role": "Primary"}},
        },
    ),
]


@pytest.mark.parametrize(("check", "body"), KINDS, ids=lambda each: getattr(each, "id", ""))
def test_a_provider_that_refuses_leaves_open_which_copy_is_written_and_the_row_standing(
    check: Check, body: dict[str, Any]
) -> None:
    denied = AccessDenied("no", code="AuthorizationFailed")
    found = run_check(check, body, JsonReader(answers={body["id"]: denied}))
    primaries = [place for place in found if place.role is Role.PRIMARY]
    assert [place.region for place in primaries] == ["westeurope", "unknown"]
    assert primaries[1].decides_primary
    assert primaries[1].unresolved is Reason.FACET_UNREADABLE
    assert primaries[1].evidence.value == "AuthorizationFailed"


def test_a_provider_for_which_the_quota_leaves_no_time_is_pending() -> None:
    check, body = KINDS[0]
    later = JsonReader(answers={body["id"]: Throttled("later", code="Budget")})
    assert Reason.FACET_PENDING in [place.unresolved for place in run_check(check, body, later)]


def test_what_the_provider_says_is_cited_beside_what_resource_graph_shows() -> None:
    check, body = KINDS[0]
    north = [{"locationName": "North Europe", "failoverPriority": 0}]
    told = {**body, "properties": {"writeLocations": north, "locations": north + WEST}}
    found = run_check(check, body, JsonReader(answers={body["id"]: told}, inventory=[body]))
    assert (found[0].region, found[0].evidence.api) == ("northeurope", "arm")
    assert found[0].evidence.against == "West Europe"


def test_a_replica_whose_source_may_not_be_asked_has_an_unknown_primary() -> None:
    check, source = KINDS[1]
    copy = {
        "id": f"{SCOPE}/Microsoft.DBforPostgreSQL/flexibleServers/b",
        "type": source["type"],
        "location": "northeurope",
        "properties": {"replicationRole": "AsyncReplica", "sourceServerResourceId": source["id"]},
    }
    denied = AccessDenied("no", code="AuthorizationFailed")
    answers = {copy["id"]: copy, source["id"]: denied}
    found = run_check(check, copy, JsonReader(answers=answers, inventory=[source, copy]))
    assert [(p.role, p.region) for p in found[:2]] == [
        ("replica", "northeurope"),
        ("primary", "unknown"),
    ]
    assert found[1].decides_primary
