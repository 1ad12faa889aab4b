"""Reads back what stands, when a writer starts."""

import json
from collections import Counter
from operator import itemgetter
from sys import intern

import msgspec
from sqlalchemy import Connection, func, select

from residency.policy import Attribution
from residency.store.events import PAIRS_UNREAD, pairs_told
from residency.store.memory import FactRow, Known, Memory, Standing, StateRow, Subscription
from residency.store.tables import (
    COVERAGE,
    EVENT,
    SCAN,
    STATE,
    VERSION,
)

_STANDING = """
SELECT resource.pk, resource.id, standing.state, resource.subscription_id
FROM resource JOIN standing INDEXED BY standing_now ON standing.resource = resource.pk
WHERE standing.to_scan IS NULL
"""
_PLACES = """
SELECT json_group_array(resource), json_group_array(fact)
FROM placement INDEXED BY placement_now WHERE to_scan IS NULL
"""
"""As two lists in one row: numbers come so in a third of the time that rows take."""

_FACTS = """
SELECT pk, sha256, role, region, instr(more, '"against"') > 0, path FROM fact
"""
_NUMBERS = msgspec.json.Decoder(list[int])


def remember(connection: Connection) -> tuple[Memory, Counter[tuple[int, str]]]:
    """Read what the last scan left standing, all but what is known of each resource.

    Returns:
        It, and how many resources stand by the row of their state and by subscription.
    """
    memory = Memory(events=connection.scalar(select(func.max(EVENT.c.seq))) or 0)
    last = connection.execute(select(SCAN).order_by(SCAN.c.seq.desc()).limit(1)).first()
    if last is not None:
        memory.scan, memory.month = last.seq, last.started_at[:7]
        memory.finished_at = last.finished_at
        memory.pairs = _pairs(connection)
    remember_shared(connection, memory)
    counted = _standing(connection, memory)
    for row in connection.execute(select(COVERAGE).where(COVERAGE.c.to_scan.is_(None))):
        reasons = tuple(json.loads(row.reasons))
        memory.subscriptions[row.subscription_id] = Subscription(row.name, row.state, reasons)
    for row in connection.execute(select(VERSION).where(VERSION.c.to_scan.is_(None))):
        memory.versions[row.kind, row.id] = row.body
    return memory, counted


def remember_rows(connection: Connection, memory: Memory) -> None:
    """Read which resource, state and fact each row number stands for."""
    resources = remember_resources(connection)
    memory.read_resources = lambda: resources
    remember_shared(connection, memory)


def remember_resources(connection: Connection) -> dict[str, Known]:
    """Read all resources that were ever seen, by id.

    Texts are interned, as the inventory's are: many are the same, and a scan brings them again.
    """
    query = "SELECT pk, type, name, subscription_id, resource_group, id FROM resource"
    rows = connection.exec_driver_sql(query).cursor.fetchall()
    return {
        intern(name): Known(pk, intern(kind), short, intern(subscription), intern(group))
        for pk, kind, short, subscription, group, name in rows
    }


def remember_shared(connection: Connection, memory: Memory) -> None:
    """Read which state and fact each row number stands for."""
    for row in connection.execute(select(STATE)):
        memory.state_of[row.sha256] = row.pk
        memory.states[row.pk] = StateRow(
            row.sha256,
            row.status,
            row.holds,
            Attribution(
                product=row.product,
                customers=tuple(json.loads(row.customers)),
                environment=row.environment,
            ),
        )
    for pk, *parts in connection.exec_driver_sql(_FACTS).cursor.fetchall():
        memory.facts[pk] = fact = FactRow._make(parts)
        memory.fact_of[fact.sha256] = pk


def _pairs(connection: Connection) -> frozenset[str]:
    """Read which pairs of regions were changed, by the last scan that could read them."""
    unread = SCAN.c.reasons.contains(f'"{PAIRS_UNREAD}', autoescape=True)
    query = select(SCAN.c.reasons).where(~unread).order_by(SCAN.c.seq.desc()).limit(1)
    return pairs_told(json.loads(connection.scalar(query) or "[]"), frozenset())


def _standing(connection: Connection, memory: Memory) -> Counter[tuple[int, str]]:
    """Read what stands; of what is equal one value is kept."""
    places = _places(connection)
    rows = connection.exec_driver_sql(_STANDING).cursor.fetchall()
    shared: dict[tuple[int, tuple[int, ...]], Standing] = {}
    for resource, name, state, _ in rows:
        key = state, places.get(resource, ())
        if key not in shared:
            shared[key] = Standing(*key)
        memory.by_id[intern(name)] = shared[key]
    return Counter(map(itemgetter(2, 3), rows))


def _places(connection: Connection) -> dict[int, tuple[int, ...]]:
    """Read the rows of the places of each resource, smallest first."""
    resources, facts = map(_NUMBERS.decode, connection.exec_driver_sql(_PLACES).one())
    found: dict[int, tuple[int, ...]] = {}
    for resource, fact in sorted(zip(resources, facts, strict=True)):
        found[resource] = (*found.get(resource, ()), fact)
    return found
