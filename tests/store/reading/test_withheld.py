"""What might name another customer does not reach a text for this one."""

import pytest

from residency.store.reading.withheld import WITHHELD, Withheld

OWN = "/subscriptions/s/resourcegroups/rg/providers/microsoft.sql/servers/own"
OTHERS = "/subscriptions/s/resourcegroups/rg/providers/microsoft.sql/servers/theirs"
NOBODYS = frozenset[str]().__contains__
KEPT = Withheld(
    ["globex", "Globex Industries", "it", "Bank of Ghent", "Initech BV"],
    {OWN},
    {"theirs", "db-x"}.__contains__,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("arm location = 'westeurope'", "arm location = 'westeurope'"),
        (f"{OWN}/databases/a", f"{OWN}/databases/a"),
        (OWN.upper(), OWN.upper()),
        (f"{OWN}2", WITHHELD),
        (OTHERS, WITHHELD),
        (f"arm {OTHERS}/links value = 'x'", f"arm {WITHHELD} value = 'x'"),
        ("partner = 'theirs'", f"partner = '{WITHHELD}'"),
        ("host = 'theirs.database.windows.net'", f"host = '{WITHHELD}'"),
        ("DB-X.", WITHHELD),
        ("stGLOBEXdata", f"st{WITHHELD}data"),
        ("for Globex Industries", f"for {WITHHELD}"),
        ("rg-initech-prod", f"rg-{WITHHELD}-prod"),
        ("rg-bank", f"rg-{WITHHELD}"),
        ("database", "database"),
        ("rg-it-prod", f"rg-{WITHHELD}-prod"),
        ("with limits", "with limits"),
    ],
)
def test_what_is_others_is_withheld(text: str, expected: str) -> None:
    assert KEPT.text(text) == expected


def test_where_there_are_no_others_only_foreign_ids_are_withheld() -> None:
    alone = Withheld([], {OWN}, NOBODYS)
    assert alone.text(f"of globex: {OWN}") == f"of globex: {OWN}"
    assert alone.text(OTHERS) == WITHHELD


def test_a_name_that_is_also_ones_own_stays() -> None:
    assert Withheld([], {OWN}, {"own"}.__contains__).text("server own") == "server own"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Ökonomi AB", "rg-ÖKONOMI-prod"),
        ("Kraft", "rg-\N{KELVIN SIGN}raft"),
        ("\N{KELVIN SIGN}raft", "rg-kraft"),
        ("Strasse", "\N{LATIN SMALL LETTER LONG S}trasse"),
    ],
)
def test_letters_beyond_ascii_are_held_against_names_as_well(name: str, text: str) -> None:
    found = Withheld([name, "globex"], {OWN}, NOBODYS).text(text)
    assert WITHHELD in found
    assert name.casefold() not in found.casefold()


def test_each_word_is_asked_for_once_and_only_where_it_may_be_foreign() -> None:
    asked: list[str] = []

    def foreign(word: str) -> bool:
        asked.append(word)
        return word == "theirs"

    kept = Withheld(["globex"], {OWN}, foreign)
    assert kept.text("own in 'westeurope'") == "own in 'westeurope'"
    assert asked == []
    assert kept.text("theirs") == kept.text("THEIRS") == WITHHELD
    assert kept.text("plain") == "plain"
    assert asked == ["theirs", "plain"]
