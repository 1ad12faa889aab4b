"""Ids of one's own are told as they are at once, unless something is to be taken out of them."""

import pytest

from residency.store.reading.withheld import WITHHELD, Withheld

GROUP = "/subscriptions/s/resourcegroups/{}/providers/microsoft.sql/servers/{}"


@pytest.mark.parametrize(
    ("others", "foreign", "group", "name", "told"),
    [
        (["globex"], set(), "rg-1", "own", GROUP.format("rg-1", "own")),
        (["globex"], {"own", "rg-1"}, "rg-1", "own", GROUP.format("rg-1", "own")),
        (["globex"], set(), "rg-globex", "own", GROUP.format(f"rg-{WITHHELD}", "own")),
        (["globex"], {"theirs"}, "rg", "theirs.own", GROUP.format("rg", WITHHELD)),
        (["globex"], set(), "rg(1)", "own", f"{WITHHELD})/providers/microsoft.sql/servers/own"),
        (
            [],
            {"microsoft"},
            "rg",
            "own",
            GROUP.format("rg", "own").replace("microsoft.sql", WITHHELD),
        ),
    ],
)
def test_what_is_not_ones_own_is_taken_out_of_an_own_id(
    others: list[str], foreign: set[str], group: str, name: str, told: str
) -> None:
    own = GROUP.format(group, name)
    plain = "/subscriptions/s/resourcegroups/rg/providers/microsoft.sql/servers/plain"
    kept = Withheld(others, {own, plain}, foreign.__contains__)
    assert kept.text(own) == told
    without = Withheld(others, {own, plain}, foreign.__contains__).text(f"{own} ")
    assert without == f"{told} "
