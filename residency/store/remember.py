"""Reads back what stands, when a writer starts."""

import json

from sqlalchemy import Connection, func, select

from residency.policy import Attribution
from residency.store.memory import FactRow, Known, Memory, Standing, StateRow, Subscription
from residency.store.tables import (
    COVERAGE,
    EVENT,
    FACT,
    SCAN,
    STATE,
    VERSION,
)

_STANDING = """
SELECT standing.resource, standing.state, places.facts
FROM standing LEFT JOIN (
  SELECT resource, group_concat(fact) AS facts
  FROM placement WHERE to_scan IS NULL GROUP BY resource
) AS places ON places.resource = standing.resource
WHERE standing.to_scan IS NULL
"""


def remember(connection: Connection) -> Memory:
    """Read what the last scan left standing."""
    memory = Memory(events=connection.scalar(select(func.max(EVENT.c.seq))) or 0)
    last = connection.execute(select(SCAN).order_by(SCAN.c.seq.desc()).limit(1)).first()
    if last is not None:
        memory.scan, memory.month = last.seq, last.started_at[:7]
        memory.finished_at = last.finished_at
        memory.reasons = tuple(json.loads(last.reasons))
    remember_rows(connection, memory)
    _standing(connection, memory)
    for row in connection.execute(select(COVERAGE).where(COVERAGE.c.to_scan.is_(None))):
        reasons = tuple(json.loads(row.reasons))
        memory.subscriptions[row.subscription_id] = Subscription(row.name, row.state, reasons)
    for row in connection.execute(select(VERSION).where(VERSION.c.to_scan.is_(None))):
        memory.versions[row.kind, row.id] = row.body
    return memory


def remember_rows(connection: Connection, memory: Memory) -> None:
    """Read which resource, state and fact each row number stands for."""
    columns = "id, pk, type, name, subscription_id, resource_group"
    rows = connection.exec_driver_sql(f"SELECT {columns} FROM resource")  # noqa: S608 - our own names
    memory.resources = {row[0]: Known(*row[1:]) for row in rows.cursor.fetchall()}
    memory.types = {known.type for known in memory.resources.values()}
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
    parts = FACT.c.pk, FACT.c.sha256, FACT.c.role, FACT.c.region, FACT.c.more, FACT.c.path
    for pk, sha256, role, region, more, path in connection.execute(select(*parts)):
        memory.fact_of[sha256] = pk
        memory.facts[pk] = FactRow(sha256, role, region, '"against"' in more, path)


def _standing(connection: Connection, memory: Memory) -> None:
    """Read what stands. The rows of places come as one text, which many resources share."""
    name_of = {known.row: name for name, known in memory.resources.items()}
    parsed: dict[str | None, tuple[int, ...]] = {None: ()}
    found = connection.exec_driver_sql(_STANDING)
    for resource, state, facts in found.cursor.fetchall():
        if facts not in parsed:
            parsed[facts] = tuple(sorted(map(int, facts.split(","))))
        memory.by_id[name_of[resource]] = Standing(state, parsed[facts])
