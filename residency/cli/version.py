"""`residency --version`."""

from typing import Annotated

import typer

from residency import __version__


def _tell(asked: bool) -> None:  # noqa: FBT001 - typer calls it so
    if asked:
        typer.echo(f"residency {__version__}")
        raise typer.Exit


def options(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", help="Say which version this is.", callback=_tell, is_eager=True),
    ] = False,
) -> None:
    """Show where the data of every Azure resource is, and judge it against a promise."""
