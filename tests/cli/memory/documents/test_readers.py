"""What the commands that read the memory print as JSON is what docs/json.md says."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from residency.model import (
    Caller,
    Evidence,
    Failover,
    Meaning,
    Operation,
    Outcome,
    Reason,
    Severity,
    Status,
    Zone,
)
from residency.settings import load
from residency.store import Version
from residency.store.episodes import Ending, Episode, Told, gather
from residency.store.episodes.kept import versions_of
from residency.store.times import Span

Past = Callable[..., Any]
SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"
IRELAND = (("primary", "northeurope"),)
LONDON = (("primary", "westeurope"), ("replica", "uksouth"))
WRONG: dict[str, Any] = {
    "places": LONDON,
    "status": Status.VIOLATION,
    "severity": Severity.CRITICAL,
    "reasons": (Reason.OUTSIDE_EU,),
}
UNKNOWN: dict[str, Any] = {"status": Status.UNKNOWN, "reasons": (Reason.FACET_UNREADABLE,)}
HOUR = timedelta(hours=1)
OCTOBER = datetime(2026, 10, 20, 12, tzinfo=UTC)
STRICT = """\
estate:
  products: {Procs: {label: Procs, match: {tags: {product: Procs}}}}
  customers: {acme: {name: Acme, language: nl, products: [Procs]}}
policy: {standing_copies: [], standby: [{tags: {role: standby}}]}
exemptions:
  - id: e1
    reasons: [exceptional-region]
    resources: ['*/a', '*/c']
    owner: o
    why: w
    ticket: t
    expires: 2099-01-01
"""
SET_ASIDE = """\
exemptions:
  - id: e1
    reasons: [outside-eu]
    resources: ['*/a']
    owner: o
    why: w
    ticket: t
    expires: 2099-01-01
    instruction: {customer: acme, reference: r, date: 2026-01-01}
declarations:
  - {types: ['*/st*'], country: NL, holds: stores, source: s, owner: o, expires: 2099-01-01}
  - {resources: ['*/a'], country: NL, holds: stores, source: s, owner: o, expires: 2099-01-01}
"""


def test_history_and_events(
    past: Past, told: Any, read_json: Any, run: Any, documented: Any, now: datetime
) -> None:
    made = past(4)
    proof = Evidence(api="arm", path="p", value="v", read_at=now)
    failed = Failover(path=("westeurope",), since=None, evidence=proof)
    more = {"unresolved": Reason.FACET_UNREADABLE, "failover": failed}
    made.scan(told(), told(name="b", holds=None, product=None))
    made.scan(told(**WRONG, exemptions=("e1",)), told(name="b", more=more))
    made.scan(told(name="b", **UNKNOWN), gone=("a",))
    made.scan(told(name="b"))
    run("ack", "1", "--by", "on-call")
    documented(
        read_json("history", told(name="a").id),
        read_json("history", told(name="b").id),
        read_json("history", told(name="b").id, "--at", now.isoformat()),
        parts=("scan", "judgement", "place"),
    )
    lines = run("events", "--format", "json").out.splitlines()
    documented(*map(json.loads, lines))


def versions(*episodes: Episode) -> tuple[Version, ...]:
    gathered = gather(episodes)
    return versions_of((*gathered.episodes, *gathered.incidents))


@pytest.fixture
def failovers(past: Past, told: Any, now: datetime) -> Any:
    """One that is open, one that has ended, and the operation that did it."""
    made = past(4)
    of = {"resource_id": told().id, "resource_type": "microsoft.storage/storageaccounts"}
    facts: dict[str, Any] = {
        "resource_ids": (told().id,),
        "path": ("westeurope", "northeurope"),
        "zones": (Zone.HOME, Zone.FAILOVER),
        "ordered": True,
        "started_after": now - 20 * HOUR,
        "started_by": Told.SERVICE,
        "products": ("Procs",),
        "customers": ("acme",),
    }
    back = {"ended_by": Told.SEEN, "ending": Ending.RETURNED}
    ended: dict[str, Any] = {"ended_at": now - HOUR / 2, "ended_after": now - HOUR, **back}
    done = Operation(
        name="microsoft.storage/storageaccounts/failover/action",
        meaning=Meaning.FAILOVER,
        correlation_id="c1",
        started_at=now - HOUR / 2,
        ended_at=now - HOUR / 3,
        outcome=Outcome.SUCCEEDED,
        by=Caller.PERSON,
        **of,
    )
    known = (
        *versions(
            Episode(id="one", started_at=now - 2 * HOUR, **of, **facts),
            Episode(id="two", started_at=now - 9 * HOUR, **of, **facts, **ended),
        ),
        *versions_of([done]),
    )
    log = {SUBSCRIPTION: Span(now - 2400 * HOUR, now - HOUR / 12)}
    for places in (LONDON, LONDON, IRELAND, IRELAND):
        made.scan(told(places=places), told(name="u", **UNKNOWN), versions=known, log=log)
    return made


@pytest.mark.usefixtures("failovers")
def test_episodes_incidents_notes_and_an_answer(read_json: Any, documented: Any) -> None:
    why = ("--reason", "test", "--by", "on-call")
    annotated = read_json("episodes", "annotate", "one", *why)
    incident = read_json("incidents")["incidents"][0]["id"]
    documented(annotated, read_json("ack", incident, "--by", "on-call"))
    documented(read_json("episodes"))
    documented(read_json("incidents"))
    asked = ("answer", "--customer", "acme", "--since")
    documented(read_json(*asked, "1h"), read_json(*asked, "3h", "--language", "en"))


def test_exemptions_and_declarations(
    past: Past, told: Any, read_json: Any, documented: Any
) -> None:
    made = past(3)
    configured = made.config.read_text(encoding="utf-8")
    made.config.write_text(configured + SET_ASIDE, encoding="utf-8")
    settings = load(made.config)
    judged_by = tuple(
        Version(kind=kind, id=name, body=json.dumps(each.model_dump(mode="json"), sort_keys=True))
        for kind, name, each in [
            ("exemption", "e1", settings.exemptions[0]),
            *(("declaration", str(n), each) for n, each in enumerate(settings.declarations)),
        ]
    )
    before = read_json("exemptions")
    made.scan(told(exemptions=("e1",)), versions=judged_by)
    made.scan(told(), versions=judged_by)
    during = read_json("exemptions")
    made.config.write_text(configured, encoding="utf-8")
    made.scan(told())
    documented(before, during, read_json("exemptions"))


def test_a_replay(past: Past, told: Any, read_json: Any, documented: Any, tmp_path: Path) -> None:
    made = past(3, OCTOBER)
    misplaced = {**WRONG, "places": IRELAND}
    made.scan(
        told(places=(("primary", "westeurope"), ("replica", "northeurope"))),
        told(name="b", **misplaced),
        told(name="c", **misplaced),
        told(name="d", places=LONDON),
        told(name="g", customers=("globex",)),
    )
    made.scan(told(), told(name="b"))
    other = tmp_path / "other.yaml"
    other.write_text(STRICT, encoding="utf-8")
    documented(read_json("replay", "--policy", str(other), "--month", "2026-10"))
