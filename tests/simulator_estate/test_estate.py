"""The example estate as a whole: what Azure would accept, and what a demo needs."""

import json
import re
from collections import Counter
from datetime import datetime, timedelta

from residency import regions
from residency.simulator.estate import example_estate
from residency.simulator.world import Body, Estate

NEWER_THAN_THE_FIRST_CATALOGUE = {
    "microsoft.cache/redis",
    "microsoft.compute/virtualmachines",
    "microsoft.containerregistry/registries",
    "microsoft.containerservice/managedclusters",
    "microsoft.horizondb/clusters",
    "microsoft.hybridcompute/machines",
    "microsoft.insights/components",
    "microsoft.network/applicationgateways",
    "microsoft.network/azurefirewalls",
    "microsoft.network/bastionhosts",
    "microsoft.operationalinsights/workspaces",
    "microsoft.servicebus/namespaces",
    "microsoft.web/serverfarms",
    "microsoft.web/sites",
}
LONGEST_NAMES = {"microsoft.storage/storageaccounts": 24, "microsoft.keyvault/vaults": 24}
STORAGE_NAME = re.compile(r"[a-z0-9]{3,24}")
ID = re.compile(r"/subscriptions/[0-9a-f-]{36}/resourceGroups/[^/]+/providers/(?P<rest>.+)")


def _types(estate: Estate) -> Counter[str]:
    return Counter(body["type"].lower() for body in estate.resources)


def _type_of_id(body: Body) -> str:
    found = ID.fullmatch(body["id"])
    assert found is not None, body["id"]
    namespace, *steps = found["rest"].split("/")
    return "/".join((namespace, *steps[::2]))


def test_has_some_four_hundred_resources_of_over_sixty_types(estate: Estate) -> None:
    assert 380 <= len(estate.resources) <= 450
    assert len(_types(estate)) >= 60


def test_the_first_catalogue_knows_the_type_of_at_least_85_percent(estate: Estate) -> None:
    types = _types(estate)
    strange = sum(count for name, count in types.items() if name in NEWER_THAN_THE_FIRST_CATALOGUE)
    assert strange / len(estate.resources) <= 0.15


def test_no_two_resources_groups_or_subscriptions_share_an_id(estate: Estate) -> None:
    for bodies in (estate.resources, estate.resource_groups):
        ids = Counter(body["id"].lower() for body in bodies)
        assert [each for each, count in ids.items() if count > 1] == []
    assert len({each.id for each in estate.subscriptions}) == len(estate.subscriptions) == 6


def test_every_resource_stands_in_a_group_and_a_subscription_that_exist(estate: Estate) -> None:
    groups = {body["id"].lower() for body in estate.resource_groups}
    subscriptions = {each.id for each in estate.subscriptions}
    for body in (*estate.resources, *estate.resource_groups):
        parts = body["id"].split("/")
        assert parts[2] in subscriptions
        assert "/".join(parts[:5]).lower() in groups


def test_no_group_and_no_subscription_is_empty(estate: Estate) -> None:
    used = {"/".join(body["id"].split("/")[:5]) for body in estate.resources}
    assert {body["id"] for body in estate.resource_groups} == used


def test_the_type_is_spelled_as_in_the_id(estate: Estate) -> None:
    for body in estate.resources:
        assert body["type"] == _type_of_id(body)
        assert body["name"] == body["id"].rsplit("/", 1)[-1]


def test_types_have_the_casing_of_azure_and_not_of_resource_graph(estate: Estate) -> None:
    for body in estate.resources:
        namespace = body["type"].split("/")[0]
        assert namespace.lower().startswith("microsoft.")
        assert namespace != namespace.lower()


def test_one_type_is_always_spelled_the_same(estate: Estate) -> None:
    spellings = {body["type"] for body in estate.resources}
    assert len(spellings) == len({each.lower() for each in spellings})


def test_names_are_as_long_as_azure_allows_and_no_longer(estate: Estate) -> None:
    for body in estate.resources:
        longest = LONGEST_NAMES.get(body["type"].lower(), 80)
        assert len(body["name"]) <= longest, body["name"]
        if body["type"] == "Microsoft.Storage/storageAccounts":
            assert STORAGE_NAME.fullmatch(body["name"])


def test_names_that_are_unique_in_all_of_azure_are_unique(estate: Estate) -> None:
    for kind in ("Microsoft.Storage/storageAccounts", "Microsoft.KeyVault/vaults"):
        names = [body["name"] for body in estate.resources if body["type"] == kind]
        assert len(names) == len(set(names))


def test_every_location_is_a_region_that_the_table_knows_or_global(estate: Estate) -> None:
    for body in estate.resources:
        assert regions.find(body["location"]) is not None, body["id"]


def test_most_resources_are_at_home(estate: Estate) -> None:
    located = [body for body in estate.resources if body["location"] != "global"]
    home = [body for body in located if regions.normalise(body["location"]) == "westeurope"]
    assert len(home) / len(located) > 0.85


def test_children_hang_under_a_resource_or_a_group_that_exists(estate: Estate) -> None:
    ids = {body["id"].lower() for body in estate.resources}
    groups = {body["id"].lower() for body in estate.resource_groups}
    for path, items in estate.children.items():
        assert path == path.lower()
        parent = path.rpartition("/")[0]
        group = "/".join(parent.split("/")[:5])
        assert parent in ids or ("/locations/" in parent and group in groups)
        assert items


def test_every_id_that_a_body_names_in_this_tenant_exists(estate: Estate) -> None:
    known = {body["id"].lower() for body in (*estate.resources, *estate.resource_groups)}
    known |= {f"/subscriptions/{each.id}" for each in estate.subscriptions}
    known |= {item["id"].lower() for items in estate.children.values() for item in items}
    inside = ("subnets", "externalendpoints", "backuppolicies")
    for body in (*estate.resources, *(i for items in estate.children.values() for i in items)):
        for named in re.findall(r'"(/subscriptions/[^"]+)"', json.dumps(body)):
            within = any(f"/{step}/" in named.lower() for step in inside)
            assert within or named.lower() in known, named


def test_ids_come_from_names_and_are_the_same_in_every_run(estate: Estate) -> None:
    assert estate.tenant_id == "ce9a4ed5-8c8a-5855-8561-dd646e7ee087"
    assert estate.subscriptions[0].id == "2521c065-8577-5a5d-927d-4617ee93fc35"


def test_the_same_time_gives_the_same_estate(estate: Estate, now: datetime) -> None:
    assert example_estate(now) == estate


def test_another_time_changes_times_and_never_ids_or_creation_times(
    estate: Estate, now: datetime
) -> None:
    later = example_estate(now + timedelta(days=1))
    assert later != estate
    for one, other in zip(estate.resources, later.resources, strict=True):
        assert one["id"] == other["id"]
        for key in ("creationTime", "creationDate", "timeCreated"):
            assert one["properties"].get(key) == other["properties"].get(key)


def test_every_body_is_json(estate: Estate) -> None:
    for body in (*estate.resources, *(i for items in estate.children.values() for i in items)):
        assert json.loads(json.dumps(body)) == body
