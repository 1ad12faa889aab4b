"""Months as customers mean them: to the second, where a clock is put back, and edge to edge."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.errors import ConfigError
from residency.report.month import Month

AMSTERDAM = "Europe/Amsterdam"
ZONES = (AMSTERDAM, "UTC", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Apia", "Africa/Cairo")


@pytest.mark.parametrize(
    ("text", "hours", "since"),
    [
        ("2026-10", 745, datetime(2026, 9, 30, 22, tzinfo=UTC)),  # an hour is lived twice
        ("2026-03", 743, datetime(2026, 2, 28, 23, tzinfo=UTC)),  # an hour is left out
        ("2026-11", 720, datetime(2026, 10, 31, 23, tzinfo=UTC)),
        ("2026-12", 744, datetime(2026, 11, 30, 23, tzinfo=UTC)),
        ("2026-02", 672, datetime(2026, 1, 31, 23, tzinfo=UTC)),
        ("2028-02", 696, datetime(2028, 1, 31, 23, tzinfo=UTC)),  # a leap year
        ("2000-02", 696, datetime(2000, 1, 31, 23, tzinfo=UTC)),
        ("2100-02", 672, datetime(2100, 1, 31, 23, tzinfo=UTC)),  # none, though by four
    ],
)
def test_a_month_has_its_hours(text: str, hours: int, since: datetime) -> None:
    month = Month.parse(text, AMSTERDAM)
    assert (month.hours, month.since, str(month)) == (hours, since, text)


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "2026-1", "2026-10-01", "", "okt", "0000-01"]
)
def test_what_is_no_month_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ConfigError, match="2026-10"):
        Month.parse(text, AMSTERDAM)


@given(year=st.integers(1990, 2200), number=st.integers(1, 12), zone=st.sampled_from(ZONES))
def test_nothing_lies_between_two_months(year: int, number: int, zone: str) -> None:
    month = Month(year=year, number=number, timezone=zone)
    assert month.until == month.next.since
    assert month.next.former == month
    assert month.former.until == month.since
    assert timedelta(days=27) < month.until - month.since < timedelta(days=32)
    assert Month.parse(str(month), zone) == month


@given(
    seconds=st.integers(0, 7_000_000_000),
    zone=st.sampled_from(ZONES),
)
def test_a_moment_is_in_one_month(seconds: int, zone: str) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    month = Month.of(moment, zone)
    assert month.since <= moment < month.until
