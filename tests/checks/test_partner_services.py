"""Whose the places of partners are: the names by which sub-processors are found."""

from typing import Any

import pytest

from checks import ai_projects, partner_services
from checks.at_partner import AtPartner
from checks.partner_types import AT_PARTNERS
from residency.check import Catalogue
from residency.model import Basis, Placement, Role
from residency.testing import JsonReader, run_check

CATALOGUE = Catalogue.of((*partner_services.CHECKS, *ai_projects.CHECKS))
GROUP = "/subscriptions/s/resourceGroups/g/providers"
PROJECT = f"{GROUP}/Microsoft.CognitiveServices/accounts/a/projects/p"
BY_FIELD = [entry for entry in AT_PARTNERS if entry.field]


def exports(entry: AtPartner, body: dict[str, Any]) -> list[Placement]:
    namespace, kind, *_ = entry.type.split("/")
    path = f"{GROUP}/{namespace}/{kind}/x"
    known = {"id": path, "type": entry.type, "location": "westeurope", **body}
    empty: dict[str, Any] = {"value": []}
    answers = {path: known} | ({f"{path}/{entry.lists[0]}": empty} if entry.lists else {})
    check = CATALOGUE.by_type[entry.type]
    places = run_check(check, known, JsonReader(answers=answers))
    return [place for place in places if place.role is Role.EXPORT]


def nested(path: str, value: str) -> dict[str, Any]:
    first, _, rest = path.partition(".")
    return {first: nested(rest, value) if rest else value}


@pytest.mark.parametrize("entry", AT_PARTNERS, ids=lambda entry: entry.type)
def test_data_at_a_partner_is_an_export_to_it_that_is_open_where_no_field_says(
    entry: AtPartner,
) -> None:
    (place,) = exports(entry, {"properties": {}})
    assert (place.region, place.basis, place.target) == (
        "unknown",
        Basis.DOCUMENTED,
        entry.partner,
    )


@pytest.mark.parametrize("entry", BY_FIELD, ids=lambda entry: entry.type)
@pytest.mark.parametrize(("raw", "region"), [("westeurope", "westeurope"), ("eu01", "unknown")])
def test_a_region_that_a_field_names_is_observed_even_where_nobody_knows_it(
    entry: AtPartner, raw: str, region: str
) -> None:
    (place,) = exports(entry, nested(entry.field, raw))
    assert (place.region, place.basis, place.target) == (region, Basis.OBSERVED, entry.partner)


def test_bought_software_is_at_the_publisher_that_it_names() -> None:
    (entry,) = (entry for entry in AT_PARTNERS if entry.type == "microsoft.saas/resources")
    (place,) = exports(entry, {"properties": {"publisherId": "contoso"}})
    assert place.target == "contoso"


@pytest.mark.parametrize(
    ("category", "target"),
    [
        ("Pinecone", "Pinecone"),
        ("Snowflake", "Snowflake"),
        ("CustomKeys", "https://api.example.com"),
        ("GenericRest", "https://api.example.com"),
        ("", "https://api.example.com"),
    ],
)
def test_a_connection_names_whose_service_it_leads_to_or_else_its_address(
    category: str, target: str
) -> None:
    properties = {"category": category, "target": "https://api.example.com"}
    listed = [{"id": f"{PROJECT}/connections/c", "properties": properties}]
    reader = JsonReader(answers={f"{PROJECT}/connections": {"value": listed}})
    kind = "microsoft.cognitiveservices/accounts/projects"
    body = {"id": PROJECT, "type": kind, "location": "westeurope"}
    place = run_check(CATALOGUE.by_type[kind], body, reader)[-1]
    assert (place.role, place.basis, place.target) == (Role.EXPORT, Basis.DOCUMENTED, target)
