"""The history of one resource as a timeline on a terminal."""

from datetime import datetime

from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from residency.cli import words
from residency.cli.show_times import of_moment
from residency.cli.terminal import terminal
from residency.documents.meaning import MEANING
from residency.model import Placement
from residency.policy import country_of
from residency.store.reading.history import History, Judged

_NOT_SEEN = "not seen, and nothing said that it was gone"


def show_history(history: History, zone: str, at: datetime | None) -> None:
    """Print a history as a timeline, with the times of `zone` beside those in UTC."""
    console = terminal()
    resource = history.resource
    told = f"{words.of_type(resource.type)}\n{_whether_there(history, zone, at)}"
    console.print(Panel(told, title=Text(resource.id)))
    if history.states:
        show_timeline(history, zone)


def show_timeline(history: History, zone: str) -> None:
    """Print how a resource was judged and where it stood, oldest first."""
    console = terminal()
    table = Table(expand=True, show_lines=True)
    for name in ("from", "until", "what", "why, and how that is known"):
        table.add_column(name, overflow="fold")
    rows = [
        *((each.stretch, 0, _of_state(each.judged)) for each in history.states),
        *((each.stretch, 1, _of_place(each.placement)) for each in history.places),
    ]
    rows.sort(key=lambda row: (row[0].first.seq, row[1]))
    for stretch, _, (what, why) in rows:
        until = of_moment(stretch.ended.finished_at, zone) if stretch.ended else "still so"
        table.add_row(of_moment(stretch.first.finished_at, zone), until, what, why)
    console.print(table)
    console.print(
        "Times are the ends of the scans that found it so, and found it otherwise;"
        " it changed at some time since the scan before.",
        style="dim",
    )


def _whether_there(history: History, zone: str, at: datetime | None) -> str:
    if at is not None and not history.states:
        return f"nothing of it stood at {of_moment(at, zone)}"
    if at is not None:
        return f"as the last scan before {of_moment(at, zone)} found it"
    if not history.states:
        return "the evidence of the time in which it stood was given up"
    ended = history.states[-1].stretch.ended
    return f"not there any more since {of_moment(ended.finished_at, zone)}" if ended else "there"


def _of_state(judged: Judged) -> tuple[Text, str]:
    sign, style = words.of_status(judged.status, judged.severity)
    why = words.why(judged.reasons) if judged.seen else _NOT_SEEN
    covered = f"covered by {', '.join(judged.exemptions)}" if judged.exemptions else ""
    owner = words.of_owner(judged.attribution)
    return Text(sign, style=style), "\n".join(part for part in (why, covered, owner) if part)


def _of_place(place: Placement) -> tuple[Text, str]:
    country = country_of(place)
    where = f"{place.role} {place.region}" + (f" ({country})" if country else "")
    how = "" if place.basis == "observed" else f"{place.basis}: "
    lines = [f"{how}{place.evidence}"]
    if place.unresolved:
        lines.append(f"{place.unresolved}: {MEANING[place.unresolved]}")
    if place.failover:
        lines.append(f"failed over: {' → '.join((*place.failover.path, place.region))}")
    return Text(where), "\n".join(lines)
