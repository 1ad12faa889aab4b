"""What comes from a tenant, put on a terminal harmlessly.

Names and tags are other people's text: they may hold escape sequences, markup, or characters that
turn the direction of a line.
"""

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook
from rich.segment import Segment

from residency.cli.printable import printable


class _Printable:
    """Draws something with every unprintable character of its text made visible."""

    def __init__(self, drawn: ConsoleRenderable) -> None:
        self._drawn = drawn

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for segment in console.render(self._drawn, options):
            yield segment if segment.control else Segment(printable(segment.text), segment.style)


class _Harmless(RenderHook):
    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [_Printable(each) for each in renderables]


def terminal() -> Console:
    """Give the console on stdout; text on it is text, never markup, an emoji's name or a code."""
    console = Console(highlight=False, markup=False, emoji=False)
    console.push_render_hook(_Harmless())
    return console
