"""A store of a few resources beside a configuration, as scans have left it, and commands on it."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

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
from residency.store import ScanRecord, Store, SubscriptionRecord

SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"
OTHER_SUBSCRIPTION = "00000000-0000-4000-8000-000000000002"
ACCOUNTS = "microsoft.storage/storageaccounts"
QUARTER = timedelta(minutes=15)

CONFIGURATION = f"""\
scope: {{subscriptions: [{{id: {SUBSCRIPTION}, name: production}}]}}
estate:
  products:
    Procs: {{label: Procs, match: {{tags: {{product: Procs}}}}}}
  customers:
    acme: {{name: Acme BV, language: nl, products: [Procs]}}
    globex: {{name: Globex Industries, language: en, products: [Procs]}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One resource as a row of a table: where it is, whose, and what the policy says."""

    name: str = "a"
    places: tuple[tuple[str, str], ...] = (("primary", "westeurope"),)
    status: Status = Status.COMPLIANT
    severity: Severity | None = None
    reasons: tuple[Reason, ...] = ()
    exemptions: tuple[str, ...] = ()
    product: str | None = "Procs"
    customers: tuple[str, ...] = ("acme",)
    subscription: str = SUBSCRIPTION
    holds: Holds | None = Holds.STORES
    proof: str = ""
    basis: Basis = Basis.OBSERVED
    path: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return id_of(self.name, self.subscription)


def id_of(name: str, subscription: str = SUBSCRIPTION) -> str:
    return f"/subscriptions/{subscription}/resourcegroups/rg/providers/{ACCOUNTS}/{name}"


def judged(told: Told, read_at: datetime) -> Judged:
    places = tuple(
        JudgedPlacement(
            placement=Placement(
                role=Role(role),
                region=region,
                basis=told.basis,
                evidence=Evidence(
                    api="arm",
                    path=told.path or f"properties.{role}",
                    value=told.proof or region,
                    read_at=read_at,
                ),
                **told.more,
            ),
            country=None,
            zone=Zone.HOME,
        )
        for role, region in told.places
    )
    return Judged(
        resource=Resource(
            id=told.id,
            type=ACCOUNTS,
            name=told.name,
            subscription_id=told.subscription,
            resource_group="rg",
            reading=Reading(api="arm", path="", body={}, read_at=read_at),
        ),
        holds=told.holds,
        attribution=Attribution(
            product=told.product, customers=told.customers, environment="production"
        ),
        judgement=Judgement(
            status=told.status,
            severity=told.severity,
            reasons=told.reasons,
            placements=places,
            exemptions=told.exemptions,
        ),
    )


class Past:
    """A store that is filled scan by scan, a quarter of an hour apart, the last of them just now.

    Attributes:
        config: The configuration that names it, beside it.
    """

    def __init__(self, folder: Path, ended: datetime, scans: int) -> None:
        self.config = folder / "residency.yaml"
        self.config.write_text(CONFIGURATION, encoding="utf-8")
        self.path = folder / "residency.db"
        self.store = Store.open(f"sqlite:///{self.path}")
        self.at = ended - scans * QUARTER
        self.number = 0

    def scan(
        self,
        *told: Told,
        states: Mapping[str, str] | None = None,
        gone: tuple[str, ...] = (),
        **more: Any,
    ) -> datetime:
        """Commit a scan; gives when it began."""
        self.number += 1
        self.at += QUARTER
        coverage = tuple(
            SubscriptionRecord(
                id=name,
                name=f"sub-{name[-1]}",
                state=SubscriptionState(state),
                reasons=(),
                resources=1,
            )
            for name, state in (states or {SUBSCRIPTION: "read"}).items()
        )
        record = ScanRecord(
            id=f"scan-{self.number}",
            started_at=self.at,
            finished_at=self.at + timedelta(seconds=40),
            complete=True,
            verdict=Verdict.COMPLIANT,
            policy_sha256="0" * 64,
            reasons=(),
            subscriptions=coverage,
            judged=tuple(judged(each, self.at) for each in told),
            gone=frozenset(map(id_of, gone)),
            customers=("acme", "globex"),
        )
        self.store.commit(replace(record, **more))
        return self.at

    def skip(self, length: timedelta) -> None:
        """Let time pass without a scan."""
        self.at += length


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def past(tmp_path: Path, now: datetime) -> Iterator[Callable[..., Past]]:
    """Make a store whose scans end now, if so many are made as are said."""
    made: list[Past] = []

    def make(scans: int, ended: datetime | None = None) -> Past:
        made.append(Past(tmp_path, ended or now - timedelta(minutes=1), scans))
        return made[-1]

    yield make
    for each in made:
        each.store.close()


@pytest.fixture
def told() -> type[Told]:
    return Told


@pytest.fixture
def read_json(run: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command that succeeds, and read what it prints as JSON."""

    def read(*arguments: str) -> Any:
        ran = run(*arguments, "--format", "json")
        assert (ran.code, ran.err) == (0, "")
        return json.loads(ran.out)

    return read
