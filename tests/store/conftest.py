"""Estates of a few resources, as scans give them to the store."""

import os
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from residency.model import (
    Basis,
    Evidence,
    Holds,
    Placement,
    Reading,
    Reason,
    Resource,
    Role,
    Status,
    SubscriptionState,
    Verdict,
    Zone,
)
from residency.policy import Attribution, Judged, JudgedPlacement, Judgement
from residency.store import ScanRecord, Store, SubscriptionRecord

BEGAN = datetime(2026, 10, 1, 0, 0, 30, tzinfo=UTC)
SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"
ACCOUNTS = "microsoft.storage/storageaccounts"
READING = Reading(api="arm", path="", body={}, read_at=BEGAN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One resource as a row of a table: where it is and what the policy says."""

    name: str
    places: tuple[tuple[str, str], ...] = (("primary", "westeurope"),)
    status: Status = Status.COMPLIANT
    reasons: tuple[Reason, ...] = ()
    product: str | None = "procs"
    customers: tuple[str, ...] = ("acme",)
    subscription: str = SUBSCRIPTION
    type: str = ACCOUNTS
    against: str = ""


def id_of(name: str, subscription: str = SUBSCRIPTION) -> str:
    return f"/subscriptions/{subscription}/resourcegroups/rg/providers/{ACCOUNTS}/{name}"


def judged(told: Told, read_at: datetime = BEGAN) -> Judged:
    places = tuple(
        JudgedPlacement(
            placement=Placement(
                role=Role(role),
                region=region,
                basis=Basis.OBSERVED,
                evidence=Evidence(
                    api="arm",
                    path=f"properties.{role}",
                    value=region,
                    read_at=read_at,
                    against=told.against,
                ),
            ),
            country=None,
            zone=Zone.HOME,
        )
        for role, region in told.places
    )
    return Judged(
        resource=Resource(
            id=id_of(told.name, told.subscription),
            type=told.type,
            name=told.name,
            subscription_id=told.subscription,
            resource_group="rg",
            reading=READING,
        ),
        holds=Holds.STORES,
        attribution=Attribution(
            product=told.product, customers=told.customers, environment="production"
        ),
        judgement=Judgement(
            status=told.status, severity=None, reasons=told.reasons, placements=places
        ),
    )


class Scans:
    """Gives scans a quarter of an hour apart."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(
        self, *told: Told, state: str = "read", gone: tuple[str, ...] = (), **more: Any
    ) -> ScanRecord:
        at = BEGAN + self.number * timedelta(minutes=15)
        self.number += 1
        subscription = SubscriptionRecord(
            id=SUBSCRIPTION,
            name="production",
            state=SubscriptionState(state),
            reasons=(),
            resources=len(told),
        )
        record = ScanRecord(
            id=f"scan-{self.number}",
            started_at=at,
            finished_at=at + timedelta(seconds=40),
            complete=True,
            verdict=Verdict.COMPLIANT,
            policy_sha256="0" * 64,
            reasons=(),
            subscriptions=(subscription,),
            judged=tuple(judged(each, at) for each in told),
            gone=frozenset(map(id_of, gone)),
            customers=("acme", "globex"),
        )
        return replace(record, **more)


@pytest.fixture
def scans() -> Scans:
    return Scans()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "residency.db"


@pytest.fixture
def opened(path: Path) -> Iterator[Callable[[], Store]]:
    """Open the store anew; what was open before is closed first."""
    stores: list[Store] = []

    def reopen() -> Store:
        for store in stores:
            store.close()
        stores.append(Store.open(f"sqlite:///{path}"))
        return stores[-1]

    yield reopen
    for store in stores:
        store.close()


@pytest.fixture
def store(opened: Callable[[], Store]) -> Store:
    return opened()


@pytest.fixture
def told() -> type[Told]:
    return Told


@pytest.fixture
def new_key(tmp_path: Path) -> Callable[[], Path]:
    """Make a file with a private key that nobody else has."""

    def make() -> Path:
        file = tmp_path / f"key-{len(list(tmp_path.glob('key-*')))}.pem"
        key = generate_private_key(SECP256R1())
        file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return file

    return make


@pytest.fixture
def in_child() -> Callable[[Callable[[], None]], int]:
    """Run something in a child process; gives its exit code, or the signal that ended it as -9."""

    def run(work: Callable[[], None]) -> int:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of threads: the child has none
            child = os.fork()
        if not child:
            try:
                work()
                os._exit(0)
            except BaseException:
                traceback.print_exc()
                raise
            finally:
                os._exit(1)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    return run
