"""What the activity log names that concerns where one customer's data is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from residency.model import Operation
from residency.store.episodes.kept import read_back
from residency.store.reading.concern import Concerned
from residency.store.reading.spans import Spans
from residency.store.reading.withheld import Withheld


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """One operation, by a person or a program; who it was is never kept.

    Attributes:
        resources: This customer's resources that it was on, above or below; empty where it
            concerns only what nothing says of whose it is.
    """

    operation: str
    meaning: str
    resources: tuple[str, ...]
    started_at: datetime
    ended_at: datetime | None
    outcome: str
    by: str


def touches_of(
    connection: Connection,
    found: Sequence[Concerned],
    spans: Spans,
    kept: Withheld,
) -> tuple[Touched, ...]:
    """Give the operations that ran at some time of what is asked for, by their beginning."""
    by_id = {each.resource.id: each for each in found}
    told: list[Touched] = []
    for each in sorted(read_back(connection, Operation), key=lambda each: each.started_at):
        ended = each.ended_at or each.started_at
        own = [one for one in _on(each, by_id) if spans.concern(one, each.started_at, ended)]
        if own:
            told.append(_touched(each, own, kept))
    return tuple(told)


def _on(operation: Operation, by_id: Mapping[str, Concerned]) -> Iterator[Concerned]:
    """Give what an operation was on: a resource, what lies above it, or what lies beneath it."""
    parts = operation.resource_id.split("/")
    above = ("/".join(parts[:end]) for end in range(1, len(parts) + 1))
    yield from (by_id[name] for name in above if name in by_id)
    beneath = f"{operation.resource_id}/"
    yield from (each for name, each in by_id.items() if name.startswith(beneath))


def _touched(operation: Operation, own: Sequence[Concerned], kept: Withheld) -> Touched:
    return Touched(
        operation=operation.name,
        meaning=operation.meaning,
        resources=tuple(kept.text(each.resource.id) for each in own if each.assigned),
        started_at=operation.started_at,
        ended_at=operation.ended_at,
        outcome=operation.outcome,
        by=operation.by,
    )
