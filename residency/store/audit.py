"""Holds the tables against the ledger: whoever changes a row, or an entry, is found out.

From the rows alone each scan is told anew, and the roots over what it changed must be those of its
entry; so a row that was altered, added or taken away breaks the scan where it begins or ends.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, RowMapping, select

from residency.errors import LedgerError
from residency.store.audit_entries import Body, Entries, read_entries
from residency.store.entries import digest, events_root, subscriptions_sha256
from residency.store.events import Event, EventKind
from residency.store.facts import row_sha256
from residency.store.fault import Fault
from residency.store.ledger.canonical import canonical
from residency.store.ledger.signing import PublicKey
from residency.store.lines import Labels, Lines, root_of
from residency.store.memory import Memory, NewRows
from residency.store.notes import entry_body
from residency.store.remember import remember_rows
from residency.store.replay import Playback
from residency.store.tables import EVENT, FACT, INTERVALS, META, NOTE, PRUNED, SCAN, STATE, VERSION

_COLUMNS = ("id", "started_at", "finished_at", "complete", "verdict", "policy_sha256")


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What was verified, and what is wrong.

    Attributes:
        bearing: How many heads bear a signature, and `signed` how many one that was verified.
    """

    entries: int
    scans: int
    notes: int
    heads: int
    bearing: int
    signed: int
    faults: tuple[Fault, ...]


def audit(connection: Connection, keys: Sequence[PublicKey] = ()) -> Audit:
    """Verify the whole store; `keys` are those whose signatures count."""
    entries = Entries()
    faults = entries.faults
    try:
        read_entries(connection, entries, keys)
        faults.extend(_of_meta(connection, entries))
        faults.extend(_of_rows(connection))
        faults.extend(_of_intervals(connection, max(entries.scans, default=0)))
        faults.extend(_of_scans(connection, entries))
        faults.extend(_of_versions(connection, entries))
        faults.extend(_of_notes(connection, entries))
    except (LookupError, ValueError, TypeError, LedgerError) as error:
        faults.append(Fault(where="tables", what=f"cannot be read back: {error!r}"))
    return Audit(
        entries=entries.size,
        scans=len(entries.scans),
        notes=len(entries.notes),
        heads=entries.heads,
        bearing=entries.bearing,
        signed=entries.signed,
        faults=tuple(faults),
    )


def _of_meta(connection: Connection, entries: Entries) -> Iterator[Fault]:
    meta = {row.key: row.value for row in connection.execute(select(META))}
    if meta.keys() != {"origin", "secret"} or entries.origins - {meta["origin"].decode()}:
        yield Fault(where="meta", what="is not what the heads of the ledger say")


def _of_rows(connection: Connection) -> Iterator[Fault]:
    """Find facts and states that no longer are what their digest names."""
    for table in (FACT, STATE):
        for row in connection.execute(select(table)).mappings():
            told = {name: value for name, value in row.items() if name not in {"pk", "sha256"}}
            if row_sha256(told) != row["sha256"]:
                yield Fault(where=f"{table.name} {row['pk']}", what="is not what was written")


def _of_intervals(connection: Connection, last: int) -> Iterator[Fault]:
    """Find intervals that no scan can have written."""
    for table in INTERVALS:
        ends = table.c.to_scan
        odd = (ends <= table.c.from_scan) | (ends > last) | (table.c.from_scan > last)
        for row in connection.execute(select(table.c.pk).where(odd)):
            yield Fault(where=f"{table.name} {row.pk}", what="begins or ends when it cannot have")


def _of_scans(connection: Connection, entries: Entries) -> Iterator[Fault]:
    secret = connection.scalar(select(META.c.value).where(META.c.key == "secret")) or b""
    since = connection.scalar(select(PRUNED.c.until_scan).order_by(PRUNED.c.until_scan.desc())) or 0
    memory = Memory()
    remember_rows(connection, memory)
    playback = Playback(connection, memory, until=since)
    lines = Lines(memory, NewRows(), Labels(secret))
    events = _events(connection, since)
    scans = select(SCAN).where(SCAN.c.seq > since).order_by(SCAN.c.seq)
    seen = since
    for row in connection.execute(scans).mappings():
        seen += 1
        changed = root_of(lines.of(playback.step(row["seq"])))
        told = entries.scans.get(row["seq"])
        if told is None or row["seq"] != seen:
            yield Fault(where=f"scan {row['seq']}", what="is not in the ledger, or out of order")
            continue
        found = {
            **_of_scan(row, memory),
            "changes": asdict(changed),
            "events": events_root(events.get(row["seq"], ())),
        }
        yield from _differences(row["seq"], told, found)
        snapshot = entries.snapshots.get(row["seq"])
        if snapshot is not None:
            standing = {"standing": asdict(root_of(lines.standing(playback.standing())))}
            yield from _differences(row["seq"], snapshot, standing)
    if seen != max(entries.scans, default=0):
        yield Fault(where=f"scan {seen}", what="is the last, and the ledger has others after it")


def _of_scan(row: RowMapping, memory: Memory) -> dict[str, object]:
    return {
        **{name: row[name] for name in _COLUMNS},
        "reasons_sha256": digest(json.loads(row["reasons"])),
        "requests_sha256": digest(json.loads(row["requests"])),
        "log_sha256": digest(json.loads(row["log"])),
        "counts": json.loads(row["counts"]),
        "subscriptions_sha256": subscriptions_sha256(memory.subscriptions),
    }


def _differences(scan: int, told: Body, found: Mapping[str, object]) -> Iterator[Fault]:
    for name, value in found.items():
        if told.get(name) != value:
            yield Fault(where=f"scan {scan}", what=f"its {name} is not what was written")


def _events(connection: Connection, since: int) -> Mapping[int, list[Event]]:
    found: dict[int, list[Event]] = {}
    query = select(EVENT).where(EVENT.c.scan > since).order_by(EVENT.c.seq)
    for row in connection.execute(query):
        event = Event(
            kind=EventKind(row.kind),
            subject=row.subject,
            before=json.loads(row.before),
            after=json.loads(row.after),
        )
        found.setdefault(row.scan, []).append(event)
    return found


def _of_versions(connection: Connection, entries: Entries) -> Iterator[Fault]:
    """Compare what began and ended with the entries that tell of it."""
    found: dict[tuple[str, str, int], Body | None] = {}
    rows = connection.execute(select(VERSION).order_by(VERSION.c.from_scan)).all()
    for row in rows:
        if row.to_scan is not None:
            found.setdefault((row.kind, row.id, row.to_scan), None)
    found |= {(row.kind, row.id, row.from_scan): json.loads(row.body) for row in rows}
    for key in sorted(found.keys() | entries.versions.keys()):
        if key not in found or key not in entries.versions or found[key] != entries.versions[key]:
            kind, name, scan = key
            yield Fault(where=f"scan {scan}", what=f"{kind} {name} is not what was written")


def _of_notes(connection: Connection, entries: Entries) -> Iterator[Fault]:
    """Compare what people recorded with the entries that tell of it."""
    left = dict(entries.notes)
    for row in connection.execute(select(NOTE).order_by(NOTE.c.pk)):
        kind, at, body = left.pop(row.pk, ("", "", {}))
        found = entry_body(row.pk, row.subject, row.by_role, body.get("is"))
        same = (kind, at, body) == (row.kind, row.at, found)
        if not same or canonical(found["is"]) != row.body.encode():
            yield Fault(where=f"note {row.pk}", what="is not what was recorded")
    for pk in left:
        yield Fault(where=f"note {pk}", what="was recorded, and is not there")
