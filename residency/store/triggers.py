"""Triggers by which the database itself refuses to change what was remembered.

The one change that is allowed ends an interval, once. Rows leave only when a prune says so.
"""

from collections.abc import Iterator

from sqlalchemy import Table

from residency.store.tables import INTERVALS, METADATA, PRUNED, WRITTEN_ONCE

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
    """Tell a row that ended by the scan up to which the evidence was given up."""
    if table in INTERVALS:
        return f"OLD.to_scan <= coalesce({_PRUNED_UNTIL}, 0)"
    if table.name == "event":
        return f"OLD.scan <= coalesce({_PRUNED_UNTIL}, 0)"
    return "0"
