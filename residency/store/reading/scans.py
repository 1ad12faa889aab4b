"""The scans of the store with their times, and how long something stood between them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from residency.store.tables import SCAN
from residency.store.times import Span, moment_of, written

AT_ONCE = 500
"""Fewer than SQLite takes as parameters."""

_COLUMNS = (
    SCAN.c.seq,
    SCAN.c.id,
    SCAN.c.started_at,
    SCAN.c.finished_at,
    SCAN.c.complete,
    SCAN.c.verdict,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """A scan: its number, and the time in which it looked."""

    seq: int
    id: str
    started_at: datetime
    finished_at: datetime
    complete: bool
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The scans in which something was so.

    Attributes:
        first: The first scan that found it so.
        last: The last scan that found it so.
        ended: The scan that found it otherwise; None while it stands.
    """

    first: Scanned
    last: Scanned
    ended: Scanned | None

    def holds_at(self, moment: datetime) -> bool:
        """Whether the last scan that had ended by then found it so."""
        over = self.ended is not None and self.ended.finished_at <= moment
        return self.first.finished_at <= moment and not over

    def holds_in(self, scan: int) -> bool:
        """Whether a scan, by its number, found it so."""
        return self.first.seq <= scan and (self.ended is None or scan < self.ended.seq)


def parts(numbers: Collection[int]) -> Iterator[list[int]]:
    """Give numbers in parts that one query can take."""
    ranked = sorted(numbers)
    for start in range(0, len(ranked), AT_ONCE):
        yield ranked[start : start + AT_ONCE]


def scans_of(connection: Connection, numbers: Collection[int]) -> Mapping[int, Scanned]:
    """Read scans by their numbers; one that is not there is left out."""
    found: dict[int, Scanned] = {}
    for part in parts(set(numbers)):
        found |= {each.seq: each for each in _read(connection, SCAN.c.seq.in_(part))}
    return found


def last_scan(connection: Connection) -> Scanned | None:
    """Read the last scan; None before the first."""
    query = select(*_COLUMNS).order_by(SCAN.c.seq.desc()).limit(1)
    row = connection.execute(query).first()
    return _scanned(row) if row else None


def last_scan_before(connection: Connection, moment: datetime) -> Scanned | None:
    """Read the last scan that had ended by a time."""
    ended = SCAN.c.finished_at <= written(moment)
    query = select(*_COLUMNS).where(ended).order_by(SCAN.c.seq.desc()).limit(1)
    row = connection.execute(query).first()
    return _scanned(row) if row else None


def scans_between(connection: Connection, since: datetime, until: datetime) -> tuple[Scanned, ...]:
    """Read the scans that ended after `since` and no later than `until`, oldest first."""
    within = (SCAN.c.finished_at > written(since)) & (SCAN.c.finished_at <= written(until))
    return tuple(_read(connection, within))


def times_between(connection: Connection, since: datetime, until: datetime) -> Iterator[Span]:
    """Read when the scans began and ended that ended after `since` and no later than `until`."""
    query = (
        "SELECT started_at, finished_at FROM scan"
        " WHERE finished_at > ? AND finished_at <= ? ORDER BY seq"
    )
    rows = connection.exec_driver_sql(query, (written(since), written(until))).cursor.fetchall()
    return (Span(moment_of(began), moment_of(ended)) for began, ended in rows)


def count_between(connection: Connection, since: datetime, until: datetime) -> int:
    """Count the scans that ended after `since` and no later than `until`."""
    within = (SCAN.c.finished_at > written(since)) & (SCAN.c.finished_at <= written(until))
    return connection.scalar(select(func.count()).where(within)) or 0


def _read(connection: Connection, which: ColumnElement[bool]) -> Iterator[Scanned]:
    for row in connection.execute(select(*_COLUMNS).where(which).order_by(SCAN.c.seq)):
        yield _scanned(row)


def _scanned(row: Any) -> Scanned:  # noqa: ANN401 - a row of `scan`
    return Scanned(
        seq=row.seq,
        id=row.id,
        started_at=moment_of(row.started_at),
        finished_at=moment_of(row.finished_at),
        complete=row.complete,
        verdict=row.verdict,
    )


class Stretches:
    """Turns the numbers of intervals into the scans that they name."""

    def __init__(self, connection: Connection, rows: Collection[Any]) -> None:
        """Read the scans of all `rows`, which have `from_scan` and `to_scan`."""
        latest = last_scan(connection)
        self._last = latest.seq if latest else 0
        numbers = {self._last}
        for row in rows:
            numbers |= {row.from_scan, self._last_of(row), row.to_scan or self._last}
        self._scans = scans_of(connection, numbers)

    def of(self, row: Any) -> Stretch:  # noqa: ANN401 - a row of any table with an interval
        """Give the stretch of a row."""
        first = self._scans[row.from_scan]
        return Stretch(
            first=first,
            last=self._scans.get(self._last_of(row), first),
            ended=None if row.to_scan is None else self._scans[row.to_scan],
        )

    def _last_of(self, row: Any) -> int:  # noqa: ANN401 - as above
        number: int = self._last if row.to_scan is None else row.to_scan - 1
        return number


class Moments(dict[int, datetime | None]):
    """Times of scans by number; None for one that is not there."""

    def __init__(self, written: Mapping[int, str]) -> None:
        """Read each time when it is asked for."""
        super().__init__()
        self._written = written

    def __missing__(self, seq: int) -> datetime | None:
        """Read the time of a scan."""
        told = self._written.get(seq)
        self[seq] = found = moment_of(told) if told else None
        return found


class Clock:
    """The times of all scans, each read when it is asked for: of a year there are 35,000."""

    def __init__(self, connection: Connection) -> None:
        """Read them as they are written."""
        query = "SELECT seq, started_at, finished_at FROM scan"
        rows = connection.exec_driver_sql(query).cursor.fetchall()
        self._ended: dict[int, str] = {seq: ended for seq, _, ended in rows}
        self.began = Moments({seq: began for seq, began, _ in rows})
        self.ended = Moments(self._ended)

    def ended_within(self, since: datetime, until: datetime) -> frozenset[int]:
        """Give the scans that ended between two times, or at one of them."""
        first, last = written(since), written(until)
        return frozenset(seq for seq, ended in self._ended.items() if first <= ended <= last)
