"""A small tenant of our own, a clock that stands still, and a plain HTTP client."""

import http.client
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from residency.simulator.server import serve
from residency.simulator.simulator import Simulator
from residency.simulator.world import Estate, Subscription

Body = dict[str, Any]
ALPHA = "aaaaaaaa-0000-4000-8000-000000000001"
BETA = "bbbbbbbb-0000-4000-8000-000000000002"
SHUT = "cccccccc-0000-4000-8000-000000000003"
SILENT = "dddddddd-0000-4000-8000-000000000004"
PARTIAL = "eeeeeeee-0000-4000-8000-000000000005"
GONE = "ffffffff-0000-4000-8000-000000000006"


def group(subscription: str, name: str) -> str:
    return f"/subscriptions/{subscription}/resourceGroups/{name}"


def resource(scope: str, kind: str, name: str, **more: Any) -> Body:
    return {
        "id": f"{scope}/providers/{kind}/{name}",
        "name": name.rpartition("/")[2],
        "type": kind,
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


@dataclass
class Clock:
    """A clock that moves only when it is told to."""

    now: datetime = field(default_factory=lambda: datetime(2026, 11, 2, 9, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)

    @property
    def code(self) -> str:
        return str(self.body["error"]["code"])


@dataclass
class World:
    """A running simulator and how a test talks to it."""

    simulator: Simulator
    clock: Clock
    url: str

    def send(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=20)
        ours = {"Authorization": "Bearer token"} if headers is None else headers
        try:
            raw = None if body is None else json.dumps(body)
            connection.request(method, quote(path, safe="/?&=$%'"), raw, dict(ours))
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, found, answer.read())
        finally:
            connection.close()

    def get(self, path: str, api: str = "2022-09-01", **query: str) -> Reply:
        extra = "".join(f"&{name}={value}" for name, value in query.items())
        return self.send("GET", f"{path}?api-version={api}{extra}")

    def follow(self, path: str, api: str = "2022-09-01", **query: str) -> list[Body]:
        reply = self.get(path, api, **query)
        found = list(reply.body["value"])
        while link := reply.body.get("nextLink"):
            reply = self.send("GET", link.removeprefix(self.url))
            found += reply.body["value"]
        return found

    def ask(self, query: str, **options: Any) -> Reply:
        scopes = {name: options.pop(name) for name in ("subscriptions",) if name in options}
        renamed = {f"${name}" if name != "resultFormat" else name: options[name] for name in options}
        path = "/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01"
        return self.send("POST", path, {"query": query, **scopes, "options": renamed})

    def control(self, action: str, **arguments: Any) -> Reply:
        return self.send("POST", f"/_control/{action}", arguments, {})


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def estate() -> Estate:
    return small_estate()


@pytest.fixture
def world(clock: Clock, estate: Estate) -> Iterator[World]:
    simulator = Simulator(estate, clock=clock)
    with serve(simulator) as running:
        yield World(simulator, clock, running.url)


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
