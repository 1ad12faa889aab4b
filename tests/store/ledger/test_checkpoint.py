"""Heads: written and read as C2SP checkpoints, in one spelling only."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.errors import LedgerError
from residency.store.ledger.checkpoint import Checkpoint

AT = datetime(2026, 11, 1, 6, 30, 0, 125000, tzinfo=UTC)
TEXT = (
    "example.com/residency\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    "time 2026-11-01T06:30:00.125000Z\n"
)


def head(
    origin: str = "example.com/residency", size: int = 1, root: bytes = bytes(32)
) -> Checkpoint:
    return Checkpoint(origin=origin, size=size, root=root, at=AT)


@given(
    st.from_regex(r"[a-z0-9./-]+", fullmatch=True),
    st.integers(0, 10**16 - 1),
    st.binary(min_size=32, max_size=32),
    st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_what_is_written_is_read_back(origin: str, size: int, root: bytes, at: datetime) -> None:
    made = Checkpoint(origin=origin, size=size, root=root, at=at)
    assert Checkpoint.parse(made.text()) == made


def test_the_example_of_the_specification_is_read_and_written() -> None:
    found = Checkpoint.parse(TEXT)
    assert (found.origin, found.size, found.at) == ("example.com/residency", 20852163, AT)
    assert found.root.hex().startswith("0ac5186a91863e8e")
    assert found.text() == TEXT


def test_a_time_of_another_zone_is_written_in_utc() -> None:
    made = Checkpoint(
        origin="o", size=0, root=bytes(32), at=AT.astimezone(timezone(timedelta(hours=1)))
    )
    assert made.text().endswith("time 2026-11-01T06:30:00.125000Z\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT[:-1],
        TEXT + "\n",
        TEXT + "more\n",
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("20852163", "020852163"),
        TEXT.replace("20852163", "-1"),
        TEXT.replace("20852163", "\u0661"),
        TEXT.replace("example.com/residency", ""),
        TEXT.replace("example.com/residency", "two words"),
        TEXT.replace("example.com/residency", "a+b"),
        TEXT.replace("q2I=", "q2J="),
        TEXT.replace("q2I=", "q2I"),
        TEXT.replace("/Xajj", "_Xajj"),
        TEXT.replace("time ", "Time "),
        TEXT.replace("2026-11-01", "2026-11-31"),
        TEXT.replace(".125000Z", "Z"),
        TEXT.replace(".125000Z", ".125Z"),
        TEXT.replace("T06:30", "T24:30"),
    ],
)
def test_any_other_spelling_is_refused(text: str) -> None:
    with pytest.raises(LedgerError):
        Checkpoint.parse(text)


@pytest.mark.parametrize(
    "unwritable",
    [head(origin="two words"), head(origin="a\n1"), head(origin=""), head(size=-1), head(root=b"")],
)
def test_what_would_not_be_read_back_is_not_written(unwritable: Checkpoint) -> None:
    with pytest.raises(LedgerError):
        unwritable.text()
