"""Triggers by which the database itself refuses to change what was remembered.

The one change that is allowed ends an interval, once. Rows leave only when a prune says so: what
ended by then, and the facts and states that no interval refers to any more.
"""

from collections.abc import Iterator

from sqlalchemy import Table

from residency.store.tables import (
    FACT,
    INTERVALS,
    METADATA,
    PLACEMENT,
    PRUNED,
    STANDING,
    STATE,
    WRITTEN_ONCE,
)

_USED_BY = {FACT.name: PLACEMENT, STATE.name: STANDING}
"""Of rows that many share: the intervals that refer to them, by a column of the same name."""

_PRUNED_UNTIL = f"(SELECT max(until_scan) FROM {PRUNED.name})"  # noqa: S608 - our own name


def statements() -> Iterator[str]:
    """Give the statements that make every trigger."""
    for table in WRITTEN_ONCE:
        yield _refusal(table, "UPDATE", "1", "is written once")
    for table in INTERVALS:
        yield _refusal(table, "UPDATE", f"NOT ({_ends_once(table)})", "only ends, once")
    for table in METADATA.sorted_tables:
        yield _refusal(table, "DELETE", f"NOT ({_may_leave(table)})", "is kept")


def _refusal(table: Table, action: str, when: str, why: str) -> str:
    return (
        f"CREATE TRIGGER {table.name}_{action.lower()} BEFORE {action} ON {table.name}"
        f" WHEN {when} BEGIN SELECT RAISE(ABORT, 'a row of {table.name} {why}'); END"
    )


def _ends_once(table: Table) -> str:
    """Tell an update that sets `to_scan`, for the first time, and nothing else."""
    names = [column.name for column in table.columns]
    same = (f"OLD.{name} IS NEW.{name}" for name in names if name != "to_scan")
    return " AND ".join(("OLD.to_scan IS NULL", "NEW.to_scan > OLD.from_scan", *same))


def _may_leave(table: Table) -> str:
    """Tell a row that ended by the scan up to which the evidence was given up, or is unused."""
    if table in INTERVALS:
        return f"OLD.to_scan <= coalesce({_PRUNED_UNTIL}, 0)"
    if table.name == "event":
        return f"OLD.scan <= coalesce({_PRUNED_UNTIL}, 0)"
    if table.name in _USED_BY:
        user = f"SELECT 1 FROM {_USED_BY[table.name].name} WHERE {table.name} = OLD.pk"  # noqa: S608 - our own names
        return f"EXISTS (SELECT 1 FROM {PRUNED.name}) AND NOT EXISTS ({user})"  # noqa: S608 - our own names
    return "0"
