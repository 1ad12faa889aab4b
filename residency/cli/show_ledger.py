"""What an audit of the store found, for people and as JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from residency.cli.terminal import terminal
from residency.store.audit import Audit
from residency.store.fault import Fault
from residency.store.ledger.signing import PublicKey

_FILE = frozenset({"file", "schema"})
_LEDGER = frozenset({"entry", "node", "head", "meta"})


def document(found: Audit, keys: Sequence[PublicKey]) -> dict[str, Any]:
    """Give an audit as the document `residency/ledger-verify/v1`."""
    return {
        "schema": "residency/ledger-verify/v1",
        "whole": not found.faults,
        "entries": found.entries,
        "scans": found.scans,
        "notes": found.notes,
        "heads": found.heads,
        "heads_signed": found.bearing,
        "heads_verified": found.signed,
        "keys": [key.keyid for key in keys],
        "faults": [{**asdict(fault), "advice": advice(fault)} for fault in found.faults],
    }


def show(found: Audit, keys: Sequence[PublicKey]) -> None:
    """Print an audit."""
    console = terminal()
    whole = Text("✔ WHOLE: nothing that was remembered is altered", style="green")
    altered = Text(f"✖ ALTERED: {len(found.faults)} faults", style="bold red")
    lines = Text("\n").join([altered if found.faults else whole, *map(Text, _said(found, keys))])
    console.print(Panel(lines, title="The ledger"))
    if found.faults:
        table = Table(title="Faults", title_justify="left", expand=True, show_lines=True)
        for name in ("where", "what", "what to do next"):
            table.add_column(name, overflow="fold")
        for fault in found.faults:
            table.add_row(fault.where, fault.what, advice(fault))
        console.print(table)


def _said(found: Audit, keys: Sequence[PublicKey]) -> Iterator[str]:
    yield f"Entries: {found.entries} ({found.scans} of scans, {found.notes} of notes)"
    yield f"Heads over them: {found.heads}"
    unsigned = found.heads - found.bearing
    if not found.bearing:
        yield (
            "NOT SIGNED: whoever holds the store can rewrite all of it. Set ledger.key_file, and"
            " keep heads elsewhere (`residency ledger head`)"
        )
    elif keys:
        yield f"Signed: {found.signed} heads, verified with {', '.join(key.keyid for key in keys)}"
    else:
        yield f"{found.bearing} heads bear a signature that was NOT VERIFIED: name the key by --key"
    if found.bearing and unsigned:
        yield f"The first {unsigned} heads are from before there was a key"
    yield (
        "Somebody who has the store and the key can rewrite both: only a head that was kept"
        " elsewhere shows that (`residency ledger prove --head FILE`)"
    )


def advice(fault: Fault) -> str:
    """Say what to do about a fault."""
    if "sign" in fault.what:
        return "check that the key given is that of the ledger; if it is, keep the file as evidence"
    if fault.where.split(" ")[0] in _FILE:
        return (
            "the file rots, or somebody changed how it is made: keep it as evidence, and `residency"
            " restore` a backup"
        )
    if fault.where.split(" ")[0] in _LEDGER:
        return (
            "the ledger itself was changed: keep the file as evidence, and `residency restore` a"
            " backup that a published head confirms"
        )
    return (
        "a row is not what the ledger is bound to: keep the file as evidence, compare with a"
        " backup, and `residency restore` one that verifies"
    )
