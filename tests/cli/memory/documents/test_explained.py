"""What `residency explain` prints as JSON is what docs/json.md says."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from residency.model import Evidence, Failover, Reason, Severity, Status, Zone
from residency.settings import load
from residency.store import Version
from residency.store.episodes import Ending, Episode, Told
from residency.store.episodes.kept import versions_of

Past = Callable[..., Any]
HOUR = timedelta(hours=1)
SET_ASIDE = """\
exemptions:
  - {id: e1, reasons: [outside-eu], resources: ['*/a'], owner: o, why: w, ticket: t, expires: 2099-01-01}
"""  # noqa: E501 - as a configuration has it
WRONG: dict[str, Any] = {
    "places": (("primary", "westeurope"), ("replica", "uksouth")),
    "status": Status.VIOLATION,
    "severity": Severity.CRITICAL,
    "reasons": (Reason.OUTSIDE_EU,),
    "exemptions": ("e1",),
}


def returned(resource_id: str, now: datetime) -> Episode:
    return Episode(
        id="one",
        resource_id=resource_id,
        resource_ids=(resource_id,),
        resource_type="microsoft.storage/storageaccounts",
        path=("westeurope", "northeurope"),
        zones=(Zone.HOME, Zone.FAILOVER),
        ordered=True,
        started_at=now - 2 * HOUR,
        started_after=now - 3 * HOUR,
        started_by=Told.SEEN,
        ended_at=now - HOUR,
        ended_after=now - HOUR,
        ended_by=Told.SEEN,
        ending=Ending.RETURNED,
    )


@pytest.fixture
def filled(past: Past, told: Any, now: datetime) -> None:
    """One that is wrong and was elsewhere, one that is unknown, and one that is gone."""
    made = past(3)
    made.config.write_text(made.config.read_text(encoding="utf-8") + SET_ASIDE, encoding="utf-8")
    settings = load(made.config)
    bodies = (("exemption", "e1", settings.exemptions[0]), ("policy", "default", settings.policy))
    versions = tuple(
        Version(kind=kind, id=name, body=json.dumps(each.model_dump(mode="json"), sort_keys=True))
        for kind, name, each in bodies
    )
    proof = Evidence(api="arm", path="p", value="v", read_at=now)
    failed = Failover(path=("westeurope",), since=None, evidence=proof)
    dark = told(name="b", more={"unresolved": Reason.FACET_UNREADABLE, "failover": failed})
    first = (*versions, *versions_of([returned(told().id, now)]))
    made.scan(told(), dark, told(name="c"), versions=first)
    made.scan(told(**WRONG), dark, versions=versions)
    made.scan(told(**WRONG), dark, gone=("c",), versions=versions)


@pytest.mark.usefixtures("filled")
def test_what_is_recorded_and_what_azure_says(
    read_json: Any, run: Any, documented: Any, serving: Any, tenant: Any, account: Any
) -> None:
    azure = serving(tenant(account("st9")))
    asked = [
        run("explain", name, "--live", "--format", "json", **azure.variables)
        for name in ("storageaccounts/a", account("st9")["id"])
    ]
    assert [(each.code, each.err) for each in asked] == [(0, ""), (0, "")]
    recorded = [read_json("explain", f"storageaccounts/{name}") for name in "abc"]
    documented(*recorded, *(json.loads(each.out) for each in asked))
