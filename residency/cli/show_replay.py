"""What another policy would have found: as a table on a terminal, and as JSON."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from residency.cli import words
from residency.cli.show_times import of_moment
from residency.cli.terminal import terminal
from residency.documents.history import judged_document, stretch_document
from residency.documents.times import instant
from residency.model import Reason, Severity, Status
from residency.policy import Judgement
from residency.store.reading.coverage import Silence
from residency.store.reading.replayed import Differed, Replayed

SCHEMA = "residency/replay/v1"
_MOST_ROWS = 200
_MOST_SILENT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """What was asked: the file that judged, the month, and when nothing was recorded in it."""

    policy: str
    policy_sha256: str
    month: str
    zone: str
    silent: Sequence[Silence]


def document(replayed: Replayed, title: Title) -> dict[str, Any]:
    """Give what was found as JSON values, schema `residency/replay/v1`."""
    certain = [each for each in replayed.differed if each.certain]
    return {
        "schema": SCHEMA,
        "policy_file": title.policy,
        "policy_sha256": title.policy_sha256,
        "month": title.month,
        "scans": len(replayed.scans),
        "resources": replayed.resources,
        "not_seen": replayed.unseen,
        "differences": [_entry(each) for each in certain],
        "undetermined": [_entry(each) for each in replayed.differed if not each.certain],
        "rules_by_tags": list(replayed.other.by_tags),
        "unknown_customers": list(replayed.other.unknown_customers),
        "not_recorded": [
            {"since": instant(each.since), "until": instant(each.until), "why": each.why}
            for each in title.silent
        ],
    }


def _entry(differed: Differed) -> dict[str, Any]:
    return {
        "resource_id": differed.resource.id,
        "resource_type": differed.resource.type,
        **stretch_document(differed.stretch),
        "recorded": judged_document(differed.recorded),
        "other": [_judgement(each) for each in _different(differed.possible)],
    }


def _different(possible: Sequence[Judgement]) -> Iterator[Judgement]:
    """Give what may be, once each."""
    known: set[tuple[object, ...]] = set()
    for each in possible:
        told = (each.status, each.severity, each.reasons)
        if told not in known:
            known.add(told)
            yield each


def _judgement(judgement: Judgement) -> dict[str, Any]:
    return {
        "status": judgement.status,
        "severity": judgement.severity,
        "reasons": list(judgement.reasons),
        "exemptions": list(judgement.exemptions),
    }


def show_replay(replayed: Replayed, title: Title) -> None:
    """Print what would have been otherwise, and what cannot be told."""
    console = terminal()
    console.print(Panel("\n".join(_summary(replayed, title)), title=f"Replay of {title.month}"))
    for certain, name in ((True, "Would have had another status"), (False, "Cannot be told")):
        found = [each for each in replayed.differed if each.certain is certain]
        if not found:
            continue
        table = Table(title=f"{name} ({len(found)})", title_justify="left", show_lines=True)
        for column in ("resource", "from", "until", "recorded", "by the other policy"):
            table.add_column(column, overflow="fold")
        for each in found[:_MOST_ROWS]:
            table.add_row(*_row(each, title.zone))
        console.print(table)
        if len(found) > _MOST_ROWS:
            console.print(f"… and {len(found) - _MOST_ROWS} more: --format json has them all")


def _summary(replayed: Replayed, title: Title) -> Iterator[str]:
    certain = [each for each in replayed.differed if each.certain]
    names = {each.resource.id for each in certain}
    yield f"{title.policy} on {len(replayed.scans)} scans of {replayed.resources} resources"
    yield f"{len(names)} resources would have had another status"
    turned = Counter((each.recorded.status, each.possible[0].status) for each in certain)
    for (before, after), count in turned.most_common():
        yield f"  {before} → {after}: {count}"
    if replayed.unseen:
        yield f"? {replayed.unseen} were not seen in some scans: unknown under any policy"
    if replayed.other.by_tags:
        rules = ", ".join(replayed.other.by_tags)
        yield f"? rules by tags, which are not remembered: {rules}"
    if replayed.other.unknown_customers:
        names_of = ", ".join(replayed.other.unknown_customers)
        yield f"? customers that it does not know, judged by its default policy: {names_of}"
    for each in title.silent[:_MOST_SILENT]:
        since, until = of_moment(each.since, title.zone), of_moment(each.until, title.zone)
        yield f"? nothing is recorded from {since} to {until} ({each.why})"
    if more := len(title.silent[_MOST_SILENT:]):
        yield f"? … and {more} more times: --format json has them all"


def _row(differed: Differed, zone: str) -> tuple[Text | str, ...]:
    ended = differed.stretch.ended
    judged = differed.recorded
    return (
        differed.resource.id,
        of_moment(differed.stretch.first.finished_at, zone),
        of_moment(ended.finished_at, zone) if ended else "the month's last scan",
        _said(judged.status, judged.severity, judged.reasons),
        Text("\nor ").join(
            _said(each.status, each.severity, each.reasons)
            for each in _different(differed.possible)
        ),
    )


def _said(status: Status, severity: Severity | None, reasons: Iterable[Reason]) -> Text:
    sign, style = words.of_status(status, severity)
    why = "".join(f"\n{reason}" for reason in reasons)
    return Text.assemble((sign, style), why)
