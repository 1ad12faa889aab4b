"""Gives evidence up that is older than `ledger.retain`, by whole months; the ledger itself stays.

What still stands is never given up, and neither is a scan, an entry or a head: the snapshot of the
month that becomes the first proves what stood when it began.
"""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from residency.settings import Retention
from residency.store.failpoint import failpoint
from residency.store.ledger.signing import Signer
from residency.store.ledger_log import LedgerLog
from residency.store.tables import EVENT, INTERVALS, PRUNED, SCAN
from residency.store.times import written

_MONTH = 7
"""Characters of a time that name its month: `2026-11`."""


def prune(
    connection: Connection, now: datetime, retain: Retention, origin: str, signer: Signer | None
) -> int | None:
    """Give up what ended before the month of the cutoff; the caller's transaction decides.

    Returns:
        The scan until which evidence is gone, or None where nothing was old enough.
    """
    until = _until(connection, written(retain.cutoff(now))[:_MONTH])
    if until is None:
        return None
    connection.execute(insert(PRUNED), {"until_scan": until, "at": written(now)})
    for table in INTERVALS:
        connection.execute(delete(table).where(table.c.to_scan <= until))
    connection.execute(delete(EVENT).where(EVENT.c.scan < until))
    log = LedgerLog(connection)
    log.append("prune", now, {"until_scan": until})
    log.seal(origin, now, signer)
    failpoint("prune")
    return until


def _until(connection: Connection, month: str) -> int | None:
    """Find the first scan of the newest month that begins no later than the cutoff does."""
    former, found = "", None
    rows = connection.execute(select(SCAN.c.seq, SCAN.c.started_at).order_by(SCAN.c.seq))
    for seq, started_at in rows:
        own = started_at[:_MONTH]
        if own != former and own <= month:
            found = seq
        former = own
    known = connection.scalar(select(PRUNED.c.until_scan).order_by(PRUNED.c.until_scan.desc()))
    return found if found is not None and found > max(known or 0, 1) else None
