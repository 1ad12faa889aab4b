"""Resource providers: which a subscription has registered, and what they say of their types."""

from collections.abc import Mapping

import pytest

from residency.simulator.trial import Trial
from residency.simulator.world import Body


def provider(world: Trial, scope: str, namespace: str) -> Body:
    found: list[Body] = world.follow(f"{scope}/providers", "2021-04-01")
    return next(one for one in found if one["namespace"].lower() == namespace.lower())


def kind(shown: Body, name: str) -> Body:
    kinds: list[Body] = shown["resourceTypes"]
    return next(one for one in kinds if one["resourceType"].lower() == name.lower())


def test_a_provider_is_registered_where_it_has_resources(
    world: Trial, ids: Mapping[str, str]
) -> None:
    used = provider(world, ids["alpha"], "Microsoft.Storage")
    unused = provider(world, ids["alpha"], "Microsoft.ApiManagement")
    assert used["registrationState"] == "Registered"
    assert unused["registrationState"] == "NotRegistered"
    assert used["id"] == f"{ids['alpha']}/providers/{used['namespace']}"


def test_a_provider_is_registered_where_only_something_deleted_is_left(
    world: Trial, ids: Mapping[str, str]
) -> None:
    path = f"{ids['beta']}/providers/Microsoft.Sql/locations/francecentral/longTermRetentionBackups"
    world.control("put-child", path=path, item={"id": f"{path}/one", "name": "one"})
    assert provider(world, ids["beta"], "Microsoft.Sql")["registrationState"] == "Registered"


def test_a_type_has_its_places_and_versions(world: Trial, ids: Mapping[str, str]) -> None:
    shown = provider(world, ids["alpha"], "Microsoft.Sql")
    lists = kind(shown, "locations/longTermRetentionBackups")
    assert "West Europe" in lists["locations"]
    assert lists["apiVersions"] == ["2025-01-01", "2014-04-01"]
    world.control("behave", provider_locations=["West Europe"])
    shown = provider(world, ids["alpha"], "Microsoft.Sql")
    assert kind(shown, "locations/longTermRetentionBackups")["locations"] == ["West Europe"]


@pytest.mark.parametrize("scope", ["{alpha}", ""])
def test_a_type_with_a_closed_list_of_versions_takes_no_other(
    world: Trial, ids: Mapping[str, str], scope: str
) -> None:
    path = f"{ids['alpha']}/providers/Microsoft.Sql/servers"
    world.control("behave", api_versions={"microsoft.sql/servers": ["2020-01-01"]})
    refused = world.get(path, "2025-01-01")
    assert (refused.status, refused.code) == (400, "NoRegisteredProviderFound")
    assert world.get(path, "2020-01-01").status == 200
    told = world.get(f"{scope.format(**ids)}/providers/Microsoft.Sql", "2021-04-01").body
    assert kind(told, "servers")["apiVersions"] == ["2020-01-01"]


def test_nobody_has_heard_of_other_providers(world: Trial, ids: Mapping[str, str]) -> None:
    reply = world.get(f"{ids['alpha']}/providers/Contoso.None", "2021-04-01")
    assert (reply.status, reply.code) == (404, "InvalidResourceNamespace")


def test_providers_are_refused_to_narrow_rights(world: Trial, ids: Mapping[str, str]) -> None:
    reply = world.get(f"{ids['partial']}/providers", "2021-04-01")
    assert (reply.status, reply.code) == (403, "AuthorizationFailed")


def test_a_vault_that_is_deleted_can_be_recovered(world: Trial, ids: Mapping[str, str]) -> None:
    scope = f"{ids['alpha']}/providers/Microsoft.KeyVault"
    body = {**world.get(ids["stlrs"]).body, "type": "Microsoft.KeyVault/vaults", "name": "kv"}
    body["id"] = (
        ids["stlrs"].partition("/providers/")[0] + "/providers/Microsoft.KeyVault/vaults/kv"
    )
    world.control("create", body=body)
    world.control("delete", resource_id=body["id"])
    (kept,) = world.follow(f"{scope}/deletedVaults")
    assert kept["properties"]["vaultId"] == body["id"]
    assert kept["id"] == f"{scope}/locations/{body['location']}/deletedVaults/kv"
