"""Turns facts of the store back into placements."""

import json
import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from residency.errors import StoreError
from residency.model import Basis, Evidence, Failover, Placement, Reason, Role
from residency.store.reading.scans import parts
from residency.store.tables import FACT
from residency.store.times import moment_of

_TOLD = re.compile(
    r"(?P<api>[^ ]*) (?P<path>.*?) = '(?P<value>.*?)'(?: \(resourcegraph: '(?P<against>.*)'\))?",
    re.DOTALL,
)
"""How `Evidence` writes itself in one line."""

NEVER_SHOWN = datetime.min.replace(tzinfo=UTC)
"""When a place was read, where nobody is told."""

Row = Mapping[str, Any]


def facts_of(connection: Connection, numbers: Collection[int]) -> Mapping[int, Row]:
    """Read facts by their numbers."""
    found: dict[int, Row] = {}
    for part in parts(set(numbers)):
        query = select(FACT).where(FACT.c.pk.in_(part))
        found |= {row.pk: row._asdict() for row in connection.execute(query)}
    return found


def placement_of(row: Row, read_at: datetime) -> Placement:
    """Give the place that a fact is of.

    Args:
        row: A row of the table `fact`.
        read_at: When it was read, which is no part of a fact.

    Raises:
        StoreError: The row is not one that the store writes.
    """
    try:
        return _placement(row, json.loads(row["more"]), read_at)
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"fact {row.get('pk')} cannot be read ({error}); the store is damaged:"
            " keep it as evidence and `residency restore` a backup"
        ) from error


def _placement(row: Row, more: Mapping[str, Any], read_at: datetime) -> Placement:
    unresolved = more.get("unresolved")
    evidence = Evidence(
        api=row["api"],
        path=row["path"],
        value=row["value"],
        read_at=read_at,
        against=more.get("against", ""),
    )
    return Placement(
        role=Role(row["role"]),
        region=row["region"],
        country=row["country"],
        basis=Basis(row["basis"]),
        evidence=evidence,
        unresolved=Reason(unresolved) if unresolved else None,
        decides_primary=more.get("decides_primary", False),
        writer=more.get("writer", False),
        metadata_only=more.get("metadata_only", False),
        target=more.get("target"),
        failover=_failover(more["failover"], read_at) if "failover" in more else None,
    )


def _failover(told: Mapping[str, Any], read_at: datetime) -> Failover:
    return Failover(
        path=tuple(told["path"]),
        since=moment_of(told["since"]) if told["since"] else None,
        evidence=evidence_of(told["evidence"], read_at),
        explained=told["explained"],
    )


def evidence_of(text: str, read_at: datetime) -> Evidence:
    """Take evidence apart that was written in one line. Raises ValueError where it is none."""
    found = _TOLD.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no evidence")
    return Evidence(
        api=found["api"],
        path=found["path"],
        value=found["value"],
        read_at=read_at,
        against=found["against"] or "",
    )
