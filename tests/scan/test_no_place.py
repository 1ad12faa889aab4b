"""A check that says nothing has not shown that there is nothing."""

from dataclasses import replace

import pytest

from residency.check import Check, load_catalogue
from residency.model import (
    Basis,
    Evidence,
    Holds,
    Placement,
    Reason,
    Role,
    Severity,
    Status,
)
from residency.policy import Groups, Judge
from residency.scan.locating import locate
from residency.settings import Settings
from residency.testing import READ_AT, JsonReader, resource_of

BODY = {"id": "/subscriptions/s/resourceGroups/g/providers/a.b/c/d", "type": "a.b/c", "name": "d"}


def silent(holds: Holds) -> Check:
    some = load_catalogue().checks[0]
    return replace(some, id="silent", holds=holds, locate=lambda _resource, _reader: ())


@pytest.mark.parametrize("holds", [Holds.STORES, Holds.PROCESSES])
def test_a_type_that_holds_data_and_has_no_place_at_all_is_unknown(holds: Holds) -> None:
    resource = resource_of(BODY)
    places = locate(resource, silent(holds), JsonReader())
    judge = Judge(settings=Settings(), groups=Groups(), now=READ_AT, failovers={})
    found = judge.judge(resource, holds, places).judgement
    assert (found.status, found.reasons) == (Status.UNKNOWN, (Reason.FACET_UNREADABLE,))


def test_a_type_that_holds_none_may_have_no_place() -> None:
    assert locate(resource_of(BODY), silent(Holds.NONE), JsonReader()) == ()


def test_one_resource_s_instruction_does_not_cover_another_s_export() -> None:
    evidence = Evidence(api="arm", path="properties.target", value="eastus", read_at=READ_AT)
    export = Placement(role=Role.EXPORT, region="eastus", basis=Basis.OBSERVED, evidence=evidence)
    customers = {"acme": {"name": "Acme", "language": "nl"}}
    instructed = {
        "from": "*/d", "to": "eastus", "customer": "acme", "reference": "R1", "since": "2020-01-01",
    }  # fmt: skip
    settings = Settings.model_validate(
        {"estate": {"customers": customers, "instructed_exports": [instructed]}}
    )
    judge = Judge(settings=settings, groups=Groups(), now=READ_AT, failovers={})
    asked = judge.judge(resource_of(BODY), Holds.NONE, (export,)).judgement
    other = resource_of(BODY | {"id": str(BODY["id"]) + "2"})
    not_asked = judge.judge(other, Holds.NONE, (export,)).judgement
    assert asked.status is Status.COMPLIANT
    assert (not_asked.status, not_asked.severity) == (Status.VIOLATION, Severity.MINOR)
