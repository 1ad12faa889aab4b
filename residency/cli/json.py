"""JSON on stdout."""

import io
import re
import sys
from collections.abc import Mapping
from typing import Any

import msgspec
import typer

_OBEYED = re.compile(r"[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""What JSON allows as it is and a terminal obeys: control codes, and marks of direction."""


def write(values: Mapping[str, Any]) -> None:
    """Write JSON values, indented, in UTF-8; what a terminal would obey is escaped."""
    text = msgspec.json.format(msgspec.json.encode(values), indent=2).decode()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # whatever the locale: RFC 8259, section 8.1
    typer.echo(_OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text))
