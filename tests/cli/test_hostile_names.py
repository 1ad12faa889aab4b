"""Names and tags are other people's text: a terminal shows them and obeys none of them."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.table import Table

from residency.cli.printable import printable
from residency.simulator.world import Body, Estate, Subscription

Run = Callable[..., Any]

NAMES = [
    "[bold]loud[/bold]",
    "[/closes-nothing]",
    "[link=https://example.org]click[/link]",
    ":warning: :smile:",
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x9b2Jcleared",
    "abc\u202egnp.exe",
    "two\nlines",
    "back\x08\x08\x08\x08space",
]
OBEYED = ("\x1b", "\x07", "\x08", "\x9b", "\u202e", "\r", "\t")


@pytest.fixture
def hostile(
    serving: Callable[[Estate], Any],
    tenant: Callable[..., Estate],
    account: Callable[..., Body],
    main_subscription: Subscription,
) -> Callable[[str], Any]:
    """Serve a tenant where a resource abroad, a tag and the subscription have that name."""

    def serve(name: str) -> Any:
        bodies = []
        for number, location in enumerate(("uksouth", f"mars{name}")):
            body = account(f"st{number}", location="uksouth", tags={"environment": name})
            body |= {"location": location, "name": name}
            body["properties"] = {**body["properties"], "primaryLocation": location}
            bodies.append(body)
        subscription = dataclasses.replace(main_subscription, name=name)
        return serving(tenant(*bodies, subscriptions=(subscription,)))

    return serve


def shown(name: str) -> str:
    """Give what of a name may be on a line of its own."""
    return printable(name).partition("\n")[0]


@pytest.mark.parametrize("name", NAMES)
def test_a_scan_shows_a_hostile_name_as_text(
    run: Run, hostile: Callable[[str], Any], name: str
) -> None:
    ran = run("scan", **hostile(name).variables)
    assert ran.code == 1
    assert shown(name).replace("\ufffd", "") in ran.out.replace("\ufffd", "")
    for text in OBEYED:
        assert text not in ran.out + ran.err


@pytest.mark.parametrize("name", ["[/closes-nothing]", "\x1b[31mred\u202e"])
def test_an_explanation_shows_a_hostile_name_as_text(
    run: Run, hostile: Callable[[str], Any], main_subscription: Subscription, name: str
) -> None:
    wanted = (
        f"/subscriptions/{main_subscription.id}/resourceGroups/rg-data"
        "/providers/Microsoft.Storage/storageAccounts/st1"
    )
    ran = run("explain", wanted, **hostile(name).variables)
    assert (ran.code, ran.err) == (0, "")
    assert shown(name).replace("\ufffd", "") in ran.out.replace("\ufffd", "")
    for text in OBEYED:
        assert text not in ran.out


def test_json_keeps_a_hostile_name_whole_and_escaped(
    run: Run, hostile: Callable[[str], Any]
) -> None:
    name = " ".join(NAMES)
    ran = run("scan", "--format", "json", **hostile(name).variables)
    for text in OBEYED:
        assert text not in ran.out
    assert {each["name"] for each in json.loads(ran.out)["resources"]} == {name}


def test_an_error_shows_a_hostile_key_as_text(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text('"\\e[31mred": {}\n')
    ran = run("config", "check", "--config", str(path))
    assert ran.code == 2
    assert "\x1b" not in ran.err


@given(st.text(max_size=40))
def test_what_is_printable_holds_nothing_that_a_terminal_obeys(text: str) -> None:
    found = printable(text)
    assert len(found) == len(text)
    assert all(each.isprintable() or each in "\n\xa0" for each in found)
    assert printable(found) == found


def test_the_terminal_draws_tables_as_rich_does(capsys: pytest.CaptureFixture[str]) -> None:
    from residency.cli.terminal import terminal  # noqa: PLC0415 - after capsys took stdout

    table = Table("name")
    table.add_row("[b]x")
    terminal().print(table)
    assert "│ [b]x │" in capsys.readouterr().out
