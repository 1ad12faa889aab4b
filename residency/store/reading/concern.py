"""Which resources concern one customer in a time: its own, those that it shares, and unassigned."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select

from residency.model import Holds
from residency.policy import Attribution
from residency.store.reading.history import Judged, Named, judged_of, named
from residency.store.reading.scans import last_scan_before
from residency.store.tables import RESOURCE, SCAN, STANDING, STATE
from residency.store.times import written


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked.

    Attributes:
        customer: The id of the customer.
        products: The products that it uses.
        since: From when.
        until: Until when.
        longest: How far apart two scans may begin before the time between counts as not seen.
        lag: How late an entry of the activity log may be.
    """

    customer: str
    products: frozenset[str]
    since: datetime
    until: datetime
    longest: timedelta
    lag: timedelta

    def concerns(self, attribution: Attribution) -> bool:
        """Whether what is attributed so concerns the customer; what is unassigned does."""
        if attribution.unassigned or self.customer in attribution.customers:
            return True
        return not attribution.customers and attribution.product in self.products


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """What stood of one resource from a scan until, and without, another."""

    from_scan: int
    to_scan: int | None
    judged: Judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """A resource that concerns the customer, with what stood of it in that time.

    Not `assigned`: nothing said whose it was, so that its name may be anybody's.
    """

    resource: Named
    assigned: bool
    stood: tuple[Stood, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scans:
    """The first and the last scan that tell of a time; none where `last` is less than `first`."""

    first: int
    last: int


def scans_within(connection: Connection, since: datetime, until: datetime) -> Scans:
    """Give the scans that tell of a time: the last one before it, and those in it."""
    before = last_scan_before(connection, since)
    first = before.seq if before else connection.scalar(select(func.min(SCAN.c.seq)))
    ended = select(func.max(SCAN.c.seq)).where(SCAN.c.finished_at <= written(until))
    return Scans(first=first or 1, last=connection.scalar(ended) or 0)


def concerned(connection: Connection, asked: Asked, scans: Scans) -> tuple[Concerned, ...]:
    """Read what concerns a customer and stores or processes data, or might; by id."""
    states = dict(_states(connection, asked))
    found: dict[int, list[Row[Any]]] = {}
    for row in _rows(connection, states, scans):
        found.setdefault(row.pk, []).append(row)
    ranked = sorted(found.values(), key=lambda rows: rows[0].id)
    return tuple(_concerned(rows, states) for rows in ranked)


def _states(connection: Connection, asked: Asked) -> Iterator[tuple[int, Judged]]:
    for row in connection.execute(select(STATE)):
        judged = judged_of(row)
        if judged.holds is not Holds.NONE and asked.concerns(judged.attribution):
            yield row.pk, judged


def _rows(connection: Connection, states: Collection[int], scans: Scans) -> Iterator[Row[Any]]:
    within = (STANDING.c.to_scan.is_(None) | (STANDING.c.to_scan > scans.first)) & (
        STANDING.c.from_scan <= scans.last
    )
    query = (
        select(RESOURCE, STANDING.c.from_scan, STANDING.c.to_scan, STANDING.c.state)
        .join(STANDING, STANDING.c.resource == RESOURCE.c.pk)
        .where(within)
        .order_by(STANDING.c.from_scan)
    )
    yield from (row for row in connection.execute(query) if row.state in states)


def _concerned(rows: list[Row[Any]], states: dict[int, Judged]) -> Concerned:
    stood = tuple(
        Stood(from_scan=row.from_scan, to_scan=row.to_scan, judged=states[row.state])
        for row in rows
    )
    return Concerned(
        resource=named(rows[0]),
        assigned=any(not each.judged.attribution.unassigned for each in stood),
        stood=stood,
    )


def foreign_only(connection: Connection, subscription_id: str, asked: Asked) -> bool:
    """Whether all that was ever seen in a subscription is others'; not where nothing ever was."""
    query = (
        select(STATE.c.product, STATE.c.customers)
        .join(STANDING, STANDING.c.state == STATE.c.pk)
        .join(RESOURCE, RESOURCE.c.pk == STANDING.c.resource)
        .where(RESOURCE.c.subscription_id == subscription_id)
        .distinct()
    )
    known = [
        Attribution(product=product, customers=tuple(json.loads(customers)), environment="")
        for product, customers in connection.execute(query)
    ]
    return bool(known) and not any(asked.concerns(each) for each in known)
