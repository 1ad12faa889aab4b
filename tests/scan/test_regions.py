"""Azure's own list of regions, compared with the table that judgement stands on."""

from typing import TYPE_CHECKING, Any

import pytest

from residency.model import Verdict
from residency.simulator.faults import Effect

if TYPE_CHECKING:
    from tests.scan.conftest import Azure

LOCATIONS = "/locations$"


def region(name: str, *pairs: str) -> dict[str, Any]:
    paired = [{"name": pair, "id": f"/subscriptions/s/locations/{pair}"} for pair in pairs]
    return {
        "name": name,
        "type": "Region",
        "displayName": name,
        "metadata": {"regionType": "Physical", "pairedRegion": paired},
    }


def answer(azure: "Azure", *items: dict[str, Any]) -> None:
    azure.fault(Effect.STATUS, path=LOCATIONS, status=200, body={"value": list(items)})


@pytest.mark.parametrize("pairs", [("uksouth",), (), ("northeurope", "uksouth")])
def test_a_pair_that_changed_puts_the_result_in_doubt(
    azure: "Azure", pairs: tuple[str, ...]
) -> None:
    answer(azure, region("westeurope", *pairs))
    found = azure.scan()
    assert [reason for reason in found.reasons if reason.startswith("region-pair")]
    assert found.complete, "all was seen; what it means is in doubt"
    assert found.verdict is Verdict.NOT_PROVEN


def test_a_new_region_is_told_and_decides_nothing(azure: "Azure") -> None:
    answer(azure, region("westeurope", "northeurope"), region("newlandsouth"))
    found = azure.scan()
    assert [reason for reason in found.reasons if reason.startswith("region-new")]
    assert found.verdict is Verdict.COMPLIANT


def test_regions_as_the_table_has_them_are_not_worth_a_word(azure: "Azure") -> None:
    assert azure.scan().reasons == ()
    assert len(azure.calls("locations")) == 1


@pytest.mark.parametrize("rule", [{"status": 403}, {"status": 200, "body": {"value": [{}]}}])
def test_a_list_of_regions_that_cannot_be_read_puts_the_result_in_doubt(
    azure: "Azure", rule: dict[str, Any]
) -> None:
    azure.fault(Effect.STATUS, path=LOCATIONS, **rule)
    found = azure.scan()
    assert [reason for reason in found.reasons if reason.startswith("regions-unread")]
    assert found.verdict is Verdict.NOT_PROVEN
