"""`residency backup` and `residency restore`: copies of the store, verified both ways."""

from pathlib import Path
from typing import Annotated

import typer

from residency.cli.config import Format
from residency.cli.printable import printable
from residency.cli.scan import Config, Output


def backup(
    file: Annotated[Path, typer.Argument(help="The file to make; never overwritten.")],
    *,
    config: Config = None,
    output: Output = Format.TEXT,
) -> None:
    """Copy the store to a new file while it is in use, and verify the copy."""
    from dataclasses import asdict  # noqa: PLC0415 - late, for a quick start

    from residency.cli.json import write  # noqa: PLC0415 - late, for a quick start
    from residency.cli.live import settings_for  # noqa: PLC0415 - late, for a quick start
    from residency.store.backup import back_up  # noqa: PLC0415 - late, for a quick start
    from residency.store.engine import path_of  # noqa: PLC0415 - late, for a quick start

    found = back_up(path_of(settings_for(config).store.url), file)
    if output is Format.JSON:
        write({"schema": "residency/backup/v1", "file": str(file), **asdict(found)})
        return
    typer.echo(
        printable(
            f"{file} holds {found.scans} scans, the last of {found.last_at}, and is whole:"
            f" {found.entries} entries of the ledger were verified"
        )
    )


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `residency backup` made.")],
    *,
    older: Annotated[
        bool, typer.Option("--older", help="Go on though history is lost that is there now.")
    ] = False,
    config: Config = None,
    output: Output = Format.TEXT,
) -> None:
    """Verify a backup and put it in the place of the store; what was there is kept beside it.

    End `residency serve` first. The ledger tells of the restore.
    """
    from residency import clock  # noqa: PLC0415 - late, for a quick start
    from residency.cli.live import settings_for  # noqa: PLC0415 - late, for a quick start
    from residency.store.engine import path_of  # noqa: PLC0415 - late, for a quick start
    from residency.store.ledger.signing import signer_of  # noqa: PLC0415 - late, as above
    from residency.store.restore import restore as put_back  # noqa: PLC0415 - late, as above

    settings = settings_for(config)
    path, signer = path_of(settings.store.url), signer_of(settings.ledger)
    found = put_back(file, path, clock.now(), signer, older=older)
    kept_as = str(found.kept_as) if found.kept_as else None
    contents, lost = found.contents, found.lost
    if output is Format.JSON:
        from dataclasses import asdict  # noqa: PLC0415 - late, for a quick start

        from residency.cli.json import write  # noqa: PLC0415 - late, for a quick start

        told = {"entry": found.entry, "kept_as": kept_as, "lost": asdict(lost) if lost else None}
        write({"schema": "residency/restore/v1", "scans": contents.scans, **told})
        return
    last = f"scan {contents.scans} of {contents.last_at}" if contents.scans else "no scan"
    typer.echo(printable(f"{path} goes on after {last}; entry {found.entry} of the ledger says so"))
    if lost:
        typer.echo(printable(f"LOST: {lost}"))
    if kept_as:
        typer.echo(printable(f"what was there is kept as {kept_as}"))
