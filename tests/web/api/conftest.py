"""The API as the service serves it, over a store that scans have filled; nothing scans."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from residency.metrics import Running
from residency.model import (
    Basis,
    Evidence,
    Holds,
    Placement,
    Reading,
    Reason,
    Resource,
    Role,
    Severity,
    Status,
    SubscriptionState,
    Verdict,
    Zone,
)
from residency.policy import Attribution, Judged, JudgedPlacement, Judgement
from residency.service.configuration import Configuration
from residency.service.front import Front
from residency.service.readers import Readers
from residency.service.shown import Shown
from residency.service.told import Told
from residency.settings import Settings
from residency.store import ScanRecord, Store, SubscriptionRecord, Version
from residency.store.notes import record, token_made, token_revoked
from residency.store.tokens import digest, new_secret
from residency.web import Served, create_app

ONE = "00000000-0000-4000-8000-000000000001"
OTHER = "00000000-0000-4000-8000-000000000002"
ACCOUNTS, SERVERS = "microsoft.storage/storageaccounts", "microsoft.sql/servers"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A resource as a row of a table."""

    name: str
    regions: Sequence[str] = ("westeurope",)
    status: Status = Status.COMPLIANT
    type: str = ACCOUNTS
    subscription: str = ONE
    product: str | None = "Procs"
    customers: tuple[str, ...] = ("acme",)
    environment: str = "production"

    @property
    def id(self) -> str:
        group = f"/subscriptions/{self.subscription}/resourcegroups/rg"
        return f"{group}/providers/{self.type}/{self.name}"


def place(region: str, number: int, at: datetime) -> JudgedPlacement:
    role = Role.REPLICA if number else Role.PRIMARY
    proof = Evidence(api="arm", path=f"properties.{role}", value=region, read_at=at)
    found = Placement(role=role, region=region, basis=Basis.OBSERVED, evidence=proof)
    return JudgedPlacement(placement=found, country=None, zone=Zone.HOME)


def judged(row: Row, at: datetime) -> Judged:
    is_wrong = row.status is Status.VIOLATION
    return Judged(
        resource=Resource(
            id=row.id,
            type=row.type,
            name=row.name,
            subscription_id=row.subscription,
            resource_group="rg",
            reading=Reading(api="arm", path="", body={}, read_at=at),
        ),
        holds=None if row.type == "microsoft.new/things" else Holds.STORES,
        attribution=Attribution(
            product=row.product, customers=row.customers, environment=row.environment
        ),
        judgement=Judgement(
            status=row.status,
            severity=Severity.CRITICAL if is_wrong else None,
            reasons=(Reason.OUTSIDE_EU,) if is_wrong else (),
            placements=tuple(place(each, n, at) for n, each in enumerate(row.regions)),
            exemptions=(),
        ),
    )


def found(rows: Sequence[Row], number: int, at: datetime) -> ScanRecord:
    covered = ((ONE, "one"), (OTHER, "other"))
    return ScanRecord(
        id=f"scan-{number}",
        started_at=at,
        finished_at=at + timedelta(seconds=40),
        complete=True,
        verdict=Verdict.COMPLIANT,
        policy_sha256="0" * 64,
        reasons=("no-manifest",),
        subscriptions=tuple(
            SubscriptionRecord(
                id=each, name=name, state=SubscriptionState.READ, reasons=(), resources=1
            )
            for each, name in covered
        ),
        judged=tuple(judged(each, at) for each in rows),
        customers=("acme", "globex"),
    )


class Shop:
    """A store, a configuration, and the service before both.

    Attributes:
        settings: What is configured.
        at: When the last scan began.
    """

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder / 'residency.db'}"
        self.settings = Settings.model_validate(
            {
                "store": {"url": self.url},
                "estate": {
                    "products": {"Procs": {"label": "Procs", "match": {"tags": {"p": "Procs"}}}},
                    "customers": {
                        "acme": {"name": "Acme", "language": "nl", "products": ["Procs"]},
                        "strict": {
                            "name": "Strict",
                            "language": "nl",
                            "products": ["Procs"],
                            "policy": "only-nl",
                        },
                    },
                },
                "policies": {"only-nl": {"failover": [], "exceptional": [], "standing_copies": []}},
            }
        )
        self.store = Store.open(self.url)
        self.at = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
        self._number = 0

    def scan(self, *rows: Row, later: timedelta = timedelta(minutes=15), **more: Any) -> None:
        """Commit a scan."""
        self._number += 1
        self.at += later
        judged_by = {"default": self.settings.policy, **self.settings.policies}
        policies = tuple(
            Version(kind="policy", id=name, body=json.dumps(each.model_dump(mode="json")))
            for name, each in judged_by.items()
        )
        told = found(rows, self._number, self.at)
        versions = (*policies, *more.pop("versions", ()))
        self.store.commit(replace(told, versions=versions, **more))

    def token(self, name: str = "dashboards", counts: timedelta = timedelta(days=1)) -> str:
        secret, now = new_secret(), datetime.now(UTC)
        made = token_made(digest(secret), name, min(now, now + counts), now + counts, "operator")
        record(self.url, made, None)
        return secret

    def revoke(self, secret: str) -> None:
        record(self.url, token_revoked(digest(secret)[:12], datetime.now(UTC), "operator"), None)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """An empty store."""
    made = Shop(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def row() -> type[Row]:
    return Row


@pytest.fixture
def shown(shop: Shop) -> Iterator[Shown]:
    """What the metrics are made of; nothing is read until a test asks for it."""
    with closing(Shown(shop.url, lambda: shop.settings, Running)) as shown:
        yield shown


@pytest.fixture
def front(shop: Shop, shown: Shown) -> Iterator[Front]:
    """What stands before the store."""
    configuration = Configuration(None, lambda: shop.settings)
    with closing(Readers(shop.url)) as readers:
        yield Front(configuration, shown, Told(), readers)


class Api:
    """Asks the API."""

    def __init__(self, site: Any) -> None:
        self.site = site

    def ask(self, name: str, headers: Mapping[str, str] | None = None, **query: Any) -> Any:
        """Ask a page; a list in `query` is a parameter that is there more than once."""
        path = f"/api/v1/{name}" + (f"?{urlencode(query, doseq=True)}" if query else "")
        return self.site.ask("GET", path, headers)

    def get(self, name: str, **query: Any) -> Any:
        """Give the document of a page that is answered."""
        got = self.ask(name, **query)
        assert got.status == 200, got.body
        return got.json

    def names(self, **query: Any) -> list[str]:
        """Give the names of the resources of a page."""
        return [each["name"] for each in self.get("resources", **query)["resources"]]

    def pages(self, name: str, **query: Any) -> Iterator[Any]:
        """Give one page after the other."""
        told = self.get(name, **query)
        yield told
        while told["next"]:
            told = self.get(name, **query | {"cursor": told["next"]})
            yield told


@pytest.fixture
def api(serve: Callable[..., Any], front: Front) -> Api:
    """The API on loopback without a web-config file."""
    return Api(serve(desk=front))


@pytest.fixture
def api_behind(serve: Callable[..., Any], front: Front) -> Callable[..., Api]:
    """Serve it behind a web-config file."""
    return lambda config_file, **more: Api(serve(config_file, desk=front, **more))


@dataclass(frozen=True, kw_only=True)
class Heard:
    status: int
    headers: Mapping[str, str]
    body: bytes


@pytest.fixture
def ask_from(front: Served) -> Callable[..., Any]:
    """Ask the application itself as a caller at an address, which no test can have."""

    async def ask(address: str, scheme: str, path: str, headers: Mapping[str, str]) -> Heard:
        sent: list[Any] = []
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "scheme": scheme,
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(name.lower().encode(), told.encode()) for name, told in headers.items()],
            "client": (address, 40_000),
            "server": ("192.0.2.1", 9740),
        }

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await create_app(front)(scope, receive, send)
        head = {name.decode(): told.decode() for name, told in sent[0]["headers"]}
        body = b"".join(each.get("body", b"") for each in sent[1:])
        return Heard(status=sent[0]["status"], headers=head, body=body)

    return ask
