"""A month as JSON: the same records give the same bytes, and nothing is rounded up."""

import json
from fractions import Fraction
from typing import Any

import pytest

from residency.report.document import document, rounded_down
from residency.store.ledger.canonical import canonical
from tests.report.conftest import AT_HOME, Places

IN_LONDON: Places = (("primary", "westeurope"), ("replica", "uksouth"))


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (Fraction(1), "1.0000"),
        (Fraction(0), "0.0000"),
        (Fraction(99_999, 100_000), "0.9999"),
        (Fraction(9_950, 10_000), "0.9950"),
        (Fraction(10**12 - 1, 10**12), "0.9999"),
    ],
)
def test_a_ratio_is_never_rounded_up(ratio: Fraction, text: str) -> None:
    assert rounded_down(ratio) == text


def test_the_same_records_give_the_same_bytes(tape: Any) -> None:
    tape.every(lambda _: {"a": IN_LONDON, "b": AT_HOME})
    first, again = (json.dumps(document(tape.told())) for _ in range(2))
    assert first == again
    assert canonical(json.loads(first))


def test_it_says_where_the_data_was_and_what_was_seen(tape: Any) -> None:
    tape.every(lambda _: {"a": IN_LONDON, "b": AT_HOME})
    told = document(tape.told())
    assert told["verdict"]["sentence"] == "deviated"
    assert told["coverage"]["ratio"] == "1.0000"
    assert told["coverage"]["seen_seconds"] == 2 * told["period"]["seconds"] == 2 * 745 * 3600
    assert told["resources"] == {"own_or_shared": 2, "unassigned": 0}
    found = {(each["role"], each["region"], each["zone"]): each for each in told["places"]}
    assert found["primary", "westeurope", "home"]["resources"] == 2
    assert found["replica", "uksouth", "outside"]["resources"] == 1
    assert len(told["deviations"]) == 1


def test_another_customer_is_nowhere_in_it(tape: Any) -> None:
    tape.every(
        lambda _: {"a": AT_HOME, "canary-globex-1": IN_LONDON},
        more=lambda _: {"owners": {"canary-globex-1": ("globex",)}},
    )
    assert "globex" not in json.dumps(document(tape.told())).lower()


def test_what_a_shared_resource_is_called_names_nobody_else(tape: Any) -> None:
    tape.every(
        lambda _: {"st-globex-data": IN_LONDON}, more=lambda _: {"owners": {"st-globex-data": ()}}
    )
    told = document(tape.told())
    (only,) = told["deviations"]
    assert "(withheld)" in only["resource"]
    assert "globex" not in json.dumps(told).lower()


def test_a_gap_is_told_within_the_month_and_whether_it_goes_beyond(tape: Any) -> None:
    tape.every(lambda _: {"a": (("primary", "unknown"),)})
    told = document(tape.told())
    (gap,) = told["gaps"]
    assert (gap["since"], gap["until"]) == (told["period"]["since"], told["period"]["until"])
    assert (gap["began_before"], gap["lasted_beyond"], gap["bridged"]) == (True, True, False)
