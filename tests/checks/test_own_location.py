"""Types that the table alone places: at their location, in the pair, unsaid, or elsewhere."""

from typing import Any

import pytest

from checks import own_location, type_table
from checks.type_table import Entry, Place
from residency.check import Check
from residency.model import Basis, Holds, Placement, Role
from residency.testing import JsonReader, run_check

GROUP = "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg/providers"
CLUSTER = "microsoft.kubernetes/connectedclusters"
PAGE = "https://learn.microsoft.com/azure/any"
WHY = "Keeps things."
GIT = "Microsoft.KubernetesConfiguration/fluxConfigurations"


def body_of(resource_type: str, **fields: object) -> dict[str, Any]:
    provider, first, *children = resource_type.split("/")
    tail = "".join(f"/{child}/it" for child in children)
    path = f"{GROUP}/{provider}/{first}/it{tail}"
    return {"id": path, "name": "it", "type": resource_type, **fields}


def check_of(
    monkeypatch: pytest.MonkeyPatch, place: Place, holds: Holds = Holds.STORES, **fields: Any
) -> Check:
    """Make the check of a table of one line."""
    fields = {"type": "microsoft.any/things", "why": WHY, "page": PAGE} | fields
    entry = Entry(place=place, holds=holds, **fields)
    monkeypatch.setattr(type_table, "ENTRIES", (entry,))
    return own_location.check_of("it", "It", holds, place)


def facts_of(places: tuple[Placement, ...]) -> list[tuple[Role, str, Basis]]:
    return [(place.role, place.region, place.basis) for place in places]


AT_HOME = (Role.PRIMARY, "westeurope", Basis.OBSERVED)
THING = body_of("microsoft.any/things", location="West Europe")


def test_data_that_stays_has_its_location_as_its_only_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    check = check_of(monkeypatch, Place.LOCATION)
    assert facts_of(run_check(check, THING)) == [AT_HOME]


def test_global_is_a_place_where_data_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    check = check_of(monkeypatch, Place.LOCATION, Holds.PROCESSES)
    (place,) = run_check(check, {**THING, "location": "global"})
    assert place.region == "global"


def test_a_missing_location_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    check = check_of(monkeypatch, Place.LOCATION)
    (place,) = run_check(check, body_of("microsoft.any/things"))
    assert place.region == "unknown"
    assert "absent" in place.evidence.value


def test_a_copy_in_the_pair_is_documented_with_its_page(monkeypatch: pytest.MonkeyPatch) -> None:
    places = run_check(check_of(monkeypatch, Place.PAIR), THING)
    assert facts_of(places) == [AT_HOME, (Role.REPLICA, "northeurope", Basis.DOCUMENTED)]
    assert (places[1].evidence.path, places[1].evidence.value) == (PAGE, WHY)


def test_there_is_no_copy_where_the_page_excepts_the_region(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    check = check_of(monkeypatch, Place.PAIR, not_from=("westeurope",))
    assert facts_of(run_check(check, THING)) == [AT_HOME]


def test_there_is_no_copy_where_the_region_has_no_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    places = run_check(check_of(monkeypatch, Place.PAIR), {**THING, "location": "polandcentral"})
    assert [place.region for place in places] == ["polandcentral"]


@pytest.mark.parametrize(
    ("holds", "role"), [(Holds.STORES, Role.REPLICA), (Holds.PROCESSES, Role.PROCESSING)]
)
def test_what_microsoft_does_not_say_is_an_unknown_place_beside_the_location(
    monkeypatch: pytest.MonkeyPatch, holds: Holds, role: Role
) -> None:
    places = run_check(check_of(monkeypatch, Place.UNSAID, holds), THING)
    assert facts_of(places) == [AT_HOME, (role, "unknown", Basis.DOCUMENTED)]
    assert places[1].unresolved is not None
    assert (
        places[1].evidence.value
        == f"{WHY} Microsoft does not say where else it is kept or handled."
    )


def test_without_a_page_of_its_own_the_page_about_geographies_is_cited(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    places = run_check(check_of(monkeypatch, Place.UNSAID, page=""), THING)
    assert places[1].evidence.path == own_location.GEOGRAPHY


def test_what_is_at_a_customers_site_is_unknown_and_only_its_record_is_at_the_location(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    places = run_check(check_of(monkeypatch, Place.ELSEWHERE), THING)
    assert facts_of(places) == [
        (Role.PRIMARY, "unknown", Basis.DOCUMENTED),
        (Role.REPLICA, "westeurope", Basis.OBSERVED),
    ]
    assert [place.metadata_only for place in places] == [False, True]


def test_a_child_without_location_is_where_its_parent_is(monkeypatch: pytest.MonkeyPatch) -> None:
    check = check_of(monkeypatch, Place.LOCATION, type="microsoft.any/things/parts")
    child = body_of("microsoft.any/things/parts")
    (place,) = run_check(check, child, JsonReader(inventory=[THING]))
    assert place.region == "westeurope"
    assert place.evidence.path == f"{THING['id'].lower()} location"


def test_an_extension_is_where_the_resource_is_that_it_extends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    check = check_of(monkeypatch, Place.LOCATION, type=GIT.lower())
    cluster = body_of(CLUSTER, location="northeurope")
    extension = {"id": f"{cluster['id']}/providers/{GIT}/it", "name": "it", "type": GIT}
    (place,) = run_check(check, extension, JsonReader(inventory=[cluster]))
    assert place.region == "northeurope"


@pytest.mark.parametrize("check", own_location.CHECKS, ids=lambda check: check.id)
def test_the_checks_need_nothing_but_the_inventory(check: Check) -> None:
    assert (check.reads, check.uses_properties, check.can_fail_over) == (False, False, False)
    assert check.resource_types
