"""`residency replay`: what another policy would have found on what was recorded."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from residency.cli.config import Format
from residency.cli.live import settings_for
from residency.cli.scan import Config, Output

if TYPE_CHECKING:
    from datetime import datetime


def replay(
    *,
    policy: Annotated[Path, typer.Option(help="The configuration file whose policy judges.")],
    month: Annotated[
        str, typer.Option(help="The month, such as 2026-10, in the zone of report.timezone.")
    ],
    config: Config = None,
    output: Output = Format.TEXT,
) -> None:
    """Judge the recorded places of a month by another configuration; changes nothing.

    Whose resources were is as it was recorded; tags are not remembered.
    """
    from residency import clock  # noqa: PLC0415 - late, for a quick start
    from residency.cli.show_replay import Title, document, show_replay  # noqa: PLC0415 - as above
    from residency.settings import load, policy_sha256  # noqa: PLC0415 - as above
    from residency.store.reading.coverage import silences  # noqa: PLC0415 - as above
    from residency.store.reading.opened import store_at  # noqa: PLC0415 - as above
    from residency.store.reading.replayed import replay as replayed  # noqa: PLC0415 - as above

    settings, other = settings_for(config), load(policy)
    zone = settings.report.timezone
    since, until = _month(month, zone)
    until = min(until, max(since, clock.now()))
    with store_at(settings.store.url) as database, database.reading() as connection:
        found = replayed(connection, other, since, until)
        silent = silences(connection, since, until, 2 * settings.scan.interval)
    title = Title(
        policy=str(policy),
        policy_sha256=policy_sha256(other),
        month=month,
        zone=zone,
        silent=silent,
    )
    if output is Format.TEXT:
        show_replay(found, title)
        return
    from residency.cli.json import write  # noqa: PLC0415 - late, for a quick start

    write(document(found, title))


def _month(text: str, zone: str) -> "tuple[datetime, datetime]":
    """Give the beginning and the end of a month of the calendar in a zone."""
    from datetime import UTC, datetime  # noqa: PLC0415 - late, for a quick start
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - as above

    from residency.errors import ConfigError  # noqa: PLC0415 - as above

    try:
        begins = datetime.strptime(text, "%Y-%m").replace(tzinfo=ZoneInfo(zone))
        years, months = divmod(begins.month, 12)
        ends = begins.replace(year=begins.year + years, month=months + 1)
        return begins.astimezone(UTC), ends.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ConfigError(f"--month {text} is no month, such as 2026-10") from error
