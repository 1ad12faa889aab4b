"""`residency history`: what stood of one resource, from when until when."""

from typing import TYPE_CHECKING, Annotated

import typer

from residency.cli.config import Format
from residency.cli.live import settings_for
from residency.cli.scan import Config, Output

if TYPE_CHECKING:
    from datetime import datetime


def history(
    resource_id: Annotated[
        str, typer.Argument(help="The resource's ARM id, or the end of one that no other has.")
    ],
    at: Annotated[
        str | None,
        typer.Option("--at", help="Only what stood at a time, such as 2026-10-01T12:00:00Z."),
    ] = None,
    config: Config = None,
    output: Output = Format.TEXT,
) -> None:
    """Show where one resource's data stood, how it was judged, and from when until when.

    Reads the store alone; what no scan saw is not in it.
    """
    from residency.store.reading.history import (  # noqa: PLC0415 - late, for a quick start
        history_of,
        resource_named,
    )
    from residency.store.reading.opened import store_at  # noqa: PLC0415 - late, as above

    settings = settings_for(config)
    moment = _moment(at) if at else None
    with store_at(settings.store.url) as database, database.reading() as connection:
        found = history_of(connection, resource_named(connection, resource_id))
    shown = found.at(moment) if moment else found
    if output is Format.JSON:
        from residency.cli.json import write  # noqa: PLC0415 - late, for a quick start
        from residency.documents.history import document  # noqa: PLC0415 - late, as above

        write(document(shown, moment))
    else:
        from residency.cli.show_history import show_history  # noqa: PLC0415 - late, as above

        show_history(shown, settings.report.timezone, moment)


def _moment(text: str) -> "datetime":
    from datetime import datetime  # noqa: PLC0415 - late, for a quick start

    from residency.errors import ConfigError  # noqa: PLC0415 - as above

    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"--at {text} is no time, such as 2026-10-01T12:00:00Z") from error
    if found.tzinfo is None:
        raise ConfigError(f"--at {text} needs a time zone, such as {text}Z")
    return found
