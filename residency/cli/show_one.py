"""One resource on a terminal, down to its evidence."""

from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from residency.check import load_catalogue
from residency.cli import words
from residency.cli.terminal import terminal
from residency.policy import Judged, JudgedPlacement


def show_one(judged: Judged) -> None:
    """Print one resource: status and reasons, then each placement with what proves it."""
    console = terminal()
    judgement = judged.judgement
    sign, style = words.of_status(judgement.status, judgement.severity)
    why = words.why(judgement.reasons)
    if judgement.exemptions:
        why = "\n".join((why, f"covered by {', '.join(judgement.exemptions)}")).strip()
    owner = words.of_owner(judged.attribution)
    text = Text.assemble((sign, style), "\n", *([why, "\n"] if why else []), (owner, "dim"))
    console.print(Panel(text, title=Text(judged.resource.id), border_style=style))
    table = Table(expand=True, show_lines=True)
    for name in ("role", "region", "zone", "basis", "evidence", "read at"):
        table.add_column(name, overflow="fold")
    for each in judgement.placements:
        table.add_row(*_placement(each))
    console.print(table)
    check = load_catalogue().check_for(judged.resource.type)
    if check is not None:
        console.print(f"check {check.id}: {check.title}")
        for page in check.docs:
            console.print(f"  {page}", style="dim")


def _placement(judged: JudgedPlacement) -> tuple[str, ...]:
    place = judged.placement
    evidence = str(place.evidence)
    if place.failover:
        evidence += f"\nfailed over: {' → '.join((*place.failover.path, place.region))}"
        evidence += f", since {words.of_time(place.failover.since)}" if place.failover.since else ""
        evidence += f" ({place.failover.evidence})"
    return (
        place.role,
        f"{place.region} {judged.country or ''}".strip(),
        judged.zone if place.unresolved is None else f"{judged.zone}: {place.unresolved}",
        place.basis,
        evidence,
        words.of_time(place.evidence.read_at),
    )
