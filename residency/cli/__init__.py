"""The command line. Results on stdout, logs and progress on stderr.

Commands import what they need when they run: `residency --help` must be quick.
"""

import sys

import typer

from residency.cli import catalogue, config, demo, explain, init, scan
from residency.cli.outcome import Exit
from residency.errors import ResidencyError

app = typer.Typer(
    name="residency",
    help="Shows where the data of every Azure resource is, and judges it against a promise.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help is twice as quick
)
app.command(name="init")(init.init)
app.command(name="demo")(demo.demo)
app.command(name="scan")(scan.scan)
app.command(name="explain")(explain.explain)
app.command(name="checks")(catalogue.checks)
app.command(name="regions")(catalogue.regions)
app.add_typer(config.app)


def main() -> None:
    """Run one command; a known error becomes a message on stderr and exit code 2."""
    try:
        app()
    except ResidencyError as error:
        typer.echo(f"residency: {error}", err=True)
        sys.exit(Exit.UNUSABLE)
