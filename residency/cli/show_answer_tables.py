"""The tables that one customer's answer rests on."""

from collections.abc import Iterator
from datetime import datetime

from rich.table import Table

from residency.cli.show_answer_words import Words
from residency.cli.show_times import of_moment
from residency.store.reading.answer import Answer
from residency.store.reading.moves import FailedOver, Moved
from residency.store.reading.operations import Touched
from residency.store.reading.where import Where


def tables(answer: Answer, words: Words, zone: str) -> Iterator[Table]:
    """Give the tables that have rows."""
    if answer.moved:
        rows = [_moved(each, words, zone) for each in answer.moved]
        yield _table(words, "moves", ("when", "resource", "what", "evidence"), rows)
    if answer.failovers:
        rows = [_failed_over(each, words, zone) for each in answer.failovers]
        yield _table(words, "failovers", ("when", "resource", "what", "cause"), rows)
    if answer.touched:
        rows = [_touched(each, words, zone) for each in answer.touched]
        yield _table(words, "operations", ("when", "resource", "what"), rows)
    if answer.where:
        columns = ("role", "region", "country", "basis", "resources", "unassigned")
        yield _table(words, "where", columns, [_where(each, words) for each in answer.where])


def _table(
    words: Words, title: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]
) -> Table:
    table = Table(title=words.headings[title], title_justify="left", show_lines=True)
    for name in columns:
        table.add_column(words.headings[name], overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _between(after: datetime | None, by: datetime, words: Words, zone: str) -> str:
    known = after is not None and after < by
    text = words.headings["between" if known else "by"]
    return text.format(after=of_moment(after, zone), by=of_moment(by, zone))


def _moved(moved: Moved, words: Words, zone: str) -> tuple[str, ...]:
    if moved.left and moved.came:
        what = f"{moved.left} → {moved.came}"
    elif moved.came:
        what = words.headings["new"].format(came=moved.came)
    else:
        what = words.headings["gone"].format(left=moved.left)
    return (
        _between(moved.after, moved.by, words, zone),
        moved.resource or f"{moved.resource_type} {words.headings['nobody']}",
        f"{words.of(moved.role)}: {what}",
        "\n".join((*moved.evidence_before, *moved.evidence_after)),
    )


def _failed_over(told: FailedOver, words: Words, zone: str) -> tuple[str, ...]:
    ends = (
        _between(told.ended_after, told.ended_at, words, zone)
        if told.ended_at
        else words.headings["open"]
    )
    nobody = f"{told.resource_type} {words.headings['nobody']}"
    return (
        f"{_between(told.started_after, told.started_at, words, zone)}\n→ {ends}",
        "\n".join(told.resources) or nobody,
        " → ".join(told.path),
        f"{words.of(told.cause)} ({words.of(told.cause_basis)}), {words.of(told.reason)}",
    )


def _touched(told: Touched, words: Words, zone: str) -> tuple[str, ...]:
    ended = f"\n→ {of_moment(told.ended_at, zone)}" if told.ended_at else ""
    return (
        f"{of_moment(told.started_at, zone)}{ended}",
        "\n".join(told.resources) or words.headings["nobody"],
        (
            f"{words.of(told.meaning)}, {words.of(told.outcome)}, {words.of(told.by)}"
            f"\n{told.operation}"
        ),
    )


def _where(where: Where, words: Words) -> tuple[str, ...]:
    return (
        words.of(where.role),
        where.region,
        where.country or "?",
        words.of(where.basis),
        str(where.resources),
        str(where.unassigned),
    )
