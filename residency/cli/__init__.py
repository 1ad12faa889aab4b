"""The command line. Results on stdout, logs and progress on stderr.

Commands import what they need when they run: `residency --help` must be quick.
"""

import sys
from types import TracebackType

import typer
from typer.main import get_command

from residency.cli import (
    ack,
    answer,
    backup,
    catalogue,
    config,
    demo,
    doctor,
    episodes,
    events,
    exemptions,
    explain,
    history,
    incidents,
    init,
    ledger,
    replay,
    scan,
    serve,
    token,
    verify,
    version,
)
from residency.cli.outcome import Exit
from residency.cli.printable import printable
from residency.errors import ResidencyError

app = typer.Typer(
    name="residency",
    help="Shows where the data of every Azure resource is, and judges it against a promise.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help is twice as quick
)
app.callback()(version.options)
app.command(name="init")(init.init)
app.command(name="demo")(demo.demo)
app.command(name="scan")(scan.scan)
app.command(name="serve")(serve.serve)
app.command(name="explain")(explain.explain)
app.command(name="history")(history.history)
app.command(name="events")(events.events)
app.command(name="incidents")(incidents.incidents)
app.command(name="exemptions")(exemptions.exemptions)
app.command(name="answer")(answer.answer)
app.command(name="replay")(replay.replay)
app.command(name="ack")(ack.ack)
app.command(name="verify")(verify.verify)
app.command(name="backup")(backup.backup)
app.command(name="restore")(backup.restore)
app.command(name="doctor")(doctor.doctor)
app.command(name="checks")(catalogue.checks)
app.command(name="regions")(catalogue.regions)
app.add_typer(episodes.app)
app.add_typer(ledger.app)
app.add_typer(token.app)
app.add_typer(config.app)


def main() -> None:
    """Run one command; a known error becomes a message on stderr and exit code 2.

    Whatever else goes wrong ends with 2 as well: Python's and typer's own 1 says "violation" here.
    """
    sys.excepthook = _crash
    try:
        get_command(app)()
    except ResidencyError as error:
        typer.echo(f"residency: {printable(str(error))}", err=True)
        sys.exit(Exit.UNUSABLE)
    except SystemExit as ended:
        if isinstance(ended.__context__, BrokenPipeError | typer.Abort):
            sys.exit(Exit.UNUSABLE)
        raise


def _crash(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print what nobody foresaw, and end with 2: the interpreter takes the code from here."""
    sys.__excepthook__(kind, error, trace)
    sys.exit(Exit.UNUSABLE)
