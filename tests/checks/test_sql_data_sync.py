"""SQL Data Sync: what is asked and what is not, and what stays open where it is not told."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from checks.sql_database import DATABASE
from residency.errors import AccessDenied
from residency.model import Placement, Reading, Reason, Role
from residency.testing import JsonReader, run_check

SERVERS = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Sql/servers"
HUB = f"{SERVERS}/here/databases/Orders"
FAR = f"{SERVERS}/far/databases/Copy"
NEAR = f"{SERVERS}/near/databases/Shop"
METADATA = "/subscriptions/s1/providers/Microsoft.Sql/locations/westeurope/syncDatabaseIds"
GROUPS = f"{HUB}/syncGroups"
MEMBERS = f"{GROUPS}/g/syncMembers"
DENIED = AccessDenied("not allowed", code="AuthorizationFailed")
A_METADATA_DATABASE = {"value": [{"id": f"{SERVERS}/here/databases/meta"}]}
ONE_GROUP = {"value": [{"id": f"{GROUPS}/g", "name": "g"}]}
OUTSIDE = ("eastus", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noting(JsonReader):
    """Notes the lists that are asked for."""

    asked: list[str] = field(default_factory=list)

    def list(self, path: str, *, api_version: str) -> Sequence[Reading]:
        self.asked.append(path.rpartition("/")[2])
        return JsonReader.list(self, path, api_version=api_version)


def database(resource_id: str, location: str) -> dict[str, Any]:
    return {"id": resource_id, "type": "Microsoft.Sql/servers/databases", "location": location}


def member(direction: Any, to: str = FAR, **more: Any) -> dict[str, Any]:
    *_, server, _, name = to.split("/")
    named = {"serverName": f"{server}.database.windows.net", "databaseName": name}
    properties = {
        "databaseType": "AzureSqlDatabase",
        "syncMemberAzureDatabaseResourceId": to,
        "syncDirection": direction,
        **named,
        **more,
    }
    return {"id": f"{MEMBERS}/{server}", "properties": properties}


def reader(*members: dict[str, Any], **answers: Any) -> Noting:
    told = {
        METADATA: answers.get("metadata", A_METADATA_DATABASE),
        GROUPS: answers.get("groups", ONE_GROUP),
        MEMBERS: answers.get("members", {"value": list(members)}),
    }
    return Noting(answers=told, inventory=[database(FAR, "eastus"), database(NEAR, "northeurope")])


def exports(told: Noting, **more: Any) -> list[Placement]:
    found = run_check(DATABASE, {**database(HUB, "westeurope"), **more}, told)
    return [place for place in found if place.role is Role.EXPORT]


def places(*members: dict[str, Any]) -> set[tuple[str, str | None]]:
    return {(place.region, place.subject) for place in exports(reader(*members))}


@pytest.mark.parametrize("direction", ["OneWayHubToMember", "Bidirectional", "BIDIRECTIONAL"])
def test_a_member_abroad_is_a_place_of_the_hub(direction: str) -> None:
    assert OUTSIDE in places(member(direction))


def test_the_place_of_a_member_names_the_database_there() -> None:
    (place,) = exports(reader(member("OneWayHubToMember")))
    assert (place.target, place.evidence.path) == (FAR.lower(), f"{FAR.lower()} location")


def test_two_members_that_sync_both_ways_hold_the_rows_of_each_other() -> None:
    found = places(member("Bidirectional"), member("Bidirectional", NEAR))
    assert found == {
        OUTSIDE,
        ("northeurope", None),
        ("westeurope", FAR.lower()),
        ("northeurope", FAR.lower()),
        ("westeurope", NEAR.lower()),
        ("eastus", NEAR.lower()),
    }


def test_a_region_without_a_metadata_database_costs_one_call_and_no_more() -> None:
    told = reader(metadata={"value": []})
    assert exports(told) == []
    assert "syncDatabaseIds" in told.asked
    assert not {"syncGroups", "syncMembers"} & set(told.asked)


def test_a_dedicated_pool_and_master_cannot_be_in_a_group_and_are_not_asked() -> None:
    told = reader()
    exports(told, sku={"name": "DW100c", "tier": "DataWarehouse"})
    exports(told, id=f"{SERVERS}/here/databases/master")
    assert "syncDatabaseIds" not in told.asked


@pytest.mark.parametrize("refused", ["metadata", "groups", "members"])
def test_a_list_that_is_refused_leaves_it_open_where_the_rows_go(refused: str) -> None:
    (place,) = exports(reader(**{refused: DENIED}))
    assert place.unresolved is Reason.FACET_UNREADABLE
    assert place.subject is None


@pytest.mark.parametrize(
    "odd",
    [
        {"syncDirection": None},
        {"syncDirection": "Sideways"},
        {"syncDirection": 42},
        {"databaseType": None},
        {"databaseType": 42},
        {"databaseType": "Lunar"},
        {"serverName": 42},
        {"serverName": "else.database.windows.net"},
        {"databaseName": "Else"},
        {"syncMemberAzureDatabaseResourceId": 42},
    ],
)
def test_a_member_that_cannot_be_read_hides_no_other(odd: dict[str, Any]) -> None:
    damaged = {**member("OneWayHubToMember", NEAR)}
    damaged["properties"] = {**damaged["properties"], **odd}
    found = places(damaged, member("OneWayHubToMember"))
    assert {OUTSIDE, ("unknown", None)} <= found
    assert ("northeurope", None) not in found


def test_a_group_without_an_id_hides_no_other() -> None:
    groups = {"value": [{"name": "odd"}, *ONE_GROUP["value"]]}
    found = exports(reader(member("OneWayHubToMember"), groups=groups))
    assert {place.region for place in found} == {"unknown", "eastus"}


def test_a_member_that_was_not_seen_is_cited_with_its_id() -> None:
    unseen = f"/subscriptions/s2{FAR.removeprefix('/subscriptions/s1')}".replace("far", "gone")
    (place,) = exports(reader(member("OneWayHubToMember", unseen)))
    assert (place.unresolved, place.target) == (Reason.FACET_UNREADABLE, unseen.lower())


def test_two_databases_of_the_same_names_are_neither() -> None:
    told = reader(member("OneWayHubToMember", syncMemberAzureDatabaseResourceId=None))
    twin = database(FAR.replace("s1", "s2"), "westeurope")
    twins = Noting(answers=told.answers, inventory=[*told.inventory, twin])
    assert [place.region for place in exports(twins)] == ["unknown"]
