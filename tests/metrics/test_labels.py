"""Names that others chose: they break no scrape, and none that differ become one."""

from collections.abc import Callable
from subprocess import CompletedProcess
from typing import TYPE_CHECKING, Any

import pytest

from residency.metrics.labels import LONGEST, label

if TYPE_CHECKING:
    from tests.metrics.conftest import Estate, Told

Program = Callable[..., CompletedProcess[str]]

HOSTILE = [
    'quote " and \\ backslash \\',
    'x"} 1\nresidency_ledger_ok 0',
    "line\r\nline",
    "nul\x00nul",
    "half \ud83d a pair",
    "turned \u202e round",
    "next\x85line\u2028",
    "{}#,=",
    "émoji \U0001f600",
    "# EOF",
    "$(id) {{ .Labels }}",
    "long" * 100,
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_breaks_no_scrape(
    estate: "Estate", told: type["Told"], covering: Callable[..., Any], name: str
) -> None:
    product = name.encode("utf-8", "replace").decode()
    estate.scan(
        told(name="a", product=product, environment=product, type=product),
        subscriptions=(covering(name=product),),
    )
    found = estate.series()
    assert found.of("resources", "product") == {(label(product),): 1}
    assert found.of("subscription_readable", "subscription") == {(label(product),): 1}
    assert found.one("ledger_ok") is None


@pytest.mark.tool
def test_promtool_reads_hostile_names(
    estate: "Estate", in_violation: Callable[..., "Told"], promtool: Program
) -> None:
    names = [each.encode("utf-8", "replace").decode() for each in HOSTILE]
    estate.scan(*(in_violation(f"a{at}", product=name) for at, name in enumerate(names)))
    run = promtool("check", "metrics", text=estate.exposed().answer("", "").body.decode())
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_label_is_printable_and_short(name: str) -> None:
    found = label(name)
    assert found.isprintable()
    assert len(found) <= LONGEST
    assert found.encode("utf-8")
    assert label(found) == found


def test_long_names_that_differ_at_their_end_stay_apart() -> None:
    one, other = label("a" * 300 + "1"), label("a" * 300 + "2")
    assert one != other
    assert (len(one), one[:187]) == (LONGEST, "a" * 187)


def test_names_that_become_the_same_are_added_up(estate: "Estate", told: type["Told"]) -> None:
    estate.scan(told(name="a", product="P\x01"), told(name="b", product="P\x02"))
    assert estate.series().of("resources", "product") == {("P\N{REPLACEMENT CHARACTER}",): 2}


def test_no_name_is_an_empty_label() -> None:
    assert (label(None), label("")) == ("", "")
