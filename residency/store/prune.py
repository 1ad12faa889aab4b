"""Gives evidence up that is older than `ledger.retain`, by whole months (UTC); the ledger stays.

What still stands is never given up, and neither is a scan, an entry or a head: the snapshot of the
month that becomes the first proves what stood when it began. Facts and states that nothing refers
to any more go in the same transaction.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from residency.settings import Retention
from residency.store.failpoint import failpoint
from residency.store.ledger.signing import Signer
from residency.store.ledger_log import LedgerLog
from residency.store.memory import Memory
from residency.store.tables import EVENT, INTERVALS, PRUNED, SCAN
from residency.store.times import moment_of, written

_MONTH = 7
"""Characters of a time that name its month: `2026-11`."""

_UNUSED_FACTS = """
DELETE FROM fact WHERE pk NOT IN (
  SELECT fact FROM placement
  UNION SELECT told.value FROM event, json_each(event.before, '$.facts') AS told
  UNION SELECT told.value FROM event, json_each(event.after, '$.facts') AS told
) RETURNING pk
"""
_UNUSED_STATES = """
DELETE FROM state WHERE pk NOT IN (
  SELECT state FROM standing
  UNION SELECT before ->> '$.state' FROM event WHERE json_type(before, '$.state') = 'integer'
  UNION SELECT after ->> '$.state' FROM event WHERE json_type(after, '$.state') = 'integer'
) RETURNING pk
"""
_LOOKED_UP = (("pruned_fact", "placement (fact)"),)
"""Indexes that are there while rows leave: else each of them is looked for in all intervals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What was given up: until which scan, and the rows of facts and states that are gone."""

    until_scan: int
    facts: tuple[int, ...]
    states: tuple[int, ...]


def prune(
    connection: Connection, now: datetime, retain: Retention, origin: str, signer: Signer | None
) -> Pruned | None:
    """Give up what ended before the month of the cutoff; the caller's transaction decides.

    Time counts as far as the last two scans agree on it: a clock that jumped ahead, before or
    during one scan, gives nothing up.

    Returns:
        What is gone, or None where nothing was old enough. Whoever keeps rows in mind has to
        `forget` these once the transaction is committed.
    """
    until = _until(connection, now, retain)
    if until is None:
        return None
    connection.execute(insert(PRUNED), {"until_scan": until, "at": written(now)})
    for table in INTERVALS:
        connection.execute(delete(table).where(table.c.to_scan <= until))
    newest = select(func.max(EVENT.c.scan)).scalar_subquery()  # the next event follows its number
    connection.execute(delete(EVENT).where((EVENT.c.scan <= until) & (EVENT.c.scan < newest)))
    facts, states = _drop_unused(connection)
    log = LedgerLog(connection)
    log.append("prune", now, {"until_scan": until, "retain": str(retain)})
    log.seal(origin, now, signer)
    failpoint("prune")
    return Pruned(until_scan=until, facts=facts, states=states)


def forget(memory: Memory, pruned: Pruned) -> None:
    """Drop rows from what is kept in mind, so that no scan refers to one that is gone."""
    memory.places.clear()
    for row in pruned.facts:
        del memory.fact_of[memory.facts.pop(row).sha256]
    for row in pruned.states:
        del memory.state_of[memory.states.pop(row).sha256]


def _drop_unused(connection: Connection) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Remove the facts and states that neither an interval nor an event refers to."""
    for name, columns in _LOOKED_UP:
        connection.exec_driver_sql(f"CREATE INDEX {name} ON {columns}")
    facts = tuple(connection.exec_driver_sql(_UNUSED_FACTS).scalars())
    states = tuple(connection.exec_driver_sql(_UNUSED_STATES).scalars())
    for name, _ in _LOOKED_UP:
        connection.exec_driver_sql(f"DROP INDEX {name}")
    return facts, states


def _until(connection: Connection, now: datetime, retain: Retention) -> int | None:
    """Find the scan before the first one that stays.

    Scans count in their order, not by their clock: one whose clock was ahead keeps all after it.
    """
    newest = select(SCAN.c.finished_at).order_by(SCAN.c.seq.desc()).limit(2)
    agreed = min((now, *map(moment_of, connection.scalars(newest))))
    month = written(retain.cutoff(agreed))[:_MONTH]
    stays = select(func.min(SCAN.c.seq)).where(SCAN.c.started_at >= month)
    until = (connection.scalar(stays) or 1) - 1
    done = connection.scalar(select(func.max(PRUNED.c.until_scan))) or 0
    return until if until > done else None
