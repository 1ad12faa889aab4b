"""A scan on a terminal: the verdict, what was seen, what is wrong and why, what to fix first."""

from collections import Counter
from collections.abc import Iterable

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from residency.cli import words
from residency.cli.terminal import terminal
from residency.model import Reason, Severity, Status
from residency.policy import INSTRUCTED, Judged
from residency.scan import Scan

_MOST_ROWS = 60
_RANK = (*Severity, None)


def show(scan: Scan, *, everything: bool = False) -> None:
    """Print a scan."""
    console = terminal()
    console.print(_verdict(scan))
    console.print(_subscriptions(scan))
    for status in (Status.VIOLATION, Status.FALLBACK, Status.EXEMPT):
        _resources(console, scan, status)
    _instructed(console, scan)
    _unknown(console, scan)
    _unseen(console, scan)
    if everything:
        _resources(console, scan, Status.COMPLIANT)
    _what_to_fix(console, scan)


def _verdict(scan: Scan) -> Panel:
    sentence, style = words.of_verdict(scan.verdict)
    text = Text(sentence, style=style)
    total = len(scan.judged) + len(scan.unseen)
    text.append(f"\n{total} resources: ", style="default")
    parts = [f"{count} {status}" for status, count in scan.counts.items()]
    text.append(", ".join(parts), style="default")
    seconds = (scan.finished_at - scan.started_at).total_seconds()
    text.append(f"\n{words.of_time(scan.finished_at)}, in {seconds:.1f} s", style="dim")
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
    table.add_column("status", no_wrap=True)
    table.add_column("resource", overflow="fold", ratio=1)
    table.add_column("where, and why", overflow="fold", ratio=1)
    for each in wanted[:_MOST_ROWS]:
        table.add_row(*_row(each))
    console.print(table)
    if len(wanted) > _MOST_ROWS:
        console.print(f"… and {len(wanted) - _MOST_ROWS} more: --format json has them all")


def _row(judged: Judged) -> tuple[Text, ...]:
    judgement = judged.judgement
    sign, style = words.of_status(judgement.status, judgement.severity)
    why = words.why(judgement.reasons)
    if judgement.exemptions:
        why = "\n".join((why, f"covered by {', '.join(judgement.exemptions)}")).strip()
    where = "\n".join(words.where_wrong(judgement.placements))
    return (
        Text(sign, style=style),
        Text.assemble(_name(judged), "\n", (words.of_owner(judged.attribution), "dim")),
        Text.assemble((where, "bold"), "\n", why),
    )


def _instructed(console: Console, scan: Scan) -> None:
    """List the exports that customers asked for, whatever the status of what sends them."""
    senders = [
        (each, name)
        for each in scan.judged
        for name in each.judgement.exemptions
        if name.startswith(INSTRUCTED)
    ]
    if senders:
        table = Table(title=f"Instructed exports ({len(senders)})", title_justify="left")
        for name in ("resource", "to", "instruction"):
            table.add_column(name, overflow="fold")
        for each, name in senders:
            targets = words.exports(each.judgement.placements)
            table.add_row(_name(each), Text("\n".join(targets)), name.removeprefix(INSTRUCTED))
        console.print(table)


def _name(judged: Judged) -> Text:
    resource = judged.resource
    return Text.assemble(words.of_resource(resource), "\n", (words.of_type(resource.type), "dim"))


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


def _unseen(console: Console, scan: Scan) -> None:
    """List what stood before and is not seen: nothing says that it is gone."""
    if not scan.unseen:
        return
    table = Table(title=f"? Not seen any more ({len(scan.unseen)})", title_justify="left")
    for name in ("resource", "type"):
        table.add_column(name, overflow="fold")
    for each in scan.unseen[:_MOST_ROWS]:
        table.add_row(each.name, each.type)
    console.print(table)
    if len(scan.unseen) > _MOST_ROWS:
        console.print(f"… and {len(scan.unseen) - _MOST_ROWS} more: --format json has them all")


def _unknown_row(judged: Judged) -> tuple[Text, ...]:
    evidence = dict.fromkeys(
        f"{each.placement.role}: {words.of_evidence(each.placement.evidence)}"
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
    lines = [*_notes(scan), *_grants(scan)]
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
        if reason.startswith("resources-unseen"):
            yield (
                f"{reason.partition(': ')[2]} are not seen any more, and Azure does not say that"
                " they are gone: see whether this identity still has Reader on them"
            )
            continue
        yield advice.get(reason, reason)
    if unassigned := sum(each.attribution.unassigned for each in scan.judged):
        yield f"{unassigned} resources are unassigned: tag them, or add a rule to estate.products"


def _grants(scan: Scan) -> Iterable[str]:
    names = {entry.id: entry.name or entry.id for entry in scan.coverage}
    facets = Counter(
        (each.resource.subscription_id, place.placement.evidence.value)
        for each in scan.judged
        for place in each.judgement.placements
        if place.placement.unresolved is Reason.FACET_UNREADABLE
    )
    for (subscription_id, said), count in facets.most_common(5):
        where = names.get(subscription_id, subscription_id)
        facet = "1 facet" if count == 1 else f"{count} facets"
        action = said.partition(", needs ")[2]
        if action:
            yield f"grant {action} on {where}: makes {facet} readable"
        else:
            yield f"find out what keeps {facet} of {where} from being read: {said}"
