"""`residency doctor`: what this identity can read, what it lacks, and whether it could write."""

from typing import TYPE_CHECKING

import typer

from residency.cli.config import Format
from residency.cli.live import settings_for
from residency.cli.outcome import Exit
from residency.cli.progress import progress_bar
from residency.cli.scan import Config, Output

if TYPE_CHECKING:
    from residency.scan.examined import Examination
    from residency.settings import Settings


def doctor(config: Config = None, output: Output = Format.TEXT) -> None:
    """Examine which facets this identity can read, and whether it could write (it must not).

    Exit code: 0 all can be read and nothing written, 1 it could write, 3 something cannot be
    read, 2 unusable.
    """
    found = examine_live(settings_for(config))
    if output is Format.JSON:
        from residency.cli.json import write  # noqa: PLC0415 - late, for a quick start
        from residency.scan.examined_document import (  # noqa: PLC0415 - late, for a quick start
            examination_document,
        )

        write(examination_document(found))
    else:
        from residency.cli.show_doctor import show  # noqa: PLC0415 - late, for a quick start

        show(found)
    raise typer.Exit(exit_code(found))


def examine_live(settings: "Settings") -> "Examination":
    """Examine the tenant, with a progress bar on a terminal. Raises ResidencyError."""
    import asyncio  # noqa: PLC0415 - late, for a quick start

    from residency.check import load_catalogue  # noqa: PLC0415 - late, for a quick start
    from residency.cli.logs import log_to_stderr  # noqa: PLC0415 - late, for a quick start
    from residency.scan.examine import examine  # noqa: PLC0415 - late, for a quick start

    log_to_stderr()
    with progress_bar() as progress:
        return asyncio.run(examine(settings, load_catalogue(), progress))


def exit_code(examination: "Examination") -> Exit:
    """Give the exit code. That it could write stands above all: no scan should run with it."""
    if examination.could_write:
        return Exit.VIOLATION
    if examination.saw_nothing:
        return Exit.UNUSABLE
    return Exit.COMPLIANT if examination.readable else Exit.NOT_PROVEN
