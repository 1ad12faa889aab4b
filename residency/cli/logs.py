"""Logs go to stderr: words on a terminal, JSON elsewhere. One event is one line."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from residency.cli.printable import printable

_MOST_CHARACTERS = 8192
_TRACE = "exception"


def log_to_stderr() -> None:
    """Set up the logs of one command, and of the libraries that it uses."""
    shared: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _bounded,
    ]
    if sys.stderr.isatty():
        shared += [_harmless, structlog.dev.ConsoleRenderer()]
    else:
        shared += [structlog.processors.JSONRenderer()]
    structlog.configure(
        processors=shared,
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    logging.getLogger("azure").setLevel(logging.ERROR)
    _take_over(logging.getLogger(), shared)


class _OfLibraries(logging.StreamHandler[Any]):
    """Writes what libraries log in the same form."""


def _take_over(root: logging.Logger, processors: list[structlog.typing.Processor]) -> None:
    for handler in root.handlers[:]:
        if isinstance(handler, _OfLibraries):
            root.removeHandler(handler)
    handler = _OfLibraries(sys.stderr)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=_meant_for(processors)))
    root.addHandler(handler)


def _meant_for(
    processors: list[structlog.typing.Processor],
) -> list[structlog.typing.Processor]:
    first = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    return [structlog.stdlib.add_logger_name, first, *processors]


def _bounded(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Cut the middle out of what is too long: an error may quote a whole answer."""
    half = _MOST_CHARACTERS // 2
    for key, found in event.items():
        if isinstance(found, str) and len(found) > _MOST_CHARACTERS:
            event[key] = f"{found[:half]}…{found[-half:]}"
    return event


def _harmless(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Make texts printable; only a trace has lines."""
    for key, found in event.items():
        if isinstance(found, str):
            shown = printable(found)
            event[key] = shown if key == _TRACE else shown.replace("\n", "�")
    return event
