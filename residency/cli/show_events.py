"""Events: as a table or as lines on a terminal, and as JSON, a line each."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import typer
from rich.table import Table
from rich.text import Text

from residency.cli.show_incidents import of_acknowledged
from residency.cli.show_times import of_moment
from residency.cli.terminal import terminal
from residency.documents.events import document
from residency.policy import country_of
from residency.store import EventKind
from residency.store.reading.events import Happened, Side

_BAD = frozenset(
    {
        EventKind.VIOLATION_OPENED,
        EventKind.SUBSCRIPTION_LOST,
        EventKind.FAILOVER_ORDER_SKIPPED,
        EventKind.FAILOVER_UNTRACED,
    }
)
_GOOD = frozenset(
    {EventKind.VIOLATION_CLOSED, EventKind.SUBSCRIPTION_BACK, EventKind.FAILOVER_CLOSED}
)


def write_lines(events: Iterable[Happened]) -> None:
    """Write events as JSON in ASCII, a line each: a terminal obeys none of it."""
    for each in events:
        typer.echo(json.dumps(document(each)).replace("\x7f", "\\u007f"))


def show_lines(events: Iterable[Happened], zone: str) -> None:
    """Print each event on a line of its own."""
    console = terminal()
    for each in events:
        sign, style = _sign(each.kind)
        when = of_moment(each.scan.finished_at, zone)
        console.print(
            Text.assemble(
                f"{each.seq} {when} ", (f"{sign} {each.kind}", style), f" {each.subject}"
            ),
            Text(f" {_what(each)}"),
            soft_wrap=True,
        )


def show_events(events: Sequence[Happened], zone: str) -> None:
    """Print events, oldest first, with the times of `zone` beside those in UTC."""
    console = terminal()
    if not events:
        console.print("No such event is remembered.")
        return
    table = Table(title=f"Events ({len(events)})", title_justify="left", expand=True)
    table.add_column("no.", justify="right", no_wrap=True)
    table.add_column("found by the scan that ended", overflow="fold")
    table.add_column("event", no_wrap=True)
    for name in ("of", "what", "acknowledged"):
        table.add_column(name, overflow="fold")
    for each in events:
        sign, style = _sign(each.kind)
        table.add_row(
            str(each.seq),
            of_moment(each.scan.finished_at, zone),
            Text(f"{sign} {each.kind}", style=style),
            each.subject,
            _what(each),
            of_acknowledged(each.acknowledged, zone),
        )
    console.print(table)


def _sign(kind: EventKind) -> tuple[str, str]:
    if kind in _BAD:
        return "✖", "red"
    return ("✔", "green") if kind in _GOOD else ("•", "default")


def _what(event: Happened) -> str:
    """Say in a few words what was before, and what is now."""
    told = event.after.told
    if event.kind is EventKind.PLACEMENT_MOVED:
        return f"{told['role']} {told['from']} → {told['to']}"
    if "region" in told:
        return f"{told['role']} {told['region']}"
    if "path" in told:
        return " → ".join(told["path"])
    if "told" in told:
        return str(told["told"])
    if event.kind is EventKind.TYPE_FIRST_SEEN:
        return "no scan saw this type before"
    return f"{_of_side(event.before)} → {_of_side(event.after)}"


def _of_side(side: Side) -> str:
    if side.judged is None:
        return str(side.told.get("state", "nothing" if not side.told else _short(side.told)))
    where = dict.fromkeys(
        f"{each.role} {each.region}" + (f" ({country})" if (country := country_of(each)) else "")
        for each in side.places
    )
    return " ".join([side.judged.status, *([f"({', '.join(where)})"] if where else [])])


def _short(told: Mapping[str, Any]) -> str:
    return ", ".join(f"{told[name]}" for name in ("why", "ticket", "expires") if name in told)
