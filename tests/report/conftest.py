"""A store that scans filled at times of a table, and what is told of a customer's month."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
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
    SubscriptionState,
    Verdict,
)
from residency.policy import Attribution, Facts, Judged, judge
from residency.report.month import Month
from residency.report.recorded import recorded
from residency.report.told import MonthTold, told
from residency.settings import Settings
from residency.store import ScanRecord, Store, SubscriptionRecord, Version
from residency.store.reading.opened import store_at
from residency.store.times import Span

SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"
ACCOUNTS = "microsoft.storage/storageaccounts"
LATER = datetime(2027, 1, 1, tzinfo=UTC)
BEGAN = datetime(2026, 9, 29, tzinfo=UTC)
ENDS = datetime(2026, 11, 3, tzinfo=UTC)

Places = Sequence[tuple[str, str]]
AT_HOME: Places = (("primary", "westeurope"),)


def id_of(name: str) -> str:
    return f"/subscriptions/{SUBSCRIPTION}/resourcegroups/rg/providers/{ACCOUNTS}/{name}"


class Tape:
    """Scans, one after the other; `settings` can be changed before the month is told."""

    def __init__(self, folder: Path, interval: str = "6h") -> None:
        self.url = f"sqlite:///{folder / 'residency.db'}"
        self.configured: dict[str, Any] = {
            "store": {"url": self.url},
            "scan": {"interval": interval},
            "estate": {
                "products": {"Procs": {"label": "Procs", "match": {"tags": {"p": "Procs"}}}},
                "customers": {
                    name: {"name": name.title(), "language": "nl", "products": ["Procs"]}
                    for name in ("acme", "globex")
                },
            },
        }
        self.store = Store.open(self.url)
        self._number = 0

    @property
    def settings(self) -> Settings:
        return Settings.model_validate(self.configured)

    def customer(self, name: str, **more: Any) -> None:
        self.configured["estate"]["customers"][name] |= more

    def scan(
        self,
        at: datetime,
        resources: Mapping[str, Places],
        owners: Mapping[str, tuple[str, ...] | None] | None = None,
        state: str = "read",
        **more: Any,
    ) -> None:
        """Commit a scan; a resource is Acme's, unless `owners` says otherwise."""
        self._number += 1
        policy = json.dumps(self.settings.policy.model_dump(mode="json"))
        told: dict[str, Any] = {
            "reasons": (),
            "log": {SUBSCRIPTION: Span(BEGAN - timedelta(days=1), at)},
            "versions": (),
        } | more
        told["versions"] = (Version(kind="policy", id="default", body=policy), *told["versions"])
        seen = () if state == "unreadable" else tuple(resources.items())
        whose = owners or {}
        self.store.commit(
            ScanRecord(
                id=f"scan-{self._number}",
                started_at=at,
                finished_at=at + timedelta(seconds=40),
                complete=True,
                verdict=Verdict.COMPLIANT,
                policy_sha256="0" * 64,
                subscriptions=(
                    SubscriptionRecord(
                        id=SUBSCRIPTION,
                        name="production",
                        state=SubscriptionState(state),
                        reasons=(),
                        resources=len(seen),
                    ),
                ),
                judged=tuple(
                    _judged(name, places, whose.get(name, ("acme",)), at, self.settings)
                    for name, places in seen
                ),
                customers=("acme", "globex"),
                **told,
            )
        )

    def every(
        self,
        resources: Callable[[datetime], Mapping[str, Places]],
        *,
        hours: float = 6,
        since: datetime = BEGAN,
        more: Callable[[datetime], Mapping[str, Any] | None] = lambda _: {},
    ) -> None:
        """Scan again and again; `more` says what else a scan has, or None: there is none then."""
        at = since
        while at < ENDS:
            told = more(at)
            if told is not None:
                self.scan(at, resources(at), **told)
            at += timedelta(hours=hours)

    def told(self, customer: str = "acme", month: str = "2026-10") -> MonthTold:
        """Tell of a month."""
        settings = self.settings
        asked = Month.parse(month, settings.report.timezone)
        with store_at(self.url) as database, database.reading() as reader:
            return told(recorded(reader, settings, customer, asked, LATER))


def _judged(
    name: str, places: Places, customers: tuple[str, ...] | None, at: datetime, settings: Settings
) -> Judged:
    found = tuple(
        Placement(
            role=Role(role),
            region=region,
            basis=Basis.OBSERVED,
            evidence=Evidence(api="arm", path=f"properties.{role}", value=region, read_at=at),
            unresolved=Reason.FACET_UNREADABLE if region == "unknown" else None,
        )
        for role, region in places
    )
    return Judged(
        resource=Resource(
            id=id_of(name),
            type=ACCOUNTS,
            name=name,
            subscription_id=SUBSCRIPTION,
            resource_group="rg",
            reading=Reading(api="arm", path="", body={}, read_at=at),
        ),
        holds=Holds.STORES,
        attribution=Attribution(
            product="Procs" if customers is not None else None,
            customers=customers or (),
            environment="production",
        ),
        judgement=judge(Facts(holds=Holds.STORES, placements=found), settings.policy, at),
    )


@pytest.fixture
def tape(tmp_path: Path) -> Iterator[Tape]:
    """Scans six hours apart."""
    made = Tape(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def fine_tape(tmp_path: Path) -> Iterator[Tape]:
    """Scans half an hour apart."""
    made = Tape(tmp_path, "30m")
    yield made
    made.store.close()
