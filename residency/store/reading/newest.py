"""What was written last: a cheap way to see that a store has changed."""

from typing import NamedTuple

from sqlalchemy import Connection, func, select

from residency.store.tables import NOTE, SCAN


class Newest(NamedTuple):
    """The last scan and the last note; 0: none."""

    scan: int
    note: int


def newest(connection: Connection) -> Newest:
    """Read what was written last."""
    scan = connection.scalar(select(func.max(SCAN.c.seq)))
    note = connection.scalar(select(func.max(NOTE.c.pk)))
    return Newest(scan=scan or 0, note=note or 0)
