"""What is declared of sub-processors: which exports it places, and which it never betters."""

from collections.abc import Callable
from datetime import datetime

import pytest

from residency.model import Basis, Holds, Placement, Reason, Resource, Role
from residency.policy import Groups, Judge, JudgedPlacement
from residency.policy.subprocessors import by_name, places_of
from residency.settings import Estate, Settings, Subprocessor

Make = Callable[..., Placement]


def subprocessor(storage: str, name: str = "Datadog") -> Subprocessor:
    return Subprocessor(
        name=name, seat="France", service="monitoring", storage=storage, access="EU"
    )


@pytest.fixture
def judged(
    a_resource: Callable[..., Resource], now: datetime
) -> Callable[..., tuple[JudgedPlacement, ...]]:
    def make(place: Placement, *entries: Subprocessor) -> tuple[JudgedPlacement, ...]:
        settings = Settings(estate=Estate(subprocessors=entries))
        judge = Judge(settings=settings, groups=Groups(), now=now, failovers={})
        found = judge.judge(a_resource(), Holds.STORES, (place,))
        return found.judgement.placements

    return make


@pytest.fixture
def an_open_export(a_place: Make) -> Make:
    def make(**facts: object) -> Placement:
        known = {"target": "Datadog", "basis": Basis.DOCUMENTED} | facts
        return a_place(Role.EXPORT, "unknown", **known)

    return make


@pytest.mark.parametrize(
    ("storage", "wanted"),
    [
        ("Ireland", [("declared", "IE")]),
        ("IE", [("declared", "IE")]),
        ("the Netherlands and Ireland", [("declared", "NL"), ("declared", "IE")]),
        ("NL, DE; FR / SE & ES", [("declared", code) for code in ("NL", "DE", "FR", "SE", "ES")]),
        ("Ireland, ireland", [("declared", "IE")]),
        ("EU", [("eu", None)]),
        ("European Union", [("eu", None)]),
        ("United Kingdom", [("uk", None)]),
        ("West Europe", [("westeurope", None)]),
        ("US", [("declared", "US")]),
        ("None", []),
        ("Europe", []),
        ("outside of Ireland", []),
        ("Ireland, with copies elsewhere", []),
        ("Ireland or Narnia", []),
        ("Ireland,", []),
        ("ie", []),
        (" ", []),
    ],
)
def test_storage_is_read_whole_or_not_at_all(
    storage: str, wanted: list[tuple[str, str | None]]
) -> None:
    assert list(places_of(storage)) == wanted


@pytest.mark.parametrize(
    ("storage", "wanted"),
    [
        ("Netherlands", [("NL", "home")]),
        ("Ireland", [("IE", "failover")]),
        ("NL and DE", [("NL", "home"), ("DE", "exceptional")]),
        ("EU", [(None, "exceptional")]),
        ("Ireland and US", [("IE", "failover"), ("US", "outside")]),
        ("somewhere", [(None, "unknown")]),
    ],
)
def test_an_export_that_no_field_places_is_where_the_vendor_declares(
    judged: Callable[..., tuple[JudgedPlacement, ...]],
    an_open_export: Make,
    storage: str,
    wanted: list[tuple[str | None, str]],
) -> None:
    found = judged(an_open_export(), subprocessor(storage))
    assert [(each.country, each.zone) for each in found] == wanted


def test_the_evidence_names_the_entry_and_what_it_says(
    judged: Callable[..., tuple[JudgedPlacement, ...]], an_open_export: Make
) -> None:
    (found,) = judged(an_open_export(), subprocessor("Ireland"))
    place = found.placement
    assert (place.basis, place.target) == (Basis.DECLARED, "Datadog")
    assert str(place.evidence) == "declared estate.subprocessors 'Datadog' storage = 'Ireland'"


@pytest.mark.parametrize(
    ("name", "is_placed"),
    [("Datadog", True), ("DATADOG ", True), ("Datadog Labs", False), ("data", False)],
)
def test_names_match_whole_and_in_any_case(
    judged: Callable[..., tuple[JudgedPlacement, ...]],
    an_open_export: Make,
    name: str,
    is_placed: bool,  # noqa: FBT001 - a column of the table
) -> None:
    (found,) = judged(an_open_export(), subprocessor("Ireland", name))
    assert (found.country == "IE") is is_placed


@pytest.mark.parametrize(
    "facts",
    [
        {"basis": Basis.OBSERVED},
        {"unresolved": Reason.FACET_UNREADABLE},
        {"unresolved": Reason.FACET_PENDING},
        {"target": None},
        {"target": ""},
        {"target": "Elastic"},
    ],
)
def test_what_was_seen_or_could_not_be_read_stays_unknown(
    judged: Callable[..., tuple[JudgedPlacement, ...]],
    an_open_export: Make,
    facts: dict[str, object],
) -> None:
    place = an_open_export(**facts)
    (found,) = judged(place, subprocessor("Ireland"))
    assert (found.placement, found.zone) == (place, "unknown")


def test_a_place_that_a_field_names_is_never_bettered(
    judged: Callable[..., tuple[JudgedPlacement, ...]], a_place: Make
) -> None:
    place = a_place(Role.EXPORT, "eastus", target="Datadog")
    (found,) = judged(place, subprocessor("Ireland"))
    assert (found.placement, found.zone) == (place, "outside")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.EXPORT])
def test_only_exports_go_to_a_subprocessor(
    judged: Callable[..., tuple[JudgedPlacement, ...]], a_place: Make, role: Role
) -> None:
    place = a_place(role, "unknown", target="Datadog", basis=Basis.DOCUMENTED)
    (found,) = judged(place, subprocessor("Ireland"))
    assert found.zone == "unknown"


def test_one_entry_that_is_not_understood_leaves_all_of_that_name_unknown(
    judged: Callable[..., tuple[JudgedPlacement, ...]], an_open_export: Make
) -> None:
    found = judged(an_open_export(), subprocessor("Ireland"), subprocessor("it depends"))
    assert [each.zone for each in found] == ["unknown"]


def test_entries_of_one_name_all_count(
    judged: Callable[..., tuple[JudgedPlacement, ...]], an_open_export: Make
) -> None:
    found = judged(an_open_export(), subprocessor("Ireland"), subprocessor("US", "datadog"))
    assert [each.country for each in found] == ["IE", "US"]


def test_without_subprocessors_there_is_nothing_to_look_up() -> None:
    assert by_name(()) == {}
