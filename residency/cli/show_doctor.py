"""What an identity can read, on a terminal: rights, trials, and what to grant."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from residency.cli import words
from residency.cli.terminal import terminal
from residency.errors import AzureError
from residency.scan.advice import (
    grant_command,
    lacks_rights,
    missing_actions,
    refused_though_granted,
    subscription_of,
)
from residency.scan.examined import Examination, Examined, Facet, Rights
from residency.scan.trials import Outcome, Refusal, Trial

_MOST_TYPES = 3
_MOST_NAMED = 12
_MOST_ACTIONS = 60


def show(examination: Examination) -> None:
    """Print an examination."""
    console = terminal()
    console.print(_verdict(examination))
    for examined in examination.subscriptions:
        _subscription(console, examined)
    _could_write(console, examination)
    _what_to_do(console, examination)


def _verdict(examination: Examination) -> Panel:
    whole = sum(each.readable for each in examination.subscriptions)
    of = len(examination.subscriptions)
    if examination.could_write:
        sentence, style = "!! CAN WRITE, or reach content: it must not", "bold red"
    elif examination.readable:
        sentence, style = "✔ every facet can be read, and nothing can be written", "bold green"
    else:
        sentence, style = "? NOT EVERYTHING can be read", "bold yellow"
    text = Text.assemble((sentence, style), f"\n{whole} of {of} subscriptions can be read whole")
    if not examination.has_manifest:
        text.append(
            "\n! the configuration names no subscriptions that must be seen (scope.subscriptions,"
            " scope.management_group): one that is not listed is not missed",
            style="yellow",
        )
    return Panel(text, title="What this identity can read", border_style=style)


def _subscription(console: Console, examined: Examined) -> None:
    coverage = examined.coverage
    state, style = words.of_state(coverage.state, whole=coverage.seen_whole)
    name = _name(examined)
    console.print(Text.assemble("\n", (state, style), f"  {name}  ", (coverage.id, "dim")))
    if coverage.reasons:
        console.print(f"  why: {', '.join(coverage.reasons)}")
    console.print(_rights(examined))
    if examined.could_write:
        console.print(Text(f"  !! CAN WRITE: {_named(_beyond(examined))}", style="bold red"))
    for line in _left_out(examined):
        console.print(Text(f"  ? {line}", style="yellow"))
    _facets(console, examined)


def _rights(examined: Examined) -> Text:
    match examined.rights:
        case Rights(everything=True):
            return Text("  ✔ rights: everything may be read", style="green")
        case Rights(grants=grants):
            granted = [action for grant in grants for action in grant.actions]
            taken = [action for grant in grants for action in grant.not_actions]
            less = f", less {_named(taken)}" if taken else ""
            said = f"  ? rights: only {_named(granted) or 'nothing'}{less}"
            return Text(said, style="yellow")
        case AzureError() as error:
            return Text(f"  ? rights: not known, {error.code}", style="yellow")
        case None:
            return Text("  ? rights: not known, the subscription is not listed", style="yellow")
        case _:
            assert_never(examined.rights)


def _left_out(examined: Examined) -> Iterator[str]:
    match examined.left_out:
        case AzureError() as error:
            yield f"ARM's own list of resources could not be compared: {error.code}"
        case types:
            for name, count in types.items():
                yield f"left out by Resource Graph: {name} ({count})"


def _facets(console: Console, examined: Examined) -> None:
    """Show what is here or lacking; the rest, which is most of the catalogue, by name only."""
    shown = [each for each in examined.facets if each.resources or _is_lacking(each)]
    others = [each.check.id for each in examined.facets if each not in shown]
    if shown:
        table = Table(expand=True)
        table.add_column("check", no_wrap=True)
        for name in ("rights", "tried"):
            table.add_column(name, overflow="fold", ratio=1)
        for facet in shown:
            sign = ("✔ ", "green") if facet.readable else ("? ", "yellow")
            tried = _tried(facet, examined.coverage.id)
            table.add_row(Text.assemble(sign, facet.check.id), _granted(facet), tried)
        console.print(table)
    if others:
        known = isinstance(examined.rights, Rights)
        said = "✔ may be read, nothing of it here" if known else "? not known"
        text = Text(f"{said}: {', '.join(others)}", style="dim" if known else "yellow")
        console.print(Padding(text, (0, 0, 0, 2)))


def _is_lacking(facet: Facet) -> bool:
    return bool(facet.missing or facet.hidden_types) or any(each.is_bad for each in facet.trials)


def _granted(facet: Facet) -> str:
    if facet.missing is None:
        return "not known"
    lines = [f"missing {action}" for action in facet.missing]
    if facet.hidden_types:
        lines.append(f"does not show {_named(facet.hidden_types, _MOST_TYPES)}")
    return "\n".join(lines) or "readable"


def _tried(facet: Facet, subscription_id: str) -> str:
    if not facet.check.reads:
        return "needs the inventory only"
    return "\n".join(_of_trial(trial, subscription_id) for trial in facet.trials)


def _of_trial(trial: Trial, subscription_id: str) -> str:
    match trial.outcome:
        case Outcome.OK:
            return "ok"
        case Outcome.REFUSED | Outcome.FAILED:
            lines = (
                f"{trial.outcome} {_of_refusal(each, subscription_id)}" for each in trial.refusals
            )
            return "\n".join(dict.fromkeys(lines))
        case Outcome.NOTHING_HERE:
            return "nothing of this type here"
        case Outcome.NOTHING_ASKED:
            return "nothing to ask of what is here"
        case _:
            assert_never(trial.outcome)


def _of_refusal(refusal: Refusal, subscription_id: str = "") -> str:
    """Name code, action and place; the subscription only where it is another one."""
    _, marker, below = refusal.path.rpartition("/providers/")
    place = f"…/{below}" if marker else refusal.path
    where = subscription_of(refusal.path)
    beside = f" in {where}" if where not in {subscription_id, ""} else ""
    return " ".join(part for part in (refusal.code, refusal.action, f"at {place}{beside}") if part)


def _could_write(console: Console, examination: Examination) -> None:
    found = [each for each in examination.subscriptions if each.could_write]
    if found:
        lines = [
            "This identity can do more than read where data is. Take these rights from it:",
            *(f"{_name(each)}: {_named(_beyond(each))}" for each in found),
        ]
        console.print(Panel(Text("\n".join(lines)), title="!! CAN WRITE", border_style="bold red"))


def _beyond(examined: Examined) -> Sequence[str]:
    match examined.rights:
        case Rights() as rights:
            content = (f"data action {action}" for action in rights.data_actions)
            return (*rights.beyond_reading, *content)
        case _:
            return ()


def _what_to_do(console: Console, examination: Examination) -> None:
    """Close with the commands, unwrapped, so that they can be copied."""
    if refused := refused_though_granted(examination):
        console.print("\nRefused although it is granted: look for a deny assignment")
        for refusal in refused:
            console.print(f"  {_of_refusal(refusal)}", soft_wrap=True)
    lacking = [each for each in examination.subscriptions if lacks_rights(each)]
    if lacking:
        console.print("\nWhat to grant (a Reader reads everything, and writes nothing):")
    for each in lacking:
        console.print(grant_command(each.coverage.id), soft_wrap=True)
    named = {_name(each): missing_actions(each) for each in lacking}
    if any(named.values()):
        console.print("\nOr in a custom role; only */read shows types that no check knows:")
    for name, actions in named.items():
        if actions:
            console.print(f"  {name}: {_named(actions, _MOST_ACTIONS)}", soft_wrap=True)


def _name(examined: Examined) -> str:
    return examined.coverage.name or examined.coverage.id


def _named(names: Sequence[str], most: int = _MOST_NAMED) -> str:
    left = len(names) - most
    more = f" … and {left} more: --format json has them all" if left > 0 else ""
    return ", ".join(names[:most]) + more
