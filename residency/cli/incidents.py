"""`residency incidents`: the failovers that belong together, as people are told of them."""

from residency.cli.config import Format
from residency.cli.episodes import Open
from residency.cli.live import settings_for
from residency.cli.scan import Config, Output


def incidents(
    *, only_open: Open = False, config: Config = None, output: Output = Format.TEXT
) -> None:
    """Show the incidents: failovers to the same zone that began within an hour of each other."""
    from residency.store.reading import failovers  # noqa: PLC0415 - late, for a quick start
    from residency.store.reading.opened import store_at  # noqa: PLC0415 - as above

    settings = settings_for(config)
    with store_at(settings.store.url) as database, database.reading() as connection:
        found = failovers.incidents(connection, only_open=only_open)
    if output is Format.JSON:
        from residency.cli.json import write  # noqa: PLC0415 - late, for a quick start
        from residency.documents.incidents import document  # noqa: PLC0415 - as above

        write(document(found))
    else:
        from residency.cli.show_incidents import show_incidents  # noqa: PLC0415 - late, as above

        show_incidents(found, settings.report.timezone)
