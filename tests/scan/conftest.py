"""A small tenant that is all compliant, served over HTTP, and scans of it with the real SDK."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from residency.check import Catalogue, load_catalogue
from residency.policy import Judged
from residency.scan import Scan, scan
from residency.settings import Settings
from residency.simulator.app import create_app
from residency.simulator.faults import Effect, Fault
from residency.simulator.journal import Call
from residency.simulator.server import serve_app
from residency.simulator.simulator import Simulator
from residency.simulator.world import Estate, Subscription

Body = dict[str, Any]
Answer = tuple[int, Mapping[str, str], bytes]
Intercept = Callable[[str, str, bytes], Answer | None]

DATA = "aaaaaaaa-0000-4000-8000-000000000001"
APPS = "bbbbbbbb-0000-4000-8000-000000000002"
NETS = "cccccccc-0000-4000-8000-000000000003"
NAMES = {DATA: "data", APPS: "apps", NETS: "nets"}


def resource(subscription: str, arm_type: str, name: str, **more: Any) -> Body:
    return {
        "id": f"/subscriptions/{subscription}/resourceGroups/RG/providers/{arm_type}/{name}",
        "name": name,
        "type": arm_type,
        "location": "westeurope",
        **more,
    }


def account(subscription: str, name: str, sku: str = "Standard_GRS", **places: str) -> Body:
    geo = {} if "LRS" in sku else {"secondaryLocation": "northeurope"}
    return resource(
        subscription,
        "Microsoft.Storage/storageAccounts",
        name,
        kind="StorageV2",
        sku={"name": sku},
        properties={"primaryLocation": "westeurope", **geo, **places},
    )


def cosmos() -> Body:
    places = [
        {"locationName": name, "failoverPriority": rank}
        for rank, name in enumerate(["West Europe", "North Europe"])
    ]
    properties = {
        "writeLocations": places[:1],
        "readLocations": places,
        "locations": places,
        "failoverPolicies": places,
        "backupPolicy": {"type": "Continuous"},
    }
    return resource(DATA, "Microsoft.DocumentDB/databaseAccounts", "cosmos", properties=properties)


def server(name: str, location: str) -> Body:
    return {**resource(DATA, "Microsoft.Sql/servers", name, properties={}), "location": location}


def database(of: Body, name: str, **properties: str) -> Body:
    return {
        "id": f"{of['id']}/databases/{name}",
        "name": name,
        "type": "Microsoft.Sql/servers/databases",
        "location": of["location"],
        "sku": {"name": "S1", "tier": "Standard"},
        "properties": {
            "currentBackupStorageRedundancy": "Local",
            "requestedBackupStorageRedundancy": "Local",
            **properties,
        },
    }


def sql_side(here: Body, there: Body, role: str, other: str) -> dict[str, list[Body]]:
    member = f"{here['id']}/databases/crm"
    partner = {"id": there["id"], "location": there["location"], "replicationRole": other}
    failover_group = {
        "id": f"{here['id']}/failoverGroups/fog",
        "name": "fog",
        "type": "Microsoft.Sql/servers/failoverGroups",
        "properties": {
            "replicationRole": role,
            "partnerServers": [partner],
            "databases": [member],
        },
    }
    return {f"{here['id']}/failovergroups".lower(): [failover_group]}


def small_estate(subscriptions: Sequence[Subscription] = (), nets: int = 16) -> Estate:
    west, north = server("sql-west", "westeurope"), server("sql-north", "northeurope")
    return Estate(
        tenant_id="99999999-0000-4000-8000-000000000009",
        management_group="mg-root",
        subscriptions=[
            *(Subscription(id=one, name=name) for one, name in NAMES.items()),
            *subscriptions,
        ],
        resource_groups=[
            {
                "id": f"/subscriptions/{one}/resourceGroups/RG",
                "name": "RG",
                "location": "westeurope",
            }
            for one in NAMES
        ],
        resources=[
            account(DATA, "stgrs"),
            account(DATA, "stlrs", "Standard_LRS"),
            account(APPS, "stapps"),
            cosmos(),
            west,
            north,
            database(west, "crm"),
            database(north, "crm", secondaryType="Geo"),
            *(database(west, f"only{number}") for number in range(3)),
            resource(APPS, "Microsoft.KeyVault/vaults", "kv", properties={}),
            *(
                resource(NETS, "Microsoft.Network/virtualNetworks", f"vnet{number:05}")
                for number in range(nets)
            ),
        ],
        children={
            **sql_side(west, north, "Primary", "Secondary"),
            **sql_side(north, west, "Secondary", "Primary"),
        },
    )


def simulated(estate: Estate) -> Simulator:
    """Give an Azure of few regions: some lists of what was deleted are one a region."""
    simulator = Simulator(estate)
    simulator.behaviour.provider_locations = ("West Europe", "North Europe", "East US")
    return simulator


@dataclass
class Stage:
    """One server for all tests: each puts its own simulator on it, and may stand between.

    Attributes:
        intercept: Given method, path and body of a request; its answer, or None to let it through.
        heard: The Authorization header of every request, with the host that it was sent to.
    """

    url: str = ""
    app: ASGIApp | None = None
    intercept: Intercept = lambda _method, _path, _body: None
    heard: list[tuple[str, str]] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.heard.append((headers.get("host", ""), headers.get("authorization", "")))
        body = await _body(receive)
        answer = self.intercept(scope["method"], scope["path"], body)
        if answer is None:
            await self.app(scope, _again(body, receive), send)
            return
        status, answered, content = answer
        sent = [(name.lower().encode(), value.encode()) for name, value in answered.items()]
        await send({"type": "http.response.start", "status": status, "headers": sent})
        await send({"type": "http.response.body", "body": content})


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _again(body: bytes, receive: Receive) -> Receive:
    messages: Iterator[Message] = iter(({"type": "http.request", "body": body},))

    async def replay() -> Message:
        return next(messages, None) or await receive()

    return replay


@dataclass
class Azure:
    """The simulated Azure and the monitor that looks at it."""

    stage: Stage
    simulator: Simulator
    catalogue: Catalogue

    def settings(self, deadline: str = "30s", **sections: Any) -> Settings:
        subscriptions = [{"id": one, "name": name} for one, name in NAMES.items()]
        document = {
            "azure": {"endpoint": self.stage.url, "credential": "none"},
            "scope": {"subscriptions": subscriptions},
            "scan": {"deadline": deadline},
        }
        return Settings.model_validate(document | sections)

    def scan(self, catalogue: Catalogue | None = None, **sections: Any) -> Scan:
        return asyncio.run(scan(self.settings(**sections), catalogue or self.catalogue))

    def use(self, estate: Estate) -> None:
        """Put another tenant in the place of the small one."""
        self.simulator = simulated(estate)
        self.stage.app = create_app(self.simulator)

    def add(self, *bodies: Body) -> None:
        for body in bodies:
            self.simulator.put(body)

    def subscription(self, subscription: str, **flags: Any) -> None:
        self.simulator.set_subscription(subscription, **flags)

    def fault(self, effect: Effect, **rule: Any) -> None:
        self.simulator.faults.add(Fault(effect=effect, **rule))

    def calls(self, api: str = "", path: str = "") -> list[Call]:
        """Give the calls so far to an api, under paths that hold `path`."""
        return [
            call
            for call in self.simulator.requests
            if api in {"", call.api} and path.lower() in call.path.lower()
        ]


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    stage = Stage()
    with serve_app(stage) as url:
        stage.url = url
        yield stage


@pytest.fixture(scope="session")
def catalogue(stage: Stage) -> Catalogue:
    """The installed checks, after a first scan: what that imports is not Azure's slowness."""
    azure = Azure(stage=stage, simulator=simulated(small_estate()), catalogue=load_catalogue())
    stage.app = create_app(azure.simulator)
    azure.scan()
    return azure.catalogue


@pytest.fixture
def azure(stage: Stage, catalogue: Catalogue) -> Iterator[Azure]:
    """A simulator of its own for each test, on the one server."""
    azure = Azure(stage=stage, simulator=simulated(small_estate()), catalogue=catalogue)
    stage.app = create_app(azure.simulator)
    stage.heard.clear()
    yield azure
    stage.intercept = lambda _method, _path, _body: None


@pytest.fixture
def wide(azure: Azure) -> Azure:
    """The same tenant with so many resources that Resource Graph gives two pages."""
    azure.use(small_estate(nets=1100))
    return azure


@pytest.fixture
def with_subscription(azure: Azure) -> Callable[..., Azure]:
    """Give the tenant one subscription more, with what it holds."""

    def make(subscription: Subscription, *resources: Body) -> Azure:
        estate = small_estate([subscription])
        azure.use(replace(estate, resources=[*estate.resources, *resources]))
        return azure

    return make


@pytest.fixture
def build() -> type["Build"]:
    return Build


class Build:
    """What tests make bodies with, and the ids of the small tenant."""

    data, apps, nets = DATA, APPS, NETS
    names = NAMES
    resource = staticmethod(resource)
    account = staticmethod(account)
    estate = staticmethod(small_estate)


@pytest.fixture
def judged() -> Callable[[Scan, str], Judged]:
    """Find one resource of a scan by the end of its id."""

    def find(found: Scan, end: str) -> Judged:
        return next(each for each in found.judged if each.resource.id.endswith(end.lower()))

    return find
