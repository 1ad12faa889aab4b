"""The committed dashboards are those of dashboards/source, and their words are the project's."""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

import pytest

from dashboards.source import words
from dashboards.source.__main__ import written
from dashboards.source.layout import Row, dashboard
from dashboards.source.queries import series
from residency.model import Basis, Reason, Severity, Zone
from residency.store import EventKind

ROOT = Path(__file__).resolve().parents[2]


def test_what_is_committed_is_what_the_source_writes() -> None:
    committed = {path: path.read_text("utf-8") for path in ROOT.glob("dashboards/grafana/*.json")}
    assert committed == dict(written())


@pytest.mark.parametrize(
    ("told", "known"),
    [
        (words.ZONE, Zone),
        (words.BASIS, Basis),
        (words.SEVERITY, Severity),
        (words.EVENT, EventKind),
        (words.REASON | words.CAUSE, Reason),
    ],
    ids=["zone", "basis", "severity", "event", "reason"],
)
def test_every_word_of_the_project_has_its_text(
    told: words.Words, known: Iterable[StrEnum]
) -> None:
    assert set(told) == {str(each) for each in known}


def test_every_cause_has_what_mends_it() -> None:
    assert words.FIX.keys() == words.CAUSE.keys()


def test_a_series_that_is_not_there_is_refused() -> None:
    with pytest.raises(KeyError, match="scan_durations"):
        series("scan_durations")


def test_a_row_that_does_not_fill_the_width_is_refused() -> None:
    row = Row(height=4, panels=[(23, {"title": "narrow"})])
    with pytest.raises(ValueError, match=r"\['narrow'\] are 23 wide"):
        dashboard("uid", "title", "text", [row], since="now-1h")
