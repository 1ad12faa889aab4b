"""`residency backup` and `residency restore`: copies of the store, verified both ways."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from residency.cli.config import Format
from residency.cli.ledger import Keys, keys_of
from residency.cli.printable import printable
from residency.cli.scan import Config, Output

if TYPE_CHECKING:
    from residency.settings import Settings
    from residency.store.backup import Contents
    from residency.store.restore import Restored


def backup(
    file: Annotated[Path, typer.Argument(help="The file to make; never overwritten.")],
    *,
    key: Keys = None,
    config: Config = None,
    output: Output = Format.TEXT,
) -> None:
    """Copy the store to a new file while it is in use, and verify the copy and its signature."""
    from dataclasses import asdict  # noqa: PLC0415 - late, for a quick start

    from residency.cli.json import write  # noqa: PLC0415 - late, for a quick start
    from residency.cli.live import settings_for  # noqa: PLC0415 - late, for a quick start
    from residency.store.backup import back_up  # noqa: PLC0415 - late, for a quick start
    from residency.store.engine import path_of  # noqa: PLC0415 - late, for a quick start

    settings = settings_for(config)
    found = back_up(path_of(settings.store.url), file, keys_of(settings, key))
    if output is Format.JSON:
        write({"schema": "residency/backup/v1", "file": str(file), **asdict(found)})
        return
    typer.echo(
        printable(
            f"{file} holds {found.scans} scans, the last of {found.last_at}, and is whole:"
            f" {found.entries} entries of the ledger were verified"
        )
    )
    typer.echo(printable(_of_signature(found)))


def _of_signature(found: "Contents") -> str:
    if found.signers:
        return f"Signed: its last head, by {', '.join(found.signers)}"
    if found.signed:
        return "SIGNATURE NOT VERIFIED: no key is known here; name it by --key"
    return "NOT SIGNED: whoever holds it can rewrite it all"


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `residency backup` made.")],
    *,
    older: Annotated[
        bool, typer.Option("--older", help="Go on though history is lost that is there now.")
    ] = False,
    unsigned: Annotated[
        bool,
        typer.Option("--unsigned", help="Go on though it is not signed and the ledger has a key."),
    ] = False,
    key: Keys = None,
    config: Config = None,
    output: Output = Format.TEXT,
) -> None:
    """Verify a backup and put it in the place of the store; what was there is kept beside it.

    End `residency serve` first. The ledger tells of the restore.
    """
    from residency.cli.live import settings_for  # noqa: PLC0415 - late, for a quick start
    from residency.store.engine import path_of  # noqa: PLC0415 - late, for a quick start

    settings = settings_for(config)
    path = path_of(settings.store.url)
    _show(_put_back(file, path, settings, key, older=older, unsigned=unsigned), path, output)


def _put_back(
    file: Path,
    path: Path,
    settings: "Settings",
    key: list[Path] | None,
    *,
    older: bool,
    unsigned: bool,
) -> "Restored":
    from residency import clock  # noqa: PLC0415 - late, for a quick start
    from residency.store.ledger.signing import signer_of  # noqa: PLC0415 - late, as above
    from residency.store.restore import restore as put_back  # noqa: PLC0415 - late, as above

    signer, keys = signer_of(settings.ledger), keys_of(settings, key)
    return put_back(file, path, clock.now(), signer, older=older, unsigned=unsigned, keys=keys)


def _show(found: "Restored", path: Path, output: Format) -> None:
    if output is Format.JSON:
        from residency.cli.json import write  # noqa: PLC0415 - late, for a quick start

        write(_document(found))
        return
    for line in _said(found, path):
        typer.echo(printable(line))


def _document(found: "Restored") -> dict[str, Any]:
    from dataclasses import asdict  # noqa: PLC0415 - late, for a quick start

    return {
        "schema": "residency/restore/v1",
        "scans": found.contents.scans,
        "entry": found.entry,
        "signed": found.contents.signed,
        "signers": found.contents.signers,
        "kept_as": str(found.kept_as) if found.kept_as else None,
        "lost": asdict(found.lost) if found.lost else None,
    }


def _said(found: "Restored", path: Path) -> Iterator[str]:
    contents = found.contents
    last = f"scan {contents.scans} of {contents.last_at}" if contents.scans else "no scan"
    yield f"{path} goes on after {last}; entry {found.entry} of the ledger says so"
    yield _of_signature(contents)
    if found.lost:
        yield f"LOST: {found.lost}"
    if found.kept_as:
        yield f"what was there is kept as {found.kept_as}"
