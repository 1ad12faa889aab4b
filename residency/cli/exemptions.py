"""`residency exemptions`: what is set aside or declared, how long still, and what it counts for."""

from residency.cli.config import Format
from residency.cli.live import settings_for
from residency.cli.scan import Config, Output


def exemptions(config: Config = None, output: Output = Format.TEXT) -> None:
    """Show the exemptions and declarations: planned, live, expiring or expired, and what they name.

    One that names nothing is reported. Expiry counts at once, whatever the last scan found.
    """
    from residency import clock  # noqa: PLC0415 - late, for a quick start
    from residency.store.reading.lives import lives  # noqa: PLC0415 - as above
    from residency.store.reading.opened import store_at  # noqa: PLC0415 - as above

    settings = settings_for(config)
    now = clock.now()
    with store_at(settings.store.url) as database, database.reading() as connection:
        found = lives(connection, settings, now)
    if output is Format.JSON:
        from residency.cli.json import write  # noqa: PLC0415 - late, for a quick start
        from residency.documents.exemptions import document  # noqa: PLC0415 - as above

        write(document(found))
    else:
        from residency.cli.show_exemptions import show_exemptions  # noqa: PLC0415 - late, as above

        show_exemptions(found, settings.report.timezone, now)
