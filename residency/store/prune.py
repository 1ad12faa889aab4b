"""Gives evidence up that is older than `ledger.retain`, by whole months (UTC); the ledger stays.

What still stands is never given up, and neither is a scan, an entry or a head: the snapshot of the
month that becomes the first proves what stood when it began.
"""

from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from residency.settings import Retention
from residency.store.failpoint import failpoint
from residency.store.ledger.signing import Signer
from residency.store.ledger_log import LedgerLog
from residency.store.tables import EVENT, INTERVALS, PRUNED, SCAN
from residency.store.times import moment_of, written

_MONTH = 7
"""Characters of a time that name its month: `2026-11`."""


def prune(
    connection: Connection, now: datetime, retain: Retention, origin: str, signer: Signer | None
) -> int | None:
    """Give up what ended before the month of the cutoff; the caller's transaction decides.

    Time counts as far as the last two scans agree on it: a clock that jumped ahead, before or
    during one scan, gives nothing up.

    Returns:
        The last scan whose evidence is gone, or None where nothing was old enough.
    """
    until = _until(connection, now, retain)
    if until is None:
        return None
    connection.execute(insert(PRUNED), {"until_scan": until, "at": written(now)})
    for table in INTERVALS:
        connection.execute(delete(table).where(table.c.to_scan <= until))
    newest = select(func.max(EVENT.c.scan)).scalar_subquery()  # the next event follows its number
    connection.execute(delete(EVENT).where((EVENT.c.scan <= until) & (EVENT.c.scan < newest)))
    log = LedgerLog(connection)
    log.append("prune", now, {"until_scan": until, "retain": str(retain)})
    log.seal(origin, now, signer)
    failpoint("prune")
    return until


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
