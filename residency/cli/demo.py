"""`residency demo`: a whole simulated tenant on this machine, scanned as a real one would be."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from residency.cli.config import DEFAULT_FILE, Format
from residency.cli.live import scan_and_remember
from residency.cli.progress import progress_bar
from residency.cli.scan import Output

if TYPE_CHECKING:
    from datetime import datetime

    from residency.cli.demo_past import Story, Time
    from residency.settings import Settings
    from residency.simulator.simulator import Simulator

_LONGEST = timedelta(days=366)
_PAST = "60d"


def demo(
    *,
    once: Annotated[bool, typer.Option("--once", help="Scan once and end.")] = False,
    port: Annotated[int, typer.Option(help="The simulator's port; 0 takes a free one.")] = 0,
    history: Annotated[
        str | None,
        typer.Option(help="How long a past to make up. 60d, and none with --once."),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(help="Folder for the configuration and the store; else they are not kept."),
    ] = None,
    output: Output = Format.TEXT,
) -> None:
    """Open the service over a simulated tenant that has a past, and in which things happen.

    It prints the addresses of its pages and stays until Ctrl-C. With --once it scans the tenant
    over HTTP, shows the result, and ends.
    """
    from residency import clock  # noqa: PLC0415 - late, for a quick start

    back = _past_of(history if history is not None else "" if once else _PAST)
    _require_what_is_optional()
    from residency.cli.demo_past import Time, simulated, story_of, told_whole  # noqa: PLC0415 - optional
    from residency.simulator.server import serve  # noqa: PLC0415 - optional extra

    with _folder(data) as folder:
        story, is_new = story_of(folder, clock.now(), back)
        time = Time()
        simulator = simulated(time, story, scanned=is_new)
        with serve(simulator, port) as running:
            settings = _settings(folder, story.now, running.url)
            if is_new and story.since is not None:
                _make_past(simulator, time, settings, story)
                told_whole(folder, story)
            if once:
                _show(settings, output, data)
            else:
                _stay_open(folder, story, simulator, running.url)


def _require_what_is_optional() -> None:
    """Refuse to go on without the extra `demo`. Raises ConfigError."""
    from residency.errors import ConfigError  # noqa: PLC0415 - late, for a quick start

    try:
        import residency.simulator.server  # noqa: F401, PLC0415 - optional extra
    except ImportError as error:
        raise ConfigError(
            f"the demo needs more than is installed ({error.name}): pip install 'residency[demo]'"
        ) from error


def _past_of(history: str) -> timedelta | None:
    """Read how long a past is wanted. Raises ConfigError."""
    from residency.errors import ConfigError  # noqa: PLC0415 - late, for a quick start
    from residency.settings.durations import parse_duration  # noqa: PLC0415 - late

    if not history:
        return None
    try:
        found = parse_duration(history)
    except ValueError as error:
        raise ConfigError(f"--history {error}") from None
    if not timedelta() < found <= _LONGEST:
        raise ConfigError(f"--history must be at most {_LONGEST.days}d, such as 60d")
    return found


@contextmanager
def _folder(data: Path | None) -> Iterator[Path]:
    """Give the folder that was named, made if need be, or one that is gone afterwards."""
    from tempfile import TemporaryDirectory  # noqa: PLC0415 - late, for a quick start

    from residency.errors import ConfigError  # noqa: PLC0415 - late, for a quick start

    if data is None:
        with TemporaryDirectory(prefix="residency-demo-") as made:
            yield Path(made)
        return
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"--data {data}: {error.strerror}; name another folder") from error
    yield data


def _settings(folder: Path, now: "datetime", url: str) -> "Settings":
    """Write the demo's own configuration into the folder, pointed at the simulator, and load it.

    What is there already stays as it is; only the simulator is another.
    """
    from residency.cli.demo_past import configuration  # noqa: PLC0415 - late, for a quick start
    from residency.settings import load  # noqa: PLC0415 - late, for a quick start

    path = folder / DEFAULT_FILE
    if not path.exists():
        path.write_text(configuration(now, url), "utf-8")
    settings = load(path)
    azure = settings.azure.model_copy(update={"endpoint": url, "credential": "none"})
    return settings.model_copy(update={"azure": azure})


def _make_past(simulator: "Simulator", time: "Time", settings: "Settings", story: "Story") -> None:
    from residency.check import load_catalogue  # noqa: PLC0415 - late, for a quick start
    from residency.cli.demo_past import Past  # noqa: PLC0415 - late, for a quick start
    from residency.scan.watch import watching  # noqa: PLC0415 - late, for a quick start

    if not sys.stderr.isatty():
        days = (story.now - (story.since or story.now)).days
        typer.echo(f"Making a past of {days} days; it takes most of a minute for sixty", err=True)
    with progress_bar() as progress, watching(settings) as watch:
        Past(watch, simulator, time, settings).make(load_catalogue(), story, progress)


def _show(settings: "Settings", output: Format, data: Path | None) -> None:
    found = scan_and_remember(settings)
    if output is Format.JSON:
        from residency.cli.json import write  # noqa: PLC0415 - late, for a quick start
        from residency.scan import document  # noqa: PLC0415 - late, for a quick start

        write(document(found))
    else:
        from residency.cli.show import show  # noqa: PLC0415 - late, for a quick start

        show(found)
    if data is not None:
        typer.echo(f"\nEverything else can be tried in it: cd {data}", err=True)


def _stay_open(folder: Path, story: "Story", simulator: "Simulator", url: str) -> None:
    from residency.cli.demo_live import stay_open  # noqa: PLC0415 - late, for a quick start

    stay_open(folder / DEFAULT_FILE, lambda: _settings(folder, story.now, url), simulator, url)
