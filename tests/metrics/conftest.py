"""Stores of a few resources, and the series that they give."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from residency.metrics import Caps, Exposition, Running, State, exposition, state_of
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
from residency.settings import Settings
from residency.store import ScanRecord, Store, SubscriptionRecord
from residency.store.notes import acknowledgement, annotation, record
from residency.store.reading.events import events_after

BEGAN = datetime(2026, 10, 1, 0, 0, 30, tzinfo=UTC)
SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"
ACCOUNTS = "microsoft.storage/storageaccounts"
READING = Reading(api="arm", path="", body={}, read_at=BEGAN)
ROOT = Path(__file__).resolve().parents[2]

Labels = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place of a resource."""

    role: str = "primary"
    region: str = "westeurope"
    basis: str = "observed"
    metadata_only: bool = False
    unresolved: Reason | None = None
    target: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One resource: where it is, whose it is, and what the policy says."""

    name: str
    places: tuple[Place, ...] = (Place(),)
    status: Status = Status.COMPLIANT
    severity: Severity | None = None
    reasons: tuple[Reason, ...] = ()
    exemptions: tuple[str, ...] = ()
    holds: Holds | None = Holds.STORES
    product: str | None = "Procs"
    customers: tuple[str, ...] = ("acme",)
    environment: str = "production"
    type: str = ACCOUNTS


def id_of(name: str) -> str:
    return f"/subscriptions/{SUBSCRIPTION}/resourcegroups/rg/providers/{ACCOUNTS}/{name}"


def outside(name: str, **more: Any) -> Told:
    """Tell of a resource with a copy in London, which is a critical violation."""
    known: dict[str, Any] = {
        "places": (Place(), Place(role="replica", region="uksouth")),
        "status": Status.VIOLATION,
        "severity": Severity.CRITICAL,
        "reasons": (Reason.OUTSIDE_EU,),
    }
    return Told(name=name, **(known | more))


def _judged_place(told: Place, read_at: datetime) -> JudgedPlacement:
    proof = Evidence(api="arm", path=told.role, value=told.region, read_at=read_at)
    place = Placement(
        role=Role(told.role),
        region=told.region,
        basis=Basis(told.basis),
        evidence=proof,
        metadata_only=told.metadata_only,
        unresolved=told.unresolved,
        target=told.target,
    )
    return JudgedPlacement(placement=place, country=None, zone=Zone.HOME)


def judged(told: Told, read_at: datetime) -> Judged:
    return Judged(
        resource=Resource(
            id=id_of(told.name),
            type=told.type,
            name=told.name,
            subscription_id=SUBSCRIPTION,
            resource_group="rg",
            reading=READING,
        ),
        holds=told.holds,
        attribution=Attribution(
            product=told.product, customers=told.customers, environment=told.environment
        ),
        judgement=Judgement(
            status=told.status,
            severity=told.severity,
            reasons=told.reasons,
            exemptions=told.exemptions,
            placements=tuple(_judged_place(each, read_at) for each in told.places),
        ),
    )


def subscription(state: str = "read", **more: Any) -> SubscriptionRecord:
    known: dict[str, Any] = {"id": SUBSCRIPTION, "name": "production", "reasons": ()}
    return SubscriptionRecord(state=SubscriptionState(state), resources=1, **(known | more))


class Estate:
    """One store, the scans that it is given, and the series that it gives."""

    def __init__(self, path: Path) -> None:
        self.url = f"sqlite:///{path}"
        self.store = Store.open(self.url)
        self.scans = 0
        self.settings = Settings.model_validate({"scope": {"subscriptions": [SUBSCRIPTION_ENTRY]}})
        self.former: State | None = None

    @property
    def now(self) -> datetime:
        return BEGAN + self.scans * timedelta(minutes=15)

    def configure(self, **sections: Any) -> None:
        self.settings = Settings.model_validate({"scope": self.settings.scope, **sections})

    def scan(self, *told: Told, gone: tuple[str, ...] = (), **more: Any) -> None:
        at = self.now
        self.scans += 1
        found = ScanRecord(
            id=f"scan-{self.scans}",
            started_at=at,
            finished_at=at + timedelta(seconds=40),
            complete=True,
            verdict=Verdict.COMPLIANT,
            policy_sha256="0" * 64,
            reasons=(),
            subscriptions=(subscription(),),
            judged=tuple(judged(each, at) for each in told),
            gone=frozenset(map(id_of, gone)),
            customers=("acme", "globex"),
        )
        self.store.commit(replace(found, **more))

    def acknowledge(self, subject: str) -> None:
        record(self.url, acknowledgement(subject, self.now, "on-call"), None)

    def annotate(self, episode: str, reason: Any, *, explained: bool = False) -> None:
        note = annotation(episode, self.now, "on-call", reason, explained=explained)
        record(self.url, note, None)

    def waiting(self) -> Counter[tuple[str]]:
        """Count by kind the events of which the list says that nobody has seen them."""
        with self.store.database.reading() as connection:
            found = events_after(connection)
        return Counter((str(each.kind),) for each in found if each.acknowledged is None)

    def state(self, *, at: datetime | None = None, former: State | None = None) -> State:
        with self.store.database.reading() as connection:
            return state_of(connection, self.settings, at or self.now, former)

    def exposed(self, caps: Caps | None = None, **running: Any) -> Exposition:
        return exposition(self.state(), Running(**running), caps or Caps())

    def series(self, caps: Caps | None = None, **running: Any) -> "Scraped":
        body = self.exposed(caps, **running).answer("", "").body
        return Scraped(body.decode())


SUBSCRIPTION_ENTRY = {"id": SUBSCRIPTION, "name": "production"}


class Scraped:
    """What a scrape found."""

    def __init__(self, text: str) -> None:
        self.samples = [
            sample for each in text_string_to_metric_families(text) for sample in each.samples
        ]

    def of(self, name: str, *labels: str) -> Mapping[Labels, float]:
        """Give the samples of a name by the values of some labels, which tell them apart."""
        found = [each for each in self.samples if each.name == f"residency_{name}"]
        told = {tuple(each.labels[one] for one in labels): each.value for each in found}
        assert len(told) == len(found), f"{labels} do not tell the samples of {name} apart"
        return told

    def one(self, name: str) -> float | None:
        """Give the only sample of a name without labels; None where it is absent."""
        return self.of(name).get(())

    @property
    def names(self) -> frozenset[str]:
        return frozenset(each.name for each in self.samples)


@pytest.fixture
def estate(tmp_path: Path) -> Iterator[Estate]:
    made = Estate(tmp_path / "residency.db")
    yield made
    made.store.close()


@pytest.fixture(scope="session")
def told() -> type[Told]:
    return Told


@pytest.fixture(scope="session")
def place() -> type[Place]:
    return Place


@pytest.fixture(scope="session")
def in_violation() -> Callable[..., Told]:
    return outside


@pytest.fixture(scope="session")
def covering() -> Callable[..., SubscriptionRecord]:
    return subscription


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT
