"""Microsoft's own clients take the simulator for Azure."""

from collections.abc import Mapping
from typing import Any

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError
from azure.core.pipeline import PipelineRequest
from azure.core.pipeline.policies import SansIOHTTPPolicy
from azure.core.rest import HttpRequest, HttpResponse
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.resource.subscriptions import SubscriptionClient
from azure.mgmt.storage import StorageManagementClient

from residency.simulator.trial import Trial


class Token:
    """A fixed token."""

    def get_token(self, *_scopes: str, **_options: object) -> AccessToken:
        return AccessToken("token", 4_102_444_800)


class PlainHttp(SansIOHTTPPolicy[HttpRequest, HttpResponse]):
    """Allows http, for loopback."""

    def on_request(self, request: PipelineRequest[HttpRequest]) -> None:
        request.context.options["enforce_https"] = False


@pytest.fixture
def options(world: Trial) -> dict[str, Any]:
    return {
        "base_url": world.url,
        "credential_scopes": [f"{world.url}/.default"],
        "per_call_policies": [PlainHttp()],
        "retry_total": 0,
    }


def test_subscriptions_and_locations(
    options: dict[str, Any], world: Trial, ids: Mapping[str, str]
) -> None:
    world.simulator.behaviour.list_page_size = 2
    with SubscriptionClient(Token(), **options) as client:
        found = list(client.subscriptions.list())
        alpha = ids["alpha"].rpartition("/")[2]
        places = {one.name: one for one in client.subscriptions.list_locations(alpha)}
    assert [one.display_name for one in found] == ["alpha", "beta", "shut", "silent", "partial"]
    metadata = places["westeurope"].metadata
    assert metadata is not None
    assert metadata.paired_region is not None
    assert metadata.paired_region[0].name == "northeurope"


def test_storage_accounts(options: dict[str, Any], ids: Mapping[str, str]) -> None:
    alpha = ids["alpha"].rpartition("/")[2]
    with StorageManagementClient(Token(), alpha, **options) as client:
        assert [one.name for one in client.storage_accounts.list()] == ["stgrs", "stgzrs", "stlrs"]
        one = client.storage_accounts.get_properties(
            "RG-Data", "stgrs", expand="geoReplicationStats"
        )
    assert one.primary_location == "westeurope"
    assert one.geo_replication_stats.can_failover is True


def test_resources_and_groups(
    options: dict[str, Any], world: Trial, ids: Mapping[str, str]
) -> None:
    world.simulator.behaviour.list_page_size = 4
    alpha = ids["alpha"].rpartition("/")[2]
    with ResourceManagementClient(Token(), alpha, **options) as client:
        assert len(list(client.resources.list())) == 9
        assert [one.name for one in client.resource_groups.list()] == ["RG-Data"]
        assert client.resources.get_by_id(ids["cosmos"], api_version="2024-08-15").name == "cosmos"
        with pytest.raises(HttpResponseError) as error:
            client.resources.get_by_id(ids["cosmos"], api_version="2099-01-01")
    assert error.value.error is not None
    assert error.value.error.code == "NoRegisteredProviderFound"


def test_resource_graph_through_a_raw_request(
    options: dict[str, Any], ids: Mapping[str, str]
) -> None:
    path = "/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01"
    body = {"query": "resources | project id | order by id asc", "options": {"$top": 4}}
    alpha = ids["alpha"].rpartition("/")[2]
    with ResourceManagementClient(Token(), alpha, **options) as client:
        request = HttpRequest("POST", options["base_url"] + path, json=body)
        answer = client.send_request(request)
    assert answer.json()["count"] == 4
