"""What comes from a tenant, put on a terminal harmlessly.

Names and tags are other people's text: they may hold escape sequences, markup, or characters that
turn the direction of a line.
"""

import io
import os
import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.panel import Panel
from rich.segment import Segment
from rich.text import Text

from residency.cli.printable import printable

_COLUMNS_OF_A_FILE = 140


class _Harmless(Console):
    """Makes text printable before it is laid out, so that widths are counted of what is shown."""

    def render_str(self, text: str, **options: Any) -> Text:  # noqa: ANN401 - rich's own options
        """Make text of a string."""
        return super().render_str(printable(text), **options)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Draw something; rich comes here for each thing within a thing."""
        if isinstance(renderable, Text):
            return super().render(_shown(renderable), options)
        if isinstance(renderable, Panel) and isinstance(renderable.title, Text):
            renderable.title = _shown(renderable.title)
        return super().render(renderable, options)


def _shown(text: Text) -> Text:
    shown = text.copy()
    shown.plain = printable(text.plain)
    return shown


def terminal() -> Console:
    """Give the console on stdout; text on it is text, never markup, an emoji's name or a code.

    A character that stdout's encoding lacks is shown as `?`. Into a file or a pipe lines are as
    long as `COLUMNS` says, else long enough for every table.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    known = sys.stdout.isatty() or "COLUMNS" in os.environ
    width = None if known else _COLUMNS_OF_A_FILE
    return _Harmless(highlight=False, markup=False, emoji=False, width=width)
