"""A small tenant of our own on one running server."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from residency.simulator.app import create_app
from residency.simulator.server import serve_app
from residency.simulator.simulator import Simulator
from residency.simulator.trial import Clock, Trial
from residency.simulator.world import Body, Estate, Subscription

ALPHA = "aaaaaaaa-0000-4000-8000-000000000001"
BETA = "bbbbbbbb-0000-4000-8000-000000000002"
SHUT = "cccccccc-0000-4000-8000-000000000003"
SILENT = "dddddddd-0000-4000-8000-000000000004"
PARTIAL = "eeeeeeee-0000-4000-8000-000000000005"
GONE = "ffffffff-0000-4000-8000-000000000006"


def group(subscription: str, name: str) -> str:
    return f"/subscriptions/{subscription}/resourceGroups/{name}"


def resource(scope: str, arm_type: str, name: str, **more: Any) -> Body:
    return {
        "id": f"{scope}/providers/{arm_type}/{name}",
        "name": name.rpartition("/")[2],
        "type": arm_type,
        "location": "westeurope",
        **more,
    }


def account(subscription: str, name: str, sku: str = "Standard_GRS") -> Body:
    geo = {"secondaryLocation": "northeurope", "statusOfSecondary": "available"}
    properties = {
        "primaryLocation": "westeurope",
        "statusOfPrimary": "available",
        **(geo if "G" in sku.partition("_")[2] else {}),
    }
    return resource(
        group(subscription, "RG-Data"),
        "Microsoft.Storage/storageAccounts",
        name,
        kind="StorageV2",
        sku={"name": sku, "tier": "Standard"},
        tags={"product": "Procs"},
        properties=properties,
    )


def cosmos() -> Body:
    places = [
        {"id": f"cosmos-{place}", "locationName": name, "failoverPriority": rank}
        for rank, (place, name) in enumerate(
            [("westeurope", "West Europe"), ("northeurope", "North Europe")]
        )
    ]
    properties = {
        "writeLocations": places[:1],
        "readLocations": places,
        "locations": places,
        "failoverPolicies": places,
    }
    kind = "Microsoft.DocumentDB/databaseAccounts"
    return resource(group(ALPHA, "RG-Data"), kind, "cosmos", properties=properties)


def server(name: str, location: str) -> Body:
    scope = group(ALPHA, "RG-Data")
    return {
        **resource(scope, "Microsoft.Sql/servers", name, properties={"state": "Ready"}),
        "location": location,
    }


def database(of: Body, name: str, **properties: str) -> Body:
    return {
        "id": f"{of['id']}/databases/{name}",
        "name": name,
        "type": "Microsoft.Sql/servers/databases",
        "location": of["location"],
        "properties": {"status": "Online", **properties},
    }


def sql_side(here: Body, there: Body, role: str, other: str) -> dict[str, list[Body]]:
    database_id = f"{here['id']}/databases/crm"
    failover_group = {
        "id": f"{here['id']}/failoverGroups/fog",
        "name": "fog",
        "type": "Microsoft.Sql/servers/failoverGroups",
        "properties": {
            "replicationRole": role,
            "partnerServers": [
                {"id": there["id"], "location": there["location"], "replicationRole": other}
            ],
            "databases": [database_id],
        },
    }
    link = {
        "id": f"{database_id}/replicationLinks/link",
        "name": "link",
        "properties": {
            "role": role,
            "partnerRole": other,
            "partnerServer": there["name"],
            "partnerDatabase": "crm",
            "partnerLocation": there["location"],
            "linkType": "GEO",
        },
    }
    base = here["id"].lower()
    return {
        f"{base}/failovergroups": [failover_group],
        f"{base}/databases/crm/replicationlinks": [link],
    }


def small_estate() -> Estate:
    west, north = server("sql-west", "westeurope"), server("sql-north", "northeurope")
    vault = resource(group(ALPHA, "RG-Data"), "Microsoft.RecoveryServices/vaults", "vault")
    protected = {
        "id": f"{vault['id']}/backupFabrics/Azure/protectionContainers/c/protectedItems/vm1",
        "name": "vm1",
        "type": "Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/"
        "protectedItems",
        "properties": {"backupManagementType": "AzureIaasVM"},
    }
    web = resource(
        group(BETA, "rg-web"), "Microsoft.Web/sites", "web", kind="app", properties={"state": "Up"}
    )
    return Estate(
        tenant_id="99999999-0000-4000-8000-000000000009",
        management_group="mg-root",
        subscriptions=[
            Subscription(id=ALPHA, name="alpha"),
            Subscription(id=BETA, name="beta"),
            Subscription(id=SHUT, name="shut", readable=False),
            Subscription(id=SILENT, name="silent", in_graph=False),
            Subscription(id=PARTIAL, name="partial", actions=("Microsoft.Storage/*/read",)),
            Subscription(id=GONE, name="gone", listed=False),
        ],
        resource_groups=[
            {"id": group(one, name), "name": name, "location": "westeurope", "tags": {"a": "b"}}
            for one, name in [
                (ALPHA, "RG-Data"),
                (BETA, "rg-web"),
                (SILENT, "RG-Data"),
                (PARTIAL, "RG-Data"),
            ]
        ],
        resources=[
            account(ALPHA, "stgrs"),
            account(ALPHA, "stgzrs", "Standard_RAGZRS"),
            account(ALPHA, "stlrs", "Standard_LRS"),
            account(SHUT, "stshut"),
            account(SILENT, "stsilent"),
            account(PARTIAL, "stpartial"),
            cosmos(),
            west,
            north,
            database(west, "crm"),
            database(north, "crm", secondaryType="Geo"),
            vault,
            {**web, "location": "West Europe"},
        ],
        children={
            **sql_side(west, north, "Primary", "Secondary"),
            **sql_side(north, west, "Secondary", "Primary"),
            f"{vault['id']}/backupprotecteditems".lower(): [protected],
        },
        denied=(f"{vault['id']}/backupstorageconfig".lower(),),
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def estate() -> Estate:
    return small_estate()


@dataclass
class Stage:
    """One server for all tests; each test puts its own application on it."""

    url: str = ""
    app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None
        await self.app(scope, receive, send)


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    stage = Stage()
    with serve_app(stage) as url:
        stage.url = url
        yield stage


@pytest.fixture
def world(clock: Clock, estate: Estate, stage: Stage) -> Trial:
    simulator = Simulator(estate, clock=clock)
    stage.app = create_app(simulator)
    return Trial(simulator=simulator, clock=clock, url=stage.url)


@pytest.fixture
def ids() -> Mapping[str, str]:
    """The ids of the small tenant by short names."""
    data = group(ALPHA, "RG-Data")
    storage = f"{data}/providers/Microsoft.Storage/storageAccounts"
    sql = f"{data}/providers/Microsoft.Sql/servers"
    return {
        "alpha": f"/subscriptions/{ALPHA}",
        "beta": f"/subscriptions/{BETA}",
        "shut": f"/subscriptions/{SHUT}",
        "silent": f"/subscriptions/{SILENT}",
        "partial": f"/subscriptions/{PARTIAL}",
        "gone": f"/subscriptions/{GONE}",
        "data": data,
        "stgrs": f"{storage}/stgrs",
        "stgzrs": f"{storage}/stgzrs",
        "stlrs": f"{storage}/stlrs",
        "cosmos": f"{data}/providers/Microsoft.DocumentDB/databaseAccounts/cosmos",
        "west": f"{sql}/sql-west",
        "north": f"{sql}/sql-north",
        "vault": f"{data}/providers/Microsoft.RecoveryServices/vaults/vault",
        "web": f"{group(BETA, 'rg-web')}/providers/Microsoft.Web/sites/web",
    }
