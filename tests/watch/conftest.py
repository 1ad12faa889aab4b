"""A tenant that is watched over days in seconds: simulator and monitor go by one clock."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from residency import clock
from residency.check import Catalogue, load_catalogue
from residency.policy import Judged
from residency.scan import Scan
from residency.scan.watch import Remembered, Watch, watching
from residency.settings import Settings
from residency.simulator.app import create_app
from residency.simulator.faults import Effect, Fault
from residency.simulator.server import serve_app
from residency.simulator.simulator import Simulator
from residency.simulator.world import Estate, Subscription
from residency.store.audit import audit
from residency.store.episodes import Episode, Incident
from residency.store.episodes.kept import read_back
from residency.store.reading.events import events_after
from residency.store.tables import LEDGER_ENTRY

Body = dict[str, Any]

BEGAN = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
DATA = "aaaaaaaa-0000-4000-8000-000000000001"
APPS = "bbbbbbbb-0000-4000-8000-000000000002"
NAMES = {DATA: "data", APPS: "apps"}
QUARTER = timedelta(minutes=15)


@dataclass
class Time:
    """The one clock; it moves a little with each look, as time does."""

    now: datetime = BEGAN

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


def resource(arm_type: str, name: str, subscription: str = DATA, **more: Any) -> Body:
    return {
        "id": f"/subscriptions/{subscription}/resourceGroups/RG/providers/{arm_type}/{name}",
        "name": name,
        "type": arm_type,
        "location": "westeurope",
        **more,
    }


def account(name: str, subscription: str = DATA, **places: str) -> Body:
    return resource(
        "Microsoft.Storage/storageAccounts",
        name,
        subscription,
        kind="StorageV2",
        sku={"name": "Standard_GRS"},
        properties={"primaryLocation": "westeurope", "secondaryLocation": "northeurope", **places},
    )


def cosmos(*regions: str) -> Body:
    places = [
        {"locationName": name, "failoverPriority": rank}
        for rank, name in enumerate(regions or ("West Europe", "North Europe"))
    ]
    properties = {
        "writeLocations": places[:1],
        "readLocations": places,
        "locations": places,
        "failoverPolicies": places,
        "backupPolicy": {"type": "Continuous"},
    }
    return resource("Microsoft.DocumentDB/databaseAccounts", "cosmos", properties=properties)


def server(name: str, location: str) -> Body:
    return {**resource("Microsoft.Sql/servers", name, properties={}), "location": location}


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


def failover_group() -> tuple[list[Body], dict[str, list[Body]]]:
    """Give two servers with a database each, and their group as either of them lists it."""
    west, north = server("sql-west", "westeurope"), server("sql-north", "northeurope")
    found: dict[str, list[Body]] = {}
    for here, there, role, other in (
        (west, north, "Primary", "Secondary"),
        (north, west, "Secondary", "Primary"),
    ):
        told = {
            "replicationRole": role,
            "partnerServers": [
                {"id": there["id"], "location": there["location"], "replicationRole": other}
            ],
            "databases": [f"{here['id']}/databases/crm"],
        }
        found[f"{here['id']}/failovergroups".lower()] = [
            {
                "id": f"{here['id']}/failoverGroups/fog",
                "name": "fog",
                "type": "Microsoft.Sql/servers/failoverGroups",
                "properties": told,
            }
        ]
    databases = [database(west, "crm"), database(north, "crm", secondaryType="Geo")]
    return [west, north, *databases], found


def estate(*more: Body) -> Estate:
    return Estate(
        tenant_id="99999999-0000-4000-8000-000000000009",
        management_group="mg-root",
        subscriptions=[Subscription(id=one, name=name) for one, name in NAMES.items()],
        resource_groups=[
            {
                "id": f"/subscriptions/{one}/resourceGroups/RG",
                "name": "RG",
                "location": "westeurope",
            }
            for one in NAMES
        ],
        resources=[
            account("stdata"),
            account("stapps", APPS),
            cosmos(),
            *(
                resource("Microsoft.Network/virtualNetworks", f"vnet{number}", APPS)
                for number in range(10)
            ),
            *more,
        ],
    )


@dataclass
class World:
    """The tenant, the monitor that watches it, and its store."""

    url: str
    simulator: Simulator
    catalogue: Catalogue
    time: Time
    path: Path
    sections: dict[str, Any] = field(default_factory=dict)
    open: ExitStack | None = None
    watch: Watch | None = None

    def settings(self) -> Settings:
        subscriptions = [{"id": one, "name": name} for one, name in NAMES.items()]
        document = {
            "azure": {"endpoint": self.url, "credential": "none"},
            "scope": {"subscriptions": subscriptions},
            "store": {"url": f"sqlite:///{self.path}"},
        }
        return Settings.model_validate(document | self.sections)

    def watching(self) -> Watch:
        if self.watch is None:
            self.open = ExitStack()
            self.watch = self.open.enter_context(watching(self.settings()))
        return self.watch

    def restart(self) -> None:
        if self.open is not None:
            self.open.close()
        self.open = self.watch = None

    def remembered(self, **after: float) -> Remembered:
        """Scan, a quarter of an hour (or `after`) later than the last time."""
        self.time.now += timedelta(**after) if after else QUARTER
        with clock.running(self.time):
            return asyncio.run(self.watching().scan(self.settings(), self.catalogue))

    def scan(self, **after: float) -> Scan:
        return self.remembered(**after).scan

    def wait(self, **after: float) -> None:
        self.time.now += timedelta(**after)

    def episodes(self) -> tuple[Episode, ...]:
        with self.watching().store.database.reading() as connection:
            return read_back(connection, Episode)

    def incidents(self) -> tuple[Incident, ...]:
        with self.watching().store.database.reading() as connection:
            return read_back(connection, Incident)

    def fault(self, effect: Effect, **rule: Any) -> None:
        self.simulator.faults.add(Fault(effect=effect, **rule))

    def events(self) -> list[tuple[str, str]]:
        with self.watching().store.database.reading() as connection:
            return [
                (each.kind, each.subject.rpartition("/")[2]) for each in events_after(connection)
            ]

    def ledger(self) -> list[str]:
        """Give the kinds of all entries of the ledger, in their order."""
        with self.watching().store.database.reading() as connection:
            found = connection.execute(LEDGER_ENTRY.select().order_by(LEDGER_ENTRY.c.seq))
            return [json.loads(row.entry)["kind"] for row in found]

    def faults(self) -> Sequence[object]:
        with self.watching().store.database.reading() as connection:
            return audit(connection).faults

    def body(self, name: str) -> Body:
        """Give the resource of a name, as it is now."""
        everything = map(json.loads, self.simulator.tenant.encoded())
        return next(each for each in everything if each["name"] == name)

    def id_of(self, name: str) -> str:
        return str(self.body(name)["id"])


class Stage:
    """One server for all tests: each puts its own simulator on it."""

    app: Any = None
    url = ""

    async def __call__(self, *call: Any) -> None:
        await self.app(*call)


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    stage = Stage()
    with serve_app(stage) as url:
        stage.url = url
        yield stage


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture
def world(stage: Stage, catalogue: Catalogue, tmp_path: Path) -> Iterator[Callable[..., World]]:
    """Give a tenant of these resources, and the monitor that watches it."""
    worlds: list[World] = []

    def make(
        *more: Body, children: Mapping[str, Sequence[Body]] | None = None, **sections: Any
    ) -> World:
        time = Time()
        simulator = Simulator(replace(estate(*more), children=dict(children or {})), clock=time)
        simulator.behaviour.provider_locations = ("West Europe", "North Europe")
        stage.app = create_app(simulator)
        made = World(
            url=stage.url,
            simulator=simulator,
            catalogue=catalogue,
            time=time,
            path=tmp_path / f"residency{len(worlds)}.db",
            sections=sections,
        )
        worlds.append(made)
        return made

    yield make
    for each in worlds:
        each.restart()


@pytest.fixture
def judged() -> Callable[[Scan, str], Judged]:
    """Find one resource of a scan by the end of its id."""

    def find(found: Scan, end: str) -> Judged:
        return next(each for each in found.judged if each.resource.id.endswith(end.lower()))

    return find


@pytest.fixture
def build() -> type["Build"]:
    return Build


class Build:
    """What tests make bodies with."""

    data, apps = DATA, APPS
    resource = staticmethod(resource)
    account = staticmethod(account)
    cosmos = staticmethod(cosmos)
    failover_group = staticmethod(failover_group)
