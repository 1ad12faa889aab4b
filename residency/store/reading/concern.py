"""Which resources concern one customer in a time: its own, those that it shares, and unassigned."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from residency.model import Holds
from residency.policy import Attribution
from residency.store.reading.history import Judged, Named, attribution_of, judged_of
from residency.store.reading.scans import last_scan_before
from residency.store.tables import RESOURCE, SCAN, STANDING, STATE
from residency.store.times import written

_STOOD = """
SELECT resource, from_scan, to_scan, state FROM standing
WHERE state IN (SELECT value FROM json_each(?)) AND (to_scan IS NULL OR to_scan > ?)
AND from_scan <= ? ORDER BY from_scan
"""
_NAMED = """
SELECT pk, id, type, name, subscription_id, resource_group FROM resource
WHERE pk IN (SELECT value FROM json_each(?))
"""


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


class Stood(NamedTuple):
    """What stood of one resource from a scan until, and without, another.

    A tuple, because there are several of each resource.
    """

    from_scan: int
    to_scan: int | None
    judged: Judged


class Concerned(NamedTuple):
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
    found: dict[int, list[Stood]] = {}
    for resource, since, until, state in _rows(connection, states, scans):
        stood = Stood(since, until, states[state])
        if resource in found:
            found[resource].append(stood)
        else:
            found[resource] = [stood]
    ranked = sorted(_named(connection, found), key=lambda each: each.id)
    return tuple(_concerned(each, found[each.pk]) for each in ranked)


def _states(connection: Connection, asked: Asked) -> Iterator[tuple[int, Judged]]:
    for row in connection.execute(select(STATE)):
        attribution = attribution_of(row.product, row.customers, row.environment)
        if row.holds != Holds.NONE and asked.concerns(attribution):
            yield row.pk, judged_of(row)


def _rows(
    connection: Connection, states: Collection[int], scans: Scans
) -> Sequence[tuple[int, int, int | None, int]]:
    """Read of which resource some states were, from which scan until which; oldest first."""
    told = (json.dumps(list(states)), scans.first, scans.last)
    found: Sequence[Any] = connection.exec_driver_sql(_STOOD, told).cursor.fetchall()
    return found


def _named(connection: Connection, numbers: Collection[int]) -> Iterator[Named]:
    rows = connection.exec_driver_sql(_NAMED, (json.dumps(list(numbers)),)).cursor.fetchall()
    yield from map(Named._make, rows)


def _concerned(resource: Named, stood: Sequence[Stood]) -> Concerned:
    assigned = any(not each.judged.attribution.unassigned for each in stood)
    return Concerned(resource, assigned, tuple(stood))


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
        attribution_of(product, customers, "") for product, customers in connection.execute(query)
    ]
    return bool(known) and not any(asked.concerns(each) for each in known)
