"""The simulator's answers have the shape of Microsoft's official examples."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from residency.simulator.trial import Trial
from residency.simulator.world import Body

EXAMPLES = Path(__file__).resolve().parents[2] / "../shared/azure/examples"
GRAPH = "microsoft.resourcegraph__resources__ResourcesFirstPageQuery"
PLANNED = {"$expand": "geoReplicationStats"}
EVENTS = "/providers/Microsoft.Insights/eventtypes/management/values"


def example(name: str) -> Body:
    path = EXAMPLES / f"{name}.json"
    if not path.exists():
        pytest.skip(f"{path.name} is not here")
    body: Body = json.loads(path.read_text(encoding="utf-8"))["responses"]["200"]["body"]
    return body


def missing(official: object, ours: Any, but: tuple[str, ...] = ()) -> Iterator[str]:
    """Keys of the official body that ours lacks; of lists, the first items are compared."""
    if isinstance(official, dict):
        for key, value in official.items():
            if key in but:
                continue
            if key not in ours:
                yield key
            else:
                yield from (f"{key}.{one}" for one in missing(value, ours[key], but))
    elif isinstance(official, list) and official and ours:
        yield from missing(official[0], ours[0], but)


@pytest.mark.parametrize(
    ("name", "path", "but"),
    [
        (
            "microsoft.resources__subscriptions__GetSubscriptions",
            "/subscriptions",
            ("tags", "nextLink"),
        ),
        (
            "microsoft.resources__subscriptions-locations__GetLocations",
            "{alpha}/locations",
            (
                "availabilityZoneMappings",
                "geography",
                "latitude",
                "longitude",
                "physicalLocation",
            ),
        ),
        (
            "microsoft.resources__databoundaries__GetTenantDataBoundary",
            "/providers/Microsoft.Resources/dataBoundaries/default",
            (),
        ),
    ],
)
def test_a_get(
    world: Trial, ids: Mapping[str, str], name: str, path: str, but: tuple[str, ...]
) -> None:
    assert list(missing(example(name), world.get(path.format(**ids)).body, but)) == []


def test_resource_graph(world: Trial) -> None:
    reply = world.ask("resources | project id, name, type, location", top=3).body
    official = example(GRAPH)
    assert list(missing(official, reply)) == []
    assert {type(reply[key]) for key in official} == {type(official[key]) for key in official}


def test_geo_replication(world: Trial, ids: Mapping[str, str]) -> None:
    name = "microsoft.storage__storageaccounts__StorageAccountGetProperties"
    official = example(f"{name}GeoReplicationStatscanFailoverFalse")["properties"]
    ours = world.get(ids["stgrs"], **PLANNED).body["properties"]
    assert ours["geoReplicationStats"].keys() == official["geoReplicationStats"].keys()


def test_deleted_accounts(world: Trial, ids: Mapping[str, str]) -> None:
    world.control("delete", resource_id=ids["stgrs"])
    ours = world.get(f"{ids['alpha']}/providers/Microsoft.Storage/deletedAccounts").body
    assert (
        list(missing(example("microsoft.storage__deletedaccounts__DeletedAccountList"), ours)) == []
    )


def test_activity_log(world: Trial, ids: Mapping[str, str]) -> None:
    world.simulator.log("Microsoft.Storage/storageAccounts/write", ids["stgrs"], "me")
    since = {"$filter": "eventTimestamp ge '2026-11-01T00:00:00Z'"}
    ours = world.get(ids["alpha"] + EVENTS, "2015-04-01", **since).body
    official = example("microsoft.insights__activitylogs__GetActivityLogsFiltered")
    but = ("claims", "httpRequest", "properties", "role", "nextLink")
    assert list(missing(official, ours, but)) == []
