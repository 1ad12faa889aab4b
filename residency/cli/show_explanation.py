"""One resource on a terminal, down to its evidence: as recorded, as Azure says, or both."""

from collections.abc import Iterator
from datetime import datetime

from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from residency import clock
from residency.check import load_catalogue
from residency.cli import words
from residency.cli.show_episodes import show_episodes
from residency.cli.show_events import show_lines
from residency.cli.show_history import show_timeline
from residency.cli.show_one import show_one
from residency.cli.show_times import of_moment
from residency.cli.terminal import terminal
from residency.documents.explanation import Explanation, Recorded
from residency.documents.times import of_length
from residency.policy import country_of
from residency.settings import Settings
from residency.settings.values import expiry
from residency.store.reading.explained import Explained
from residency.store.reading.history import Judged


def show(explanation: Explanation, settings: Settings) -> None:
    """Print an explanation, with the times of `report.timezone` beside those in UTC."""
    zone = settings.report.timezone
    console = terminal()
    if explanation.asked:
        if explanation.found:
            show_one(explanation.found)
        _say(f"! {each}" for each in explanation.unread)
        if explanation.recorded is None:
            _say(["Azure was read just now; no scan of it is recorded."])
            return
        told = explanation.differs
        same = "As recorded by the last scan."
        _say([*(f"! {each}" for each in told)] if told else [same])
    if explanation.recorded is not None:
        console.print(_headed(explanation.recorded, zone))
        if not explanation.asked:
            console.print(_placed(explanation.recorded, zone))
            _rule(explanation.recorded.explained, zone)
        _past(explanation.recorded.explained, zone)


def _say(lines: Iterator[str] | list[str]) -> None:
    console = terminal()
    for line in lines:
        console.print(Text(line))


def _headed(recorded: Recorded, zone: str) -> Panel:
    """Give how it stands by the last scan, since when, and what to know of that."""
    explained = recorded.explained
    stood, scan = explained.stood, explained.scan
    age = of_length(clock.now() - scan.finished_at)
    text = Text()
    style = "dim"
    if stood is not None and recorded.judged is not None:
        sign, style = words.of_status(recorded.judged.status, recorded.judged.severity)
        text.append(f"{sign}\n", style)
        text.append("".join(f"{line}\n" for line in _why(recorded.judged)))
        text.append(f"so since {_since(stood.stretch.first.finished_at, zone)}\n")
        text.append(f"{words.of_owner(stood.judged.attribution)}\n", "dim")
    ended = of_moment(scan.finished_at, zone)
    text.append(f"as recorded by scan {scan.seq}, which ended {ended}, {age} ago")
    for each in recorded.notices:
        text.append(f"\n! {each}", "yellow")
    return Panel(text, title=Text(explained.resource.id), border_style=style)


def _since(moment: datetime, zone: str) -> str:
    return f"the scan that ended {of_moment(moment, zone)}"


def _why(judged: Judged) -> Iterator[str]:
    yield from words.why(judged.reasons).splitlines()
    if judged.exemptions:
        yield f"covered by {', '.join(judged.exemptions)}"


def _placed(recorded: Recorded, zone: str) -> Table:
    table = Table(expand=True, show_lines=True)
    for name in ("role", "region", "zone", "basis", "evidence", "read at", "so since"):
        table.add_column(name, overflow="fold")
    places = zip(recorded.explained.places, recorded.zones, recorded.read_at, strict=True)
    for each, stands, read_at in places:
        place = each.placement
        evidence = str(place.evidence)
        if place.failover:
            evidence += f"\nfailed over: {' → '.join((*place.failover.path, place.region))}"
        table.add_row(
            place.role,
            f"{place.region} {country_of(place) or ''}".strip(),
            stands if place.unresolved is None else f"{stands}: {place.unresolved}",
            place.basis,
            evidence,
            of_moment(read_at, zone),
            of_moment(each.stretch.first.finished_at, zone),
        )
    return table


def _rule(explained: Explained, zone: str) -> None:
    """Print what judged it: the check that placed it, the policies, and the exemptions."""
    check = load_catalogue().check_for(explained.resource.type)
    if check is not None:
        _say([f"check {check.id}: {check.title}", *(f"  {page}" for page in check.docs)])
    for each in explained.policies:
        lists = (f"{name} {', '.join(each.body[name]) or '-'}" for name in _LISTS)
        since = of_moment(each.stretch.first.finished_at, zone)
        _say([f"policy {each.id} (judges since {since}): {'; '.join(lists)}"])
    _say([f"  of configuration {explained.policy_sha256}"])
    counted = explained.judged.exemptions if explained.judged else ()
    for each in explained.exemptions:
        expires = expiry(each.body["expires"])
        state = "expired" if clock.now() > expires else "until"
        counts = "counts" if each.id in counted else "names it, and is not needed"
        _say([f"exemption {each.id}: {counts}, {state} {of_moment(expires, zone)}"])


_LISTS = ("primary", "failover", "exceptional", "standing_copies")


def _past(explained: Explained, zone: str) -> None:
    show_timeline(explained.history, zone)
    if explained.episodes:
        show_episodes(explained.episodes, zone)
    if explained.events:
        _say(["Events"])
        show_lines(explained.events, zone)
