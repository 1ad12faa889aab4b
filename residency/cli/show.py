"""A scan on a terminal: the verdict, what was seen, what is wrong and why, what to fix first."""

from collections import Counter
from collections.abc import Iterable

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from residency.cli import words
from residency.model import Reason, Severity, Status
from residency.policy import Judged
from residency.scan import Scan

_MOST_ROWS = 60
_RANK = (*Severity, None)


def show(scan: Scan, *, everything: bool = False) -> None:
    """Print a scan."""
    console = Console(highlight=False)
    console.print(_verdict(scan))
    console.print(_subscriptions(scan))
    for status in (Status.VIOLATION, Status.FALLBACK, Status.EXEMPT):
        _resources(console, scan, status)
    _unknown(console, scan)
    if everything:
        _resources(console, scan, Status.COMPLIANT)
    _what_to_fix(console, scan)


def _verdict(scan: Scan) -> Panel:
    sentence, style = words.of_verdict(scan.verdict)
    text = Text(sentence, style=style)
    text.append(f"\n{len(scan.judged)} resources: ", style="default")
    parts = [f"{count} {status}" for status, count in scan.counts.items()]
    text.append(", ".join(parts), style="default")
    seconds = (scan.finished_at - scan.started_at).total_seconds()
    text.append(
        f"\n{scan.finished_at:%Y-%m-%d %H:%M:%S} UTC"
        f" ({scan.finished_at.astimezone():%H:%M:%S %Z}), in {seconds:.1f} s",
        style="dim",
    )
    return Panel(text, title="Where the data is", border_style=style)


def _subscriptions(scan: Scan) -> Table:
    table = Table(title="Subscriptions", title_justify="left", expand=True)
    for name in ("state", "subscription", "why"):
        table.add_column(name, overflow="fold")
    table.add_column("resources", justify="right")
    for entry in scan.coverage:
        state, style = words.of_state(entry.state, whole=entry.seen_whole)
        why = ", ".join(entry.reasons)
        table.add_row(Text(state, style=style), entry.name or entry.id, why, str(entry.resources))
    return table


def _resources(console: Console, scan: Scan, status: Status) -> None:
    wanted = [each for each in scan.judged if each.judgement.status is status]
    if not wanted:
        return
    wanted.sort(key=lambda each: (_RANK.index(each.judgement.severity), each.resource.id))
    table = Table(
        title=f"{words.of_status(status)[0].title()} ({len(wanted)})",
        title_justify="left",
        expand=True,
        show_lines=True,
    )
    for name in ("status", "resource", "where", "why", "whose"):
        table.add_column(name, overflow="fold")
    for each in wanted[:_MOST_ROWS]:
        table.add_row(*row(each))
    console.print(table)
    if len(wanted) > _MOST_ROWS:
        console.print(f"… and {len(wanted) - _MOST_ROWS} more: --format json has them all")


def row(judged: Judged) -> tuple[Text, ...]:
    """Give a judged resource as the cells of a table: status, name, where, why, whose."""
    judgement, attribution = judged.judgement, judged.attribution
    sign, style = words.of_status(judgement.status, judgement.severity)
    whose = [attribution.product or "", ", ".join(attribution.customers), attribution.environment]
    if attribution.unassigned:
        whose = ["unassigned", attribution.environment]
    reasons = words.why(judgement.reasons)
    if judgement.exemptions:
        reasons += f"\nexempt by {', '.join(judgement.exemptions)}"
    return (
        Text(sign, style=style),
        _name(judged),
        Text("\n".join(words.where_wrong(judgement.placements))),
        Text(reasons),
        Text("\n".join(line for line in whose if line)),
    )


def _name(judged: Judged) -> Text:
    resource = judged.resource
    return Text.assemble(words.of_resource(resource), "\n", (resource.type, "dim"))


def _unknown(console: Console, scan: Scan) -> None:
    """What is not known, in one table: types that no check knows, and what could not be read."""
    unknown = [
        each
        for each in scan.judged
        if each.judgement.status is Status.UNKNOWN and each.holds is not None
    ]
    if scan.unknown_types:
        table = Table(title="? Types that no check knows", title_justify="left")
        table.add_column("type")
        table.add_column("resources", justify="right")
        for name, count in scan.unknown_types.items():
            table.add_row(name, str(count))
        console.print(table)
    if unknown:
        table = Table(
            title=f"? Unknown ({len(unknown)})",
            title_justify="left",
            expand=True,
            show_lines=True,
        )
        for name in ("resource", "what was read", "why"):
            table.add_column(name, overflow="fold")
        for each in unknown[:_MOST_ROWS]:
            table.add_row(*_unknown_row(each))
        console.print(table)
        if len(unknown) > _MOST_ROWS:
            console.print(f"… and {len(unknown) - _MOST_ROWS} more: --format json has them all")


def _unknown_row(judged: Judged) -> tuple[Text, ...]:
    evidence = dict.fromkeys(
        str(each.placement.evidence)
        for each in judged.judgement.placements
        if each.placement.unresolved
    )
    return (
        _name(judged),
        Text("\n".join(evidence)),
        Text(words.why(judged.judgement.reasons)),
    )


def _what_to_fix(console: Console, scan: Scan) -> None:
    """Close with what would make the most known."""
    lines = [*_notes(scan), *_grants(scan.judged)]
    if lines:
        console.print(Panel("\n".join(f"• {line}" for line in lines), title="What to fix first"))


def _notes(scan: Scan) -> Iterable[str]:
    advice = {
        "no-manifest": "name the subscriptions that must be seen (scope.subscriptions, or"
        " scope.management_group): without them nothing can be proven; `residency init` does it",
        "subscription-unreadable": "grant Reader on each subscription that is unreadable above",
        "subscription-missing": "find out why a subscription of the manifest is not listed:"
        " removed, moved to another tenant, or no rights",
        "subscription-partial": "grant */read at the scope of each subscription that is partial",
    }
    for reason in scan.reasons:
        yield advice.get(reason, reason)
    if unassigned := sum(each.attribution.unassigned for each in scan.judged):
        yield f"{unassigned} resources are unassigned: tag them, or add a rule to estate.products"


def _grants(judged: Iterable[Judged]) -> Iterable[str]:
    facets = Counter(
        (each.resource.subscription_id, place.placement.evidence.value)
        for each in judged
        for place in each.judgement.placements
        if place.placement.unresolved is Reason.FACET_UNREADABLE
    )
    for (subscription_id, said), count in facets.most_common(5):
        action = said.partition(", needs ")[2]
        grant = f"grant {action} on subscription {subscription_id}" if action else said
        facet = "facet" if count == 1 else "facets"
        yield (
            f"{grant}: makes {count} {facet} readable"
            if action
            else (f"{count} {facet} of subscription {subscription_id} could not be read: {grant}")
        )
