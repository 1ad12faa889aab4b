"""`residency ledger`: verify the store, publish its newest head, prove an entry, export it all."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from residency.cli.config import Format
from residency.cli.outcome import Exit
from residency.cli.printable import printable
from residency.cli.scan import Config, Output

if TYPE_CHECKING:
    from residency.settings import Settings
    from residency.store.ledger.signing import PublicKey
    from residency.store.proofs import Head

app = typer.Typer(
    name="ledger",
    help="Verify the tamper-evident ledger, publish its head, prove entries, export it.",
    no_args_is_help=True,
)

Keys = Annotated[
    list[Path] | None,
    typer.Option(
        "--key",
        help="A key in PEM, public or private, or a keys.json; may be repeated."
        " Else the key of ledger.key_file.",
    ),
]
Size = Annotated[
    int | None, typer.Option("--size", help="The head that covers this many entries.", min=1)
]


@app.command()
def verify(config: Config = None, key: Keys = None, output: Output = Format.TEXT) -> None:
    """Hold every row of the store against the ledger, and the ledger against itself.

    Exit code: 0 whole, 1 altered, 2 unusable.
    """
    from residency.cli.live import settings_for  # noqa: PLC0415 - late, for a quick start
    from residency.cli.show_ledger import document, show  # noqa: PLC0415 - late, as above
    from residency.store.audit import audit  # noqa: PLC0415 - late, for a quick start
    from residency.store.reading.opened import store_at  # noqa: PLC0415 - late, for a quick start

    settings = settings_for(config)
    keys = keys_of(settings, key)
    with store_at(settings.store.url) as database, database.reading() as connection:
        found = audit(connection, keys)
    if output is Format.JSON:
        from residency.cli.json import write  # noqa: PLC0415 - late, for a quick start

        write(document(found, keys))
    else:
        show(found, keys)
    raise typer.Exit(Exit.VIOLATION if found.faults else Exit.COMPLIANT)


@app.command()
def head(config: Config = None, size: Size = None, output: Output = Format.TEXT) -> None:
    """Print the newest head, to publish where the operator of the monitor cannot change it.

    Whoever keeps it can later see whether an entry that it covers was altered.
    """
    from residency.cli.live import settings_for  # noqa: PLC0415 - late, for a quick start
    from residency.store.ledger.checkpoint import Checkpoint  # noqa: PLC0415 - late, as above
    from residency.store.proofs import head_of  # noqa: PLC0415 - late, as above
    from residency.store.reading.opened import store_at  # noqa: PLC0415 - late, for a quick start

    with store_at(settings_for(config).store.url) as database, database.reading() as connection:
        found = head_of(connection, size)
    if output is Format.TEXT:
        typer.echo(printable(found.checkpoint), nl=False)
        return
    from residency.cli.json import write  # noqa: PLC0415 - late, for a quick start
    from residency.store.times import written  # noqa: PLC0415 - late, for a quick start

    told = Checkpoint.parse(found.checkpoint)
    parts = {"origin": told.origin, "size": told.size, "root": told.root.hex()}
    write({"schema": "residency/head/v1", **parts, "at": written(told.at), **found.document()})


@app.command()
def prove(
    *,
    entry: Annotated[
        int | None, typer.Argument(help="Prove that the entry of this number is in the ledger.")
    ] = None,
    held: Annotated[
        Path | None,
        typer.Option("--head", help="Prove that the ledger only grew since this head."),
    ] = None,
    size: Size = None,
    key: Keys = None,
    config: Config = None,
    output: Output = Format.TEXT,
) -> None:
    """Prove one entry, or that the ledger only grew since a head that you kept.

    The proof is JSON: `--format json > proof.json`, which `residency verify proof.json` verifies.
    Exit code: 0 proven, 1 altered, 2 unusable.
    """
    from residency.cli.live import settings_for  # noqa: PLC0415 - late, for a quick start
    from residency.cli.verify import conclude, refuse  # noqa: PLC0415 - late, as above
    from residency.store.proofs import NotProvenError  # noqa: PLC0415 - late, as above

    if (entry is None) == (held is None):
        raise typer.BadParameter("give the number of an entry, or --head FILE")
    settings = settings_for(config)
    keys = keys_of(settings, key)
    try:
        proof = _proof(settings, entry, held, size)
    except NotProvenError as error:
        refuse(error)
    conclude(proof, keys, output, whole=True)


def _proof(
    settings: "Settings", entry: int | None, held: Path | None, size: int | None
) -> dict[str, Any]:
    from residency.store import proofs  # noqa: PLC0415 - late, for a quick start
    from residency.store.reading.opened import store_at  # noqa: PLC0415 - late, for a quick start

    with store_at(settings.store.url) as database, database.reading() as connection:
        if held is not None:
            return proofs.prove_consistency(connection, _held(held), size)
        return proofs.prove_inclusion(connection, entry or 0, size)


@app.command()
def export(
    *,
    folder: Annotated[Path, typer.Argument(help="The folder to make; it may not be there yet.")],
    changes: Annotated[
        bool, typer.Option("--changes", help="Also what each scan changed: of all customers.")
    ] = False,
    key: Keys = None,
    config: Config = None,
    output: Output = Format.TEXT,
) -> None:
    """Write the ledger as files that `residency verify` verifies, for an auditor to keep."""
    from residency.cli.live import settings_for  # noqa: PLC0415 - late, for a quick start
    from residency.store import export as exporting  # noqa: PLC0415 - late, for a quick start
    from residency.store.reading.opened import store_at  # noqa: PLC0415 - late, for a quick start

    settings = settings_for(config)
    keys = keys_of(settings, key)
    with store_at(settings.store.url) as database, database.reading() as connection:
        done = exporting.export(connection, folder, keys, changes=changes)
    if output is Format.JSON:
        from residency.cli.json import write  # noqa: PLC0415 - late, for a quick start

        counts = {"entries": done.entries, "heads": done.heads, "changes": done.changes}
        listed = [each.document() for each in done.keys]
        told = {"folder": str(folder), **counts, "keys": listed}
        write({"schema": "residency/export/v1", **told})
        return
    sets = f", {done.changes} change sets" if changes else ""
    typer.echo(printable(f"{folder}: {done.entries} entries, {done.heads} heads{sets}"))
    for each in done.keys:
        typer.echo(printable(f"signed by {each.keyid} ({each.scheme}), see keys.json"))
    if not done.keys:
        typer.echo("NOT SIGNED: the ledger has no signature, as long as ledger.key_file is not set")
    typer.echo(printable(f"Verify it anywhere: residency verify {folder}"))


def keys_of(settings: "Settings", files: Sequence[Path] | None) -> "tuple[PublicKey, ...]":
    """Give the keys that count: of the files, else of the configuration. Raises LedgerError."""
    from residency.store.ledger.keys import EVER, read_keys  # noqa: PLC0415 - late, as above
    from residency.store.ledger.signing import signer_of  # noqa: PLC0415 - late, as above

    if files:
        return tuple(key for file in files for key in read_keys(file))
    signer = signer_of(settings.ledger)
    return () if signer is None else (signer.public_key(EVER),)


def _held(file: Path) -> "Head":
    """Read a head that somebody kept: its text, or what `--format json` printed of it."""
    from residency.errors import LedgerError  # noqa: PLC0415 - late, for a quick start
    from residency.store.ledger.checkpoint import Checkpoint  # noqa: PLC0415 - late, as above
    from residency.store.proofs import Head  # noqa: PLC0415 - late, for a quick start

    try:
        text = file.read_text(encoding="utf-8").strip()
        is_json = text.startswith("{")
        found: dict[str, Any] = json.loads(text) if is_json else {"checkpoint": f"{text}\n"}
        Checkpoint.parse(found["checkpoint"])
    except OSError as error:
        raise LedgerError(f"{file} cannot be read: {error.strerror}") from error
    except (LedgerError, LookupError, TypeError, ValueError) as error:
        raise LedgerError(f"{file} holds no head of a ledger: {error!r}") from error
    return Head(checkpoint=found["checkpoint"], envelope=found.get("envelope"))
