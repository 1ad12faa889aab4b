"""`residency demo`: a whole simulated tenant on this machine, scanned as a real one would be."""

from typing import TYPE_CHECKING, Annotated

import typer

from residency.cli.config import Format
from residency.cli.live import scan_live
from residency.cli.scan import Output

if TYPE_CHECKING:
    from residency.settings import Settings


def demo(
    *,
    once: Annotated[bool, typer.Option("--once", help="Scan once and end.")] = False,
    port: Annotated[int, typer.Option(help="The simulator's port; 0 takes a free one.")] = 0,
    output: Output = Format.TEXT,
) -> None:
    """Start the simulated tenant of the example estate, scan it over HTTP, and show the result.

    Without --once the simulator stays until Ctrl-C, so that other commands can be tried on it.
    """
    from datetime import UTC, datetime  # noqa: PLC0415 - late, for a quick start

    from residency.errors import ConfigError  # noqa: PLC0415 - late, for a quick start

    try:
        from residency.simulator.estate import example_estate  # noqa: PLC0415 - optional extra
        from residency.simulator.server import serve  # noqa: PLC0415 - optional extra
        from residency.simulator.simulator import Simulator  # noqa: PLC0415 - optional extra
    except ImportError as error:
        raise ConfigError(
            f"the demo needs more than is installed ({error.name}): pip install 'residency[demo]'"
        ) from error

    with serve(Simulator(example_estate(datetime.now(UTC))), port) as running:
        settings = _settings(running.url)
        found = scan_live(settings)
        if output is Format.JSON:
            from residency.cli.json import write  # noqa: PLC0415 - late, for a quick start
            from residency.scan import document  # noqa: PLC0415 - late, for a quick start

            write(document(found))
        else:
            from residency.cli.show import show  # noqa: PLC0415 - late, for a quick start

            show(found)
        if not once:
            _stay(running.url)


def _settings(url: str) -> "Settings":
    """Load the demo's own configuration and point it at the simulator."""
    from importlib.resources import as_file, files  # noqa: PLC0415 - late, for a quick start

    from residency.settings import load  # noqa: PLC0415 - late, for a quick start

    with as_file(files("residency.simulator") / "data" / "residency.yaml") as path:
        settings = load(path)
    azure = settings.azure.model_copy(update={"endpoint": url, "credential": "none"})
    return settings.model_copy(update={"azure": azure})


def _stay(url: str) -> None:
    """Wait until Ctrl-C."""
    import threading  # noqa: PLC0415 - late, for a quick start

    typer.echo(
        f"\nThe simulated Azure Resource Manager is at {url} until Ctrl-C. Try, elsewhere:\n"
        f"  RESIDENCY_AZURE__ENDPOINT={url} RESIDENCY_AZURE__CREDENTIAL=none residency scan",
        err=True,
    )
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        typer.echo("stopped", err=True)
