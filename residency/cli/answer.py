"""`residency answer`: was this customer's data moved, was it touched, and when was it not seen."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from residency.cli.config import Format
from residency.cli.live import settings_for
from residency.cli.scan import Config, Output

if TYPE_CHECKING:
    from residency.settings import Settings
    from residency.store.reading.concern import Asked


class Language(StrEnum):
    """A language that an answer can be in."""

    DUTCH = "nl"
    ENGLISH = "en"


def answer(
    *,
    customer: Annotated[str, typer.Option(help="The customer: a key of estate.customers.")],
    since: Annotated[str, typer.Option(help="For which last time, such as 24h or 7d.")] = "24h",
    language: Annotated[
        Language | None, typer.Option(help="nl or en; else the customer's own.")
    ] = None,
    config: Config = None,
    output: Output = Format.TEXT,
) -> None:
    """Answer one customer: was its data moved, was it touched, and when was it not seen.

    Tells of its own resources, of those that its products share, and of what is unassigned, without
    naming any other customer; and never claims more than was seen.
    """
    from residency.cli.show_answer import Spoken, document, show_answer  # noqa: PLC0415 - late
    from residency.store.reading.answer import answer as answered  # noqa: PLC0415 - as above
    from residency.store.reading.opened import store_at  # noqa: PLC0415 - as above

    settings = settings_for(config)
    asked, customers = _asked(settings, customer, since), settings.estate.customers
    with store_at(settings.store.url) as database, database.reading() as connection:
        found = answered(connection, asked, customers)
    spoken = Spoken(
        name=customers[customer].name,
        language=language or customers[customer].language,
        zone=settings.report.timezone,
        interval=settings.scan.interval,
    )
    if output is Format.JSON:
        from residency.cli.json import write  # noqa: PLC0415 - late, for a quick start

        write(document(found, spoken))
    else:
        show_answer(found, spoken)


def _asked(settings: "Settings", customer: str, since: str) -> "Asked":
    """Say what is asked. Raises ConfigError: no such customer, or no length of time."""
    from residency import clock  # noqa: PLC0415 - late, for a quick start
    from residency.cli.show_times import length_of  # noqa: PLC0415 - as above
    from residency.errors import ConfigError  # noqa: PLC0415 - as above
    from residency.store.reading.concern import Asked  # noqa: PLC0415 - as above

    known = settings.estate.customers.get(customer)
    if known is None:
        raise ConfigError(f"--customer {customer} is no key of estate.customers")
    until = clock.now()
    return Asked(
        customer=customer,
        products=frozenset(known.products),
        since=until - length_of("--since", since),
        until=until,
        longest=2 * settings.scan.interval,
        lag=settings.scan.activity_log_lag,
    )
