"""The versions of exemptions, declarations and policies that scans judged by."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from residency.store.reading.scans import Stretch, Stretches
from residency.store.tables import VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One version, as the scans of a stretch had it."""

    kind: str
    id: str
    body: Mapping[str, Any]
    stretch: Stretch

    @property
    def stands(self) -> bool:
        """Whether the last scan judged by it."""
        return self.stretch.ended is None


def versions(connection: Connection, kinds: Collection[str]) -> tuple[Kept, ...]:
    """Read every version of some kinds, those that ended as well, by kind, id and age."""
    order = (VERSION.c.kind, VERSION.c.id, VERSION.c.from_scan)
    query = select(VERSION).where(VERSION.c.kind.in_(sorted(kinds))).order_by(*order)
    rows = connection.execute(query).all()
    stretches = Stretches(connection, rows)
    return tuple(
        Kept(kind=row.kind, id=row.id, body=json.loads(row.body), stretch=stretches.of(row))
        for row in rows
    )
