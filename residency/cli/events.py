"""`residency events`: what happened, once each; with `--follow` also what happens from now on."""

from typing import TYPE_CHECKING, Annotated

import typer

from residency.cli.config import Format
from residency.cli.live import settings_for
from residency.cli.outcome import INTERRUPTED
from residency.cli.scan import Config, Output

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from residency.store.engine import Database
    from residency.store.reading.events import Happened

_SECONDS_BETWEEN_LOOKS = 1


def events(
    *,
    kind: Annotated[
        list[str] | None, typer.Option("--kind", help="Only of this kind; may be repeated.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", help="Only of the last time, such as 24h.")
    ] = None,
    follow: Annotated[
        bool,
        typer.Option(
            "--follow",
            help="Go on until Ctrl-C; without --since only with what happens from now on.",
        ),
    ] = False,
    config: Config = None,
    output: Output = Format.TEXT,
) -> None:
    """Show what happened: violations, places that moved, failovers, subscriptions lost and back.

    With --format json each event is one line.
    """
    from residency.store.reading.opened import store_at  # noqa: PLC0415 - late, for a quick start

    settings = settings_for(config)
    kinds = _known(kind or ())
    zone = settings.report.timezone
    with store_at(settings.store.url) as database:
        if not follow:
            _show(_since(database, kinds, since), output, zone, following=False)
            return
        try:
            for found in _from_now_on(database, kinds, since):
                _show(found, output, zone, following=True)
        except KeyboardInterrupt:
            raise typer.Exit(INTERRUPTED) from None


def _show(found: "Sequence[Happened]", output: Format, zone: str, *, following: bool) -> None:
    from residency.cli import show_events  # noqa: PLC0415 - late, for a quick start

    if output is Format.JSON:
        show_events.write_lines(found)
    elif following:
        show_events.show_lines(found, zone)
    else:
        show_events.show_events(found, zone)


def _known(kinds: "Sequence[str]") -> "Collection[str]":
    from residency.errors import ConfigError  # noqa: PLC0415 - late, for a quick start
    from residency.store import EventKind  # noqa: PLC0415 - as above

    wrong = sorted(set(kinds) - set(EventKind))
    if wrong:
        raise ConfigError(
            f"--kind {', '.join(wrong)} is none of the kinds of events: {', '.join(EventKind)}"
        )
    return kinds


def _since(
    database: "Database", kinds: "Collection[str]", since: str | None
) -> "tuple[Happened, ...]":
    from residency import clock  # noqa: PLC0415 - late, for a quick start
    from residency.cli.show_times import length_of  # noqa: PLC0415 - as above
    from residency.store.reading.events import events_after  # noqa: PLC0415 - as above

    began = clock.now() - length_of("--since", since) if since else None
    with database.reading() as connection:
        return events_after(connection, kinds=kinds, since=began)


def _from_now_on(
    database: "Database", kinds: "Collection[str]", since: str | None
) -> "Iterator[tuple[Happened, ...]]":
    """Give what happened, then again and again what happened meanwhile; each event once."""
    import time  # noqa: PLC0415 - late, for a quick start

    from residency.store.reading.events import events_after, last_event  # noqa: PLC0415 - as above

    with database.reading() as connection:
        last = last_event(connection)
    if since:
        found = _since(database, kinds, since)
        last = max((last, *(each.seq for each in found)))
        yield found
    while True:
        time.sleep(_SECONDS_BETWEEN_LOOKS)
        with database.reading() as connection:
            newest = last_event(connection)
            found = events_after(connection, last, kinds=kinds) if newest > last else ()
        last = max(last, newest)
        if found:
            yield found
