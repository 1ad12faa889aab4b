"""`residency verify`: verify an exported ledger, or a proof, with nothing but the files."""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from residency.cli.config import Format
from residency.cli.outcome import Exit
from residency.cli.printable import printable
from residency.cli.scan import Output

if TYPE_CHECKING:
    from residency.store.ledger.signing import PublicKey
    from residency.store.proofs import Proven

_SCHEMA = "residency/verify/v1"


def verify(
    path: Annotated[Path, typer.Argument(help="An exported folder, or the file of a proof.")],
    head: Annotated[Path | None, typer.Option(help="A head that you kept from before.")] = None,
    keys: Annotated[
        Path | None, typer.Option(help="The key list that was published; of a proof also PEM.")
    ] = None,
    output: Output = Format.TEXT,
) -> None:
    """Verify what was exported. Needs no store, no configuration and no network.

    A folder is verified by `residency/verify.py`, which shares no code with what wrote it.
    Exit code: 0 verified, 1 altered or wrong, 2 unusable.
    """
    if path.is_dir():
        _folder(path, head, keys, output)
        return
    from residency.store.ledger.keys import read_keys  # noqa: PLC0415 - late, for a quick start

    if head is not None:
        raise typer.BadParameter("a head is for a folder; a proof carries its own")
    conclude(_proof(path), read_keys(keys) if keys else (), output)


def _folder(folder: Path, head: Path | None, keys: Path | None, output: Format) -> None:
    from residency import verify as verifier  # noqa: PLC0415 - late, for a quick start

    arguments = [str(folder)]
    arguments += ["--head", str(head)] if head else []
    arguments += ["--keys", str(keys)] if keys else []
    if output is Format.TEXT:
        raise typer.Exit(verifier.main(arguments))
    from residency.cli.json import write  # noqa: PLC0415 - late, for a quick start

    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = verifier.main(arguments)
    if code == Exit.UNUSABLE:
        typer.echo(err.getvalue(), err=True, nl=False)
    else:
        said = (out.getvalue() or err.getvalue()).splitlines()
        write({"schema": _SCHEMA, "verified": code == Exit.COMPLIANT, "said": said})
    raise typer.Exit(code)


def conclude(
    proof: Mapping[str, Any], keys: "Sequence[PublicKey]", output: Format, *, whole: bool = False
) -> None:
    """Verify a proof and say so; `whole`: JSON is the proof itself."""
    from residency.store.proofs import NotProvenError, verify_proof  # noqa: PLC0415 - late

    try:
        proven = verify_proof(proof, keys)
    except NotProvenError as error:
        refuse(error)
    if output is Format.TEXT:
        for line in _said(proven):
            typer.echo(printable(line))
        return
    from residency.cli.json import write  # noqa: PLC0415 - late, for a quick start

    document = {"schema": _SCHEMA, "verified": True, "said": list(_said(proven))}
    write(proof if whole else document)


def refuse(error: Exception) -> NoReturn:
    """Say that something is altered, and end with 1."""
    typer.echo(printable(f"ALTERED OR WRONG: {error}"), err=True)
    raise typer.Exit(Exit.VIOLATION) from error


def _proof(file: Path) -> Mapping[str, Any]:
    from residency.errors import LedgerError  # noqa: PLC0415 - late, for a quick start

    try:
        found = json.loads(file.read_bytes())
    except OSError as error:
        raise LedgerError(f"{file} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise LedgerError(f"{file} holds no proof, it is no JSON: {error}") from error
    return found if isinstance(found, Mapping) else {}


def _said(proven: "Proven") -> Iterator[str]:
    from residency.cli.words import of_time  # noqa: PLC0415 - late, for a quick start

    head, entry, old = proven.head, proven.entry, proven.old
    of = f"the head of {head.size} entries of {head.origin}, made {of_time(head.at)}"
    if entry is not None:
        yield f"Verified: entry {entry['seq']} ({entry['kind']}, {entry['at']}) is under {of}."
    if old is not None:
        before = f"the head of {old.size} entries, made {of_time(old.at)}"
        yield f"Verified: since {before}, the ledger only grew, up to {of}."
    if proven.signers:
        yield f"Signed: by {', '.join(proven.signers)}."
    elif proven.signed:
        yield "SIGNATURE NOT VERIFIED: no key was given."
    else:
        yield "NOT SIGNED: whoever wrote this could have written anything."
    yield f"Compare that head with one that was published: root {head.root.hex()}."
