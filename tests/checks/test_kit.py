"""What the kit for authors of checks makes of JSON: nothing is guessed, and nothing is dropped."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from residency.check import (
    absent,
    at_location,
    at_resource,
    cited,
    derived,
    facet,
    flag,
    is_at_site,
    items,
    moment,
    observed,
    resource_id,
    text,
    unknown,
    value,
    with_fields,
)
from residency.errors import AccessDenied, AzureError, BadAnswer, CheckError
from residency.model import Placement, Reading, Reason, Role
from residency.testing import READ_AT, JsonReader, resource_of

BODY = {
    "id": "/Subscriptions/S/x/Y",
    "type": "Microsoft.Test/things",
    "location": "West Europe",
    "properties": {"list": [{"name": "a"}, {}], "yes": True, "no": None, "number": 42, "none": ""},
}


def test_what_was_derived_of_a_reading_is_worked_out_once_and_is_of_no_other() -> None:
    asked: list[Reading] = []

    def path_of(reading: Reading) -> str:
        asked.append(reading)
        return reading.path

    row = resource_of(BODY).reading
    assert [derived(row, path_of), derived(row, path_of), len(asked)] == ["", "", 1]
    assert derived(replace(row, path="/other"), path_of) == "/other"


def test_a_path_leads_through_objects_and_lists() -> None:
    assert value(BODY, "properties.list[0].name") == "a"
    assert value(BODY, "properties.list[2].name") is None
    assert value(BODY, "properties.number.name") is None


def test_data_at_a_resource_in_an_edge_zone_is_at_that_zone_and_not_in_its_region() -> None:
    target = {
        "id": "/subscriptions/s/resourceGroups/r/providers/Microsoft.Storage/storageAccounts/edge",
        "type": "Microsoft.Storage/storageAccounts",
        "location": "westeurope",
        "extendedLocation": {"type": "CustomLocation", "name": "a-site-of-the-customer"},
        "properties": {"primaryLocation": "westeurope"},
    }
    sender = resource_of(BODY | {"properties": {"to": f"{target['id']}/blobServices/default"}})
    reader = JsonReader(inventory=[target])
    place = at_resource(sender.reading, "properties.to", reader)
    assert (place.role, place.region) == (Role.EXPORT, "unknown")
    assert place.target == str(target["id"]).lower()


def test_the_items_of_a_list_are_given_by_their_paths() -> None:
    assert items(BODY, "properties.list") == ("properties.list[0]", "properties.list[1]")
    assert items(BODY, "properties.no") == items(BODY, "properties.missing") == ()


def test_a_flag_that_is_not_there_is_not_raised() -> None:
    assert flag(BODY, "properties.yes")
    assert not flag(BODY, "properties.no")


@pytest.mark.parametrize("read", [items, flag, text, moment, resource_id])
def test_a_value_of_another_shape_is_an_error_that_names_the_path(read: Any) -> None:
    with pytest.raises(CheckError, match=r"properties\.number"):
        read(BODY, "properties.number")


@pytest.mark.parametrize("path", ["properties.no", "properties.none", "properties.missing"])
def test_an_id_that_is_not_there_is_an_error(path: str) -> None:
    with pytest.raises(CheckError):
        resource_id(BODY, path)


def test_an_id_is_lower_cased() -> None:
    assert resource_id(BODY, "id") == "/subscriptions/s/x/y"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2026-11-01T12:00:00.1234567Z", datetime(2026, 11, 1, 12, 0, 0, 123456, UTC)),
        ("2026-11-01T12:00:00", datetime(2026, 11, 1, 12, tzinfo=UTC)),
        ("2026-11-01T12:00:00+02:00", datetime(2026, 11, 1, 10, tzinfo=UTC)),
        ("", None),
        (None, None),
    ],
)
def test_a_time_without_a_zone_is_in_utc(raw: str | None, expected: datetime | None) -> None:
    found = moment({"at": raw}, "at")
    assert found == expected
    assert found is None or found.utcoffset() in {timedelta(0), timedelta(hours=2)}


@pytest.mark.parametrize(
    ("site", "region"),
    [
        (None, "westeurope"),
        ({}, "westeurope"),
        ({"name": "losangeles", "type": "EdgeZone"}, "losangeles"),
        ({"name": "northeurope"}, "unknown"),
        ({"type": "EdgeZone"}, "unknown"),
        (42, "unknown"),
    ],
)
def test_a_resource_at_a_site_is_never_in_the_region_beside_it(site: Any, region: str) -> None:
    resource = resource_of({**BODY, "extendedLocation": site})
    assert at_location(resource).region == region
    assert is_at_site(resource) is (region != "westeurope")


def test_what_is_missing_or_odd_says_what_it_is_about() -> None:
    reading = cited(resource_of(BODY))
    flags: dict[str, Any] = {"decides_primary": True, "target": "t", "subject": "s"}
    for place in (
        absent(reading, Role.REPLICA, "properties.no", "it decides", **flags),
        unknown(reading, Role.REPLICA, "properties.number", **flags),
    ):
        assert (place.region, place.unresolved) == ("unknown", Reason.REGION_UNKNOWN)
        assert (place.decides_primary, place.target, place.subject) == (True, "t", "s")
        assert place.evidence.path.startswith("/subscriptions/s/x/y properties.")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (CheckError("'id' should be text"), "'id' should be text"),
        (AzureError("no", code="Gone"), "Gone"),
        (AccessDenied("no", code="Denied", action="a/read"), "Denied, needs a/read"),
    ],
)
def test_a_facet_keeps_what_it_gave_before_it_failed_and_says_why(
    error: Exception, said: str
) -> None:
    resource = resource_of(BODY)

    def places() -> Iterator[Placement]:
        yield observed(resource.reading, Role.BACKUP, "location")
        raise error

    found = tuple(facet(Role.BACKUP, "/x", places, read_at=READ_AT, subject="s"))
    assert [place.region for place in found] == ["westeurope", "unknown"]
    assert (found[1].unresolved, found[1].subject) == (Reason.FACET_UNREADABLE, "s")
    assert found[1].evidence.value == said


def test_a_facet_does_not_hide_a_mistake_of_the_check() -> None:
    def places() -> Iterator[Placement]:
        raise KeyError("typo")

    with pytest.raises(KeyError):
        tuple(facet(Role.BACKUP, "/x", places, read_at=READ_AT))


@pytest.mark.parametrize("answer", [{}, {"properties": None}, {"properties": "none"}])
def test_an_answer_without_properties_proves_of_none_that_it_is_absent(answer: Any) -> None:
    path = "/subscriptions/s/resourceGroups/g/providers/a.b/c/d"
    resource = resource_of({"id": path, "type": "a.b/c", "name": "d", "location": "westeurope"})
    reader = JsonReader(answers={path: {"id": path, **answer}})
    with pytest.raises(BadAnswer, match="no properties"):
        with_fields(resource, reader, "properties.x", api_version="2026-01-01")
    whole = JsonReader(answers={path: {"id": path, "properties": {}}})
    found = with_fields(resource, whole, "properties.x", api_version="2026-01-01")
    assert found.body["properties"] == {}
