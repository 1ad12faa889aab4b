"""The history of one resource: as a timeline on a terminal, and as JSON."""

from datetime import datetime
from typing import Any

from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from residency.cli import words
from residency.cli.show_times import instant, of_moment
from residency.cli.terminal import terminal
from residency.model import Placement
from residency.policy import country_of
from residency.store.reading.history import History, Judged, Placed, Stood
from residency.store.reading.scans import Scanned, Stretch

SCHEMA = "residency/history/v1"
_NOT_SEEN = "not seen, and nothing said that it was gone"


def document(history: History, at: datetime | None) -> dict[str, Any]:
    """Give a history as JSON values, schema `residency/history/v1`."""
    resource = history.resource
    return {
        "schema": SCHEMA,
        "at": instant(at),
        "resource": {
            "id": resource.id,
            "type": resource.type,
            "name": resource.name,
            "subscription_id": resource.subscription_id,
            "resource_group": resource.resource_group,
        },
        "states": [_state(each) for each in history.states],
        "placements": [_place(each) for each in history.places],
    }


def stretch_document(stretch: Stretch) -> dict[str, Any]:
    """Give the scans of a stretch as JSON values."""
    return {
        "from": scan_document(stretch.first),
        "last_seen": scan_document(stretch.last),
        "to": scan_document(stretch.ended),
    }


def scan_document(scan: Scanned | None) -> dict[str, Any] | None:
    """Give a scan with its times as JSON values."""
    if scan is None:
        return None
    return {
        "scan": scan.seq,
        "id": scan.id,
        "started_at": instant(scan.started_at),
        "finished_at": instant(scan.finished_at),
    }


def judged_document(judged: Judged) -> dict[str, Any]:
    """Give what the policy said, and whose it was, as JSON values."""
    return {
        "status": judged.status,
        "severity": judged.severity,
        "reasons": list(judged.reasons),
        "exemptions": list(judged.exemptions),
        "holds": judged.holds,
        "seen": judged.seen,
        "product": judged.attribution.product,
        "customers": list(judged.attribution.customers),
        "environment": judged.attribution.environment,
    }


def place_document(place: Placement) -> dict[str, Any]:
    """Give a place and what proves it as JSON values."""
    return {
        "role": place.role,
        "region": place.region,
        "country": country_of(place),
        "basis": place.basis,
        "evidence": str(place.evidence),
        "unresolved": place.unresolved,
        "failed_over_from": list(place.failover.path) if place.failover else [],
    }


def _state(stood: Stood) -> dict[str, Any]:
    return {**stretch_document(stood.stretch), **judged_document(stood.judged)}


def _place(placed: Placed) -> dict[str, Any]:
    return {**stretch_document(placed.stretch), **place_document(placed.placement)}


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
        lines.append(f"{place.unresolved}: {words.MEANING[place.unresolved]}")
    if place.failover:
        lines.append(f"failed over: {' → '.join((*place.failover.path, place.region))}")
    return Text(where), "\n".join(lines)
