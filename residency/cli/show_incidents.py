"""Incidents on a terminal."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from residency.cli.show_times import of_moment
from residency.cli.terminal import terminal
from residency.store.reading.failovers import Told
from residency.store.reading.seen import Acknowledged


def of_acknowledged(acknowledged: Acknowledged | None, zone: str) -> str:
    """Say in words who saw something, and when."""
    if acknowledged is None:
        return "not yet"
    return f"by {acknowledged.by_role}, {of_moment(acknowledged.at, zone)}"


def show_incidents(incidents: Sequence[Told], zone: str) -> None:
    """Print incidents, oldest first, with the times of `zone` beside those in UTC."""
    console = terminal()
    if not incidents:
        console.print("No such incident is remembered.")
        return
    table = Table(title=f"Incidents ({len(incidents)})", title_justify="left", show_lines=True)
    table.add_column("state", no_wrap=True)
    for name in ("incident", "zone", "from", "until", "products", "acknowledged"):
        table.add_column(name, overflow="fold")
    for name in ("episodes", "customers"):
        table.add_column(name, justify="right")
    for each in incidents:
        table.add_row(*_row(each, zone))
    console.print(table)


def _row(told: Told, zone: str) -> tuple[Text | str, ...]:
    incident = told.incident
    worse = incident.worst_zone is not incident.zone
    return (
        Text("↷ open", style="cyan") if told.open else Text("✔ ended", style="green"),
        incident.id,
        f"{incident.zone}, then {incident.worst_zone}" if worse else incident.zone,
        of_moment(incident.started_at, zone),
        of_moment(incident.ended_at, zone),
        ", ".join(told.products) or "unassigned",
        of_acknowledged(told.acknowledged, zone),
        str(len(incident.episode_ids)),
        str(len(told.customers)),
    )
