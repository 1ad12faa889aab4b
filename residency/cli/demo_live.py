"""Keeps the demo open: the service over the simulated tenant, in which things go on to happen."""

import gc
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import typer

from residency import clock
from residency.cli.logs import log_to_stderr
from residency.service import Configuration, serve
from residency.simulator.estate.live import live

if TYPE_CHECKING:
    from residency.settings import Settings
    from residency.simulator.simulator import Simulator

_LOOK_SECONDS = 0.2
_PATIENCE_SECONDS = 60


def stay_open(
    file: Path, load: Callable[[], "Settings"], simulator: "Simulator", azure: str
) -> None:
    """Run the service until Ctrl-C or SIGTERM, and say where to look.

    Args:
        file: The demo's configuration.
        load: Reads it, pointed at the simulated tenant.
        simulator: In which things happen meanwhile.
        azure: The simulator's address.
    """
    listen = free_address(load().web.listen)

    def listening() -> "Settings":
        settings = load()
        web = settings.web.model_copy(update={"listen": listen})
        return settings.model_copy(update={"web": web})

    log_to_stderr()
    stopped = threading.Event()
    url = f"http://{listen}"
    with _beside(stopped, lambda: _go_on(stopped, simulator, url, azure, file.parent)):
        serve(Configuration(file, listening), anywhere=False, sentinel=False, at_once=True)
    gc.unfreeze()  # what the simulator's database holds is to be given back before the end
    typer.echo("stopped", err=True)


def free_address(listen: str) -> str:
    """Give an address of this machine that is free: the one that is wished for, if it can be."""
    wished = urlsplit(f"//{listen}")
    host = wished.hostname or "127.0.0.1"
    for port in (wished.port or 0, 0):
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind((host, port))
            except OSError:
                continue
            return f"{host}:{tried.getsockname()[1]}"
    return listen


@contextmanager
def _beside(stopped: threading.Event, act: Callable[[], None]) -> Iterator[None]:
    """Do something in a thread while the block runs."""
    thread = threading.Thread(target=act, name="demo", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def _go_on(
    stopped: threading.Event, simulator: "Simulator", url: str, azure: str, folder: Path
) -> None:
    """Say where the service is once it answers, and then let things happen."""
    if not _answers(stopped, f"{url}/-/ready"):
        return
    typer.echo(_welcome(url, azure, folder))
    for step in live(clock.now()):
        if stopped.wait(max(0.0, (step.at - clock.now()).total_seconds())):
            return
        step.act(simulator)
        typer.echo(f"{clock.now():%H:%M:%S} UTC  in the simulated Azure: {step.told}")


def _answers(stopped: threading.Event, url: str) -> bool:
    for _ in range(round(_PATIENCE_SECONDS / _LOOK_SECONDS)):
        try:
            with urllib.request.urlopen(url, timeout=_PATIENCE_SECONDS):  # noqa: S310 - our own
                return True
        except (urllib.error.URLError, OSError):
            if stopped.wait(_LOOK_SECONDS):
                return False
    typer.echo(f"The service does not answer at {url}: the log above says why", err=True)
    return False


def _welcome(url: str, azure: str, folder: Path) -> str:
    return f"""
  The page          {url}/
  Metrics           {url}/metrics
  The API           {url}/api/v1/openapi.json
  Simulated Azure   {azure}

In a minute an account fails over to Ireland, and then more happens: look at the page.
Other commands work in {folder}. Ctrl-C ends it.
"""
