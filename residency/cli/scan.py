"""`residency scan`: look at the whole tenant once, and judge it."""

from pathlib import Path
from typing import Annotated

import typer

from residency.cli.config import FILE_VARIABLE, Format, config_file
from residency.cli.live import scan_and_remember, scan_live, settings_for
from residency.cli.outcome import exit_code

Config = Annotated[
    Path | None,
    typer.Option(help=f"The configuration; else ${FILE_VARIABLE}, else ./residency.yaml."),
]
Output = Annotated[Format, typer.Option("--format", help="text or json.")]


def scan(
    *,
    config: Config = None,
    output: Output = Format.TEXT,
    everything: Annotated[
        bool, typer.Option("--all", help="Show what is compliant as well.")
    ] = False,
    remember: Annotated[
        bool,
        typer.Option(
            "--remember/--forget",
            help="Keep what is found in the store; without a configuration nothing is kept.",
        ),
    ] = True,
) -> None:
    """Scan the tenant once.

    Exit code: 0 compliant, 1 violation, 3 not proven, 2 unusable.
    """
    settings = settings_for(config)
    kept = remember and config_file(config) is not None
    found = scan_and_remember(settings) if kept else scan_live(settings)
    if output is Format.JSON:
        from residency.cli.json import write  # noqa: PLC0415 - late, for a quick start
        from residency.scan import document  # noqa: PLC0415 - late, for a quick start

        write(document(found, everything=everything))
    else:
        from residency.cli.show import show  # noqa: PLC0415 - late, for a quick start

        show(found, everything=everything)
    raise typer.Exit(exit_code(found))
