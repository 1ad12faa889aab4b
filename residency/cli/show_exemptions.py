"""Exemptions and declarations on a terminal."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.table import Table
from rich.text import Text

from residency.cli.show_times import of_moment
from residency.cli.terminal import terminal
from residency.documents.times import of_length
from residency.store.reading.lives import DECLARATION, EXEMPTION, Life, Lived

_SIGNS = {
    Life.PLANNED: ("○ planned", "blue"),
    Life.LIVE: ("✔ live", "green"),
    Life.EXPIRING: ("! expiring", "yellow"),
    Life.EXPIRED: ("✖ expired", "red"),
    Life.WITHDRAWN: ("- withdrawn", "dim"),
}


def show_exemptions(lived: Sequence[Lived], zone: str, now: datetime) -> None:
    """Print both, with the times of `zone` beside those in UTC."""
    console = terminal()
    for kind in (EXEMPTION, DECLARATION):
        found = [each for each in lived if each.kind == kind]
        if not found:
            console.print(f"No {kind} is configured, and no scan knew one.")
            continue
        title = f"{kind.title()}s ({len(found)})"
        table = Table(title=title, title_justify="left", expand=True, show_lines=True)
        table.add_column("life", no_wrap=True)
        for name in (kind, "until", "counts for", "of whom, and why"):
            table.add_column(name, overflow="fold")
        for each in found:
            sign, style = _SIGNS[each.life]
            table.add_row(
                Text(sign, style=style),
                "\n".join(_what(each)),
                "\n".join(_until(each, zone, now)),
                "\n".join(_counts(each)),
                "\n".join(_why(each)),
            )
        console.print(table)


def _what(lived: Lived) -> Iterator[str]:
    yield lived.id
    yield from lived.body["resources"]
    yield from lived.body.get("types", ())
    if lived.edited:
        yield "! edited since the last scan"


def _until(lived: Lived, zone: str, now: datetime) -> Iterator[str]:
    yield of_moment(lived.expires, zone)
    if lived.life is Life.EXPIRING:
        yield f"{of_length(lived.expires - now)} left"
    if lived.versions:
        yield f"known to scans since {of_moment(lived.versions[0].stretch.first.finished_at, zone)}"


def _counts(lived: Lived) -> Iterator[str]:
    if lived.matches is None:
        yield "? no scan yet"
        return
    if lived.in_vain:
        yield "! matches nothing that stands"
        return
    yield f"names {lived.matches} resources that stand"
    if lived.idle:
        yield "! needed for none of them"
    elif lived.covers is not None:
        yield f"counted for {lived.covers} in the last scan"


def _why(lived: Lived) -> Iterator[str]:
    body = lived.body
    if lived.kind == EXEMPTION:
        yield ", ".join(body["reasons"])
        yield f"{body['owner']}, {body['ticket']}: {body['why']}"
        if body["instruction"]:
            yield f"instructed by {body['instruction']['customer']}"
    else:
        yield f"{body['country']}, {body['holds']}"
        yield f"{body['owner']}: {body['source']}"
