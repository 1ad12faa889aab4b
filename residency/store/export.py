"""Writes the ledger as a folder of files that `residency/verify.py` verifies.

What the files hold is said there. They are written line by line beside the folder, which is there
whole or not at all. An export tells of all customers: it is for auditors, not for a customer.
"""

import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from residency.errors import LedgerError, StoreError
from residency.store.ledger.canonical import canonical
from residency.store.ledger.checkpoint import Checkpoint
from residency.store.ledger.keys import Spans
from residency.store.ledger.signing import PublicKey
from residency.store.lines import Labels, Line, Lines
from residency.store.memory import Memory, NewRows
from residency.store.remember import remember_rows
from residency.store.replay import Playback
from residency.store.tables import LEDGER_ENTRY, LEDGER_HEAD, META, PRUNED, SCAN

_TEXT = attrgetter("text")
_ALTERED = "`residency ledger verify` says what was altered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written; `changes`: the change sets of how many scans."""

    entries: int
    heads: int
    changes: int
    keys: tuple[PublicKey, ...]


def export(
    connection: Connection, folder: Path, keys: Sequence[PublicKey] = (), *, changes: bool = False
) -> Exported:
    """Write the ledger into a new folder.

    Args:
        connection: Sees one state of the store throughout.
        folder: Is made here, and may not be there yet.
        keys: The public half of every key that the ledger was signed with.
        changes: Whether to write what each scan changed as well.

    Raises:
        StoreError: Nothing was written: the folder is there or cannot be made, or the ledger is
            empty or altered.
        LedgerError: Nothing was written: a key is missing, or a head cannot be read.
    """
    if os.path.lexists(folder):
        raise StoreError(f"{folder} is there already; give the name of a folder that is not")
    whole = folder.absolute()
    draft = whole.with_name(f".{whole.name}.{secrets.token_hex(4)}")
    try:
        draft.mkdir()
        written = _write(connection, draft, keys, changes=changes)
        draft.rename(whole)
    except OSError as error:
        raise StoreError(f"{folder}: {error.strerror}; nothing was exported") from error
    except (TypeError, ValueError) as error:
        raise StoreError(f"The ledger cannot be read; {_ALTERED}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return written


def _write(
    connection: Connection, folder: Path, keys: Sequence[PublicKey], *, changes: bool
) -> Exported:
    entries = _lines_into(folder / "entries.jsonl", _entries(connection))
    if not entries:
        raise StoreError("The ledger has no entry yet: `residency scan` makes the first")
    spans = Spans()
    heads = _lines_into(folder / "heads.jsonl", _heads(connection, spans))
    listed = spans.listed(keys)
    document = canonical([key.document() for key in listed])
    _lines_into(folder / "keys.json", iter([document]))
    sets = 0
    if changes:
        (folder / "changes").mkdir()
        for scan, lines in changes_of(connection):
            _lines_into(folder / "changes" / f"{scan}.jsonl", (line.text for line in lines))
            sets += 1
    return Exported(entries=entries, heads=heads, changes=sets, keys=listed)


def _lines_into(file: Path, lines: Iterator[bytes]) -> int:
    """Write lines; gives how many there were."""
    count = 0
    with file.open("xb") as stream:
        for line in lines:
            stream.write(line + b"\n")
            count += 1
    return count


def _entries(connection: Connection) -> Iterator[bytes]:
    for entry in connection.scalars(select(LEDGER_ENTRY.c.entry).order_by(LEDGER_ENTRY.c.seq)):
        yield bytes(entry)


def _heads(connection: Connection, spans: Spans) -> Iterator[bytes]:
    for row in connection.execute(select(LEDGER_HEAD).order_by(LEDGER_HEAD.c.size)):
        envelope = json.loads(row.envelope)
        spans.add(Checkpoint.parse(row.checkpoint).at, signers_of(envelope))
        yield canonical({"checkpoint": row.checkpoint, "envelope": envelope})


def signers_of(envelope: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Give the ids of the keys that an envelope says it is signed by, which proves nothing.

    Raises:
        LedgerError: It is no envelope.
    """
    if envelope is None:
        return ()
    try:
        return tuple(str(each["keyid"]) for each in envelope["signatures"])
    except (LookupError, TypeError) as error:
        raise LedgerError(
            f"A head of the ledger has no envelope that can be read; {_ALTERED}"
        ) from error


def changes_of(connection: Connection) -> Iterator[tuple[int, list[Line]]]:
    """Give the lines, in order, that the entry of each scan is bound to, where they are still kept.

    Raises:
        StoreError: The rows do not follow one another.
    """
    until = connection.scalar(select(func.max(PRUNED.c.until_scan))) or 0
    secret = connection.scalar(select(META.c.value).where(META.c.key == "secret")) or b""
    memory = Memory()
    try:
        remember_rows(connection, memory)
        playback = Playback(connection, memory, until=until)
        lines = Lines(memory, NewRows(), Labels(secret), again=True)
        for scan in connection.scalars(select(SCAN.c.seq).where(SCAN.c.seq > until)).all():
            yield scan, sorted(lines.of(playback.step(scan)), key=_TEXT)
    except (LookupError, TypeError, ValueError) as error:
        raise StoreError(f"What the scans changed cannot be told anew; {_ALTERED}") from error
