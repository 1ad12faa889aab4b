"""The real programs of Prometheus: where they are, and running ones over a folder of their own."""

import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket

LOCAL = Path(__file__).resolve().parents[1] / ".tools/root/usr/bin"
PATIENCE_SECONDS = 60.0
_PROMETHEUS = (
    "--config.file=prometheus.yml",
    "--storage.tsdb.path=prometheus",
    "--rules.alert.resend-delay=1s",
)


class NotInstalled(RuntimeError):  # noqa: N818 - it says what is the case
    """A program is not here."""


def program(name: str) -> str:
    """Find a program: in RESIDENCY_TOOLS, where CI puts it, or on PATH. Raises NotInstalled."""
    folders = [os.environ.get("RESIDENCY_TOOLS"), str(LOCAL), os.environ.get("PATH")]
    found = shutil.which(name, path=os.pathsep.join(folder for folder in folders if folder))
    if found is None:
        raise NotInstalled(f"{name} is not here: put it on PATH, or its folder in RESIDENCY_TOOLS")
    return found


def free_port() -> int:
    with socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def running(folder: Path, name: str, *options: str) -> Iterator[str]:
    """Run a program that serves; gives its address once it is ready. Raises NotInstalled."""
    address = f"127.0.0.1:{free_port()}"
    command = [program(name), *options, f"--web.listen-address={address}"]
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - a program that was looked up by its name
            command, cwd=folder, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        until(lambda: _answers(f"http://{address}/-/ready"), f"answer of {name}")
        yield f"http://{address}"
    finally:
        process.kill()
        process.wait(PATIENCE_SECONDS)


@contextmanager
def prometheus(folder: Path, config: str, *features: str) -> Iterator[str]:
    """Run Prometheus with a configuration; gives its address. Raises NotInstalled."""
    (folder / "prometheus.yml").write_text(config, encoding="utf-8")
    with running(folder, "prometheus", *_PROMETHEUS, *features) as address:
        yield address


def until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"no {what} in {PATIENCE_SECONDS} s")
        time.sleep(0.05)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - loopback
            return bool(answer.status == 200)  # noqa: PLR2004 - HTTP
    except OSError:
        return False
