"""`residency serve`: scan on schedule, and serve metrics, hooks and acknowledgements."""

import gc
from typing import TYPE_CHECKING, Annotated

import typer

from residency.cli.scan import Config

if TYPE_CHECKING:
    from residency.settings import Settings


def serve(
    *,
    config: Config = None,
    sentinel: Annotated[
        bool,
        typer.Option(
            "--sentinel",
            help="Only scan and alert: a second instance in another region, whose ledger is"
            " neither signed nor audited.",
        ),
    ] = False,
    anywhere: Annotated[
        bool,
        typer.Option(
            "--listen-anywhere",
            help="Listen beyond this machine without TLS: something else protects it.",
        ),
    ] = False,
) -> None:
    """Scan on schedule and serve the state, until SIGTERM or Ctrl-C.

    SIGHUP reads the configuration again; so does a change of its file. Exit code: 0 stopped,
    2 unusable.
    """
    gc.disable()  # what is loaded is no garbage; `serving` collects once it shows a state
    try:
        _serve(config, sentinel=sentinel, anywhere=anywhere)
    finally:
        gc.enable()


def _serve(config: Config, *, sentinel: bool, anywhere: bool) -> None:
    from residency.cli.config import config_file  # noqa: PLC0415 - late, for a quick start
    from residency.cli.live import settings_for  # noqa: PLC0415 - late, for a quick start
    from residency.cli.logs import log_to_stderr  # noqa: PLC0415 - late, for a quick start
    from residency.service import Configuration  # noqa: PLC0415 - late, for a quick start
    from residency.service import serve as serve_until_stopped  # noqa: PLC0415 - as above

    def load() -> "Settings":
        settings = settings_for(config)
        return _unsigned(settings) if sentinel else settings

    log_to_stderr()
    configuration = Configuration(config_file(config), load)
    serve_until_stopped(configuration, anywhere=anywhere, sentinel=sentinel)


def _unsigned(settings: "Settings") -> "Settings":
    ledger = settings.ledger.model_copy(update={"key_file": None})
    return settings.model_copy(update={"ledger": ledger})
