"""JSON on stdout."""

from collections.abc import Mapping
from typing import Any

import msgspec
import typer


def write(values: Mapping[str, Any]) -> None:
    """Write JSON values, indented, in UTF-8."""
    typer.echo(msgspec.json.format(msgspec.json.encode(values), indent=2).decode())
