"""Holds the tables against the ledger: whoever changes a row, or an entry, is found out.

From the rows alone each scan is told anew, and the roots over what it changed must be those of its
entry; so a row that was altered, added or taken away breaks the scan where it begins or ends.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from residency.cycles import few_collections
from residency.errors import LedgerError
from residency.store.audit_entries import Entries, read_entries
from residency.store.audit_file import file_faults
from residency.store.audit_scans import scan_faults
from residency.store.facts import row_sha256
from residency.store.fault import Fault
from residency.store.ledger.canonical import canonical
from residency.store.ledger.signing import PublicKey
from residency.store.lines import Labels
from residency.store.notes import entry_body
from residency.store.schema import secret_of
from residency.store.tables import FACT, INTERVALS, META, NOTE, PRUNED, STATE, VERSION


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
    with few_collections():
        try:
            faults.extend(file_faults(connection))
            read_entries(connection, entries, keys)
            faults.extend(_of_meta(connection, entries))
            faults.extend(_of_rows(connection))
            since = connection.scalar(select(func.max(PRUNED.c.until_scan))) or 0
            faults.extend(_of_intervals(connection, since, max(entries.scans, default=0)))
            faults.extend(scan_faults(connection, entries, since))
            faults.extend(_of_versions(connection, entries, since))
            faults.extend(_of_notes(connection, entries))
            faults.extend(_of_prunes(connection, entries))
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
    if not meta and not entries.size:
        return  # the schema is there, and nothing was ever written
    if meta.keys() != {"origin", "secret"} or entries.origins - {meta["origin"].decode()}:
        yield Fault(where="meta", what="is not what the heads of the ledger say")


def _of_rows(connection: Connection) -> Iterator[Fault]:
    """Find facts and states that no longer are what their digest names."""
    for table in (FACT, STATE):
        for row in connection.execute(select(table)).mappings():
            told = {name: value for name, value in row.items() if name not in {"pk", "sha256"}}
            if row_sha256(told) != row["sha256"]:
                yield Fault(where=f"{table.name} {row['pk']}", what="is not what was written")


def _of_intervals(connection: Connection, since: int, last: int) -> Iterator[Fault]:
    """Find intervals that no scan can have written."""
    for table in INTERVALS:
        ends = table.c.to_scan
        odd = (ends <= table.c.from_scan) | (ends > last) | (table.c.from_scan > last)
        odd |= ends <= since  # what was given up is not there
        for row in connection.execute(select(table.c.pk).where(odd)):
            yield Fault(where=f"{table.name} {row.pk}", what="begins or ends when it cannot have")


def _of_versions(connection: Connection, entries: Entries, since: int) -> Iterator[Fault]:
    """Compare what began and ended with the entries that tell of it."""
    labels = Labels(secret_of(connection))
    found: dict[tuple[str, str, int], str | None] = {}
    rows = connection.execute(select(VERSION).order_by(VERSION.c.from_scan)).all()
    for row in rows:
        if row.to_scan is not None:
            found.setdefault((row.kind, labels.sealed(row.kind, row.id), row.to_scan), None)
    found |= {
        (row.kind, labels.sealed(row.kind, row.id), row.from_scan): labels.sealed(
            row.kind, row.body
        )
        for row in rows
    }
    told = {key: body for key, body in entries.versions.items() if key in found}
    told |= _kept(entries, since)
    for key in sorted(found.keys() | told.keys()):
        if key not in found or key not in told or found[key] != told[key]:
            kind, _, scan = key
            yield Fault(where=f"scan {scan}", what=f"its {kind} is not what was written")


def _kept(entries: Entries, since: int) -> dict[tuple[str, str, int], str | None]:
    """Give what no prune gave up: all since, and of each thing what stood then."""
    standing: dict[tuple[str, str], tuple[tuple[str, str, int], str | None]] = {}
    kept: dict[tuple[str, str, int], str | None] = {}
    for key, body in sorted(entries.versions.items(), key=lambda each: each[0][2]):
        kind, name, scan = key
        if scan > since:
            kept[key] = body
        else:
            standing[kind, name] = key, body
    return {key: body for key, body in standing.values() if body is not None} | kept


def _of_prunes(connection: Connection, entries: Entries) -> Iterator[Fault]:
    """Compare what evidence was given up with the entries that tell of it."""
    found = {row.until_scan: row.at for row in connection.execute(select(PRUNED))}
    for scan in sorted(found.keys() | entries.prunes.keys()):
        if found.get(scan) != entries.prunes.get(scan):
            yield Fault(where=f"prune {scan}", what="is not what the ledger says was given up")
    if found and not {max(found), max(found) + 1} & entries.snapshots.keys():
        yield Fault(where=f"prune {max(found)}", what="is not where a month begins")


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
