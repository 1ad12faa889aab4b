"""Whose a resource is: the first that speaks decides, and nobody is guessed."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from residency.model import Holds, Placement, Resource, Role
from residency.policy import Attribution, Groups, Judge, attribute
from residency.settings import Estate, Settings
from residency.testing import READ_AT

ESTATE: dict[str, Any] = {
    "products": {
        "Milestones": {"label": "Milestones", "match": {"tags": {"product": "Milestones"}}},
        "Procs": {"label": "Procs", "match": {"tags": {"product": "Procs"}}},
        "Legacy": {"label": "Legacy", "match": {"resource_groups": ["legacy-*"]}},
    },
    "customers": {
        "acme": {"name": "Acme BV", "language": "nl", "products": ["Milestones"],
                 "match": {"tags": {"customer": "acme"}}},
        "borg": {"name": "Borg BV", "language": "en", "products": ["Milestones", "Procs"]},
    },
}  # fmt: skip


def attributed(
    resource: Resource, groups: Groups | None = None
) -> tuple[str | None, tuple[str, ...], str]:
    found = attribute(resource, Estate.model_validate(ESTATE), groups or Groups())
    return found.product, found.customers, found.environment


@pytest.mark.parametrize(
    ("tags", "wanted"),
    [
        ({"product": "Milestones"}, ("Milestones", ("acme", "borg"), "production")),
        ({"Product": "milestones"}, ("Milestones", ("acme", "borg"), "production")),
        ({"product": "Procs", "environment": "PROD"}, ("Procs", ("borg",), "production")),
        ({"product": "Procs", "environment": "test"}, ("Procs", ("borg",), "test")),
        ({"customer": "acme"}, (None, ("acme",), "production")),
        ({"product": "Procs", "customer": "acme"}, ("Procs", ("acme",), "production")),
        ({"product": "Other"}, (None, (), "production")),
        ({}, (None, (), "production")),
    ],
)
def test_own_tags_speak_first(
    tags: Mapping[str, str], wanted: object, a_resource: Callable[..., Resource]
) -> None:
    assert attributed(a_resource(tags=tags)) == wanted


def test_the_group_s_tags_speak_where_the_resource_s_do_not(
    a_resource: Callable[..., Resource],
) -> None:
    groups = Groups(tags={"s1/rg": {"product": "Procs"}})
    assert attributed(a_resource(), groups)[0] == "Procs"
    assert attributed(a_resource(tags={"product": "Milestones"}), groups)[0] == "Milestones"


def test_the_resource_that_manages_it_speaks_next(a_resource: Callable[..., Resource]) -> None:
    cluster = a_resource("aks", "apps", tags={"product": "Procs"})
    disk = a_resource("disk", "mc_apps")
    groups = Groups(managed_by={"s1/mc_apps": cluster.id}, resources={cluster.id: cluster})
    assert attributed(disk, groups)[0] == "Procs"
    own = a_resource("disk2", "other", managedBy=cluster.id)
    assert attributed(own, groups)[0] == "Procs"


def test_two_that_manage_each_other_end(a_resource: Callable[..., Resource]) -> None:
    one = a_resource("one", managedBy=a_resource("two").id)
    two = a_resource("two", managedBy=one.id)
    groups = Groups(resources={one.id: one, two.id: two})
    assert attributed(one, groups)[0] is None


def test_rules_speak_last(a_resource: Callable[..., Resource]) -> None:
    assert attributed(a_resource(group="legacy-1"))[0] == "Legacy"
    assert attributed(a_resource(group="legacy-1", tags={"product": "Procs"}))[0] == "Procs"


def test_nothing_is_unassigned_and_concerns_everybody(
    a_resource: Callable[..., Resource],
) -> None:
    found = attribute(a_resource(), Estate.model_validate(ESTATE), Groups())
    assert found.unassigned
    assert not Attribution(product="x", customers=(), environment="").unassigned


def test_a_customer_s_stricter_policy_judges_what_it_shares_and_the_worst_counts(
    a_resource: Callable[..., Resource], a_place: Callable[..., Placement]
) -> None:
    strict: dict[str, list[str]] = {"failover": [], "exceptional": [], "standing_copies": []}
    customers = ESTATE["customers"] | {"borg": ESTATE["customers"]["borg"] | {"policy": "nl"}}
    settings = Settings.model_validate(
        {"policies": {"nl": strict}, "estate": ESTATE | {"customers": customers}}
    )
    judge = Judge(settings=settings, groups=Groups(), now=READ_AT, failovers={})
    places = (a_place(), a_place(Role.REPLICA, "northeurope"))

    def status(**tags: str) -> str:
        return judge.judge(a_resource(tags=tags), Holds.STORES, places).judgement.status

    assert status(product="Milestones") == "violation"
    assert status(customer="acme") == "compliant"
    assert status() == "compliant"
