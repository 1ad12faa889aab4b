"""`residency episodes`: the failovers that are remembered, and why they were done."""

from enum import StrEnum
from typing import Annotated

import typer

from residency.cli.config import Format
from residency.cli.live import settings_for
from residency.cli.printable import printable
from residency.cli.scan import Config, Output

app = typer.Typer(
    name="episodes",
    help="Show the failovers that are remembered, or record why one was done.",
    invoke_without_command=True,
)

Open = Annotated[bool, typer.Option("--open", help="Only those that have not ended.")]


class Why(StrEnum):
    """Why a failover was done."""

    DISRUPTION = "disruption"
    TEST = "test"
    MIGRATION = "migration"
    UNKNOWN = "unknown"


@app.callback()
def episodes(
    context: typer.Context,
    *,
    only_open: Open = False,
    config: Config = None,
    output: Output = Format.TEXT,
) -> None:
    """Show the failovers that are remembered: where from, where to, when, and by what cause."""
    if context.invoked_subcommand is not None:
        context.obj = config
        return
    from residency.store.reading import failovers  # noqa: PLC0415 - late, for a quick start
    from residency.store.reading.opened import store_at  # noqa: PLC0415 - as above

    settings = settings_for(config)
    with store_at(settings.store.url) as database, database.reading() as connection:
        found = failovers.episodes(connection, only_open=only_open)
    if output is Format.JSON:
        from residency.cli.json import write  # noqa: PLC0415 - late, for a quick start
        from residency.store.episodes import document  # noqa: PLC0415 - as above

        write(document(found))
    else:
        from residency.cli.show_episodes import show_episodes  # noqa: PLC0415 - late, as above

        show_episodes(found, settings.report.timezone)


@app.command()
def annotate(  # noqa: PLR0913 - a command has as many options as it needs
    context: typer.Context,
    episode_id: Annotated[str, typer.Argument(help="The episode's id, as `episodes` lists it.")],
    *,
    reason: Annotated[Why, typer.Option(help="Why it was done.")],
    by: Annotated[str, typer.Option(help="The role that says so, such as on-call; nobody's name.")],
    explained: Annotated[
        bool,
        typer.Option(
            "--explained", help="It explains why the failover countries were not used first."
        ),
    ] = False,
    config: Config = None,
    output: Output = Format.TEXT,
) -> None:
    """Record in the store, and in its ledger, why a failover was done.

    Nothing is changed: the newest of several counts, and all are kept.
    """
    from residency import clock  # noqa: PLC0415 - late, for a quick start
    from residency.store.episodes import Purpose  # noqa: PLC0415 - as above
    from residency.store.ledger.signing import signer_of  # noqa: PLC0415 - as above
    from residency.store.notes import annotation, record  # noqa: PLC0415 - as above
    from residency.store.times import written  # noqa: PLC0415 - as above

    settings = settings_for(config or context.obj)
    note = annotation(episode_id, clock.now(), by, Purpose(reason), explained=explained)
    entry = record(settings.store.url, note, signer_of(settings.ledger))
    if output is Format.JSON:
        from residency.cli.json import write  # noqa: PLC0415 - late, for a quick start

        told = {"kind": note.kind, "subject": episode_id, "by_role": by, "at": written(note.at)}
        said = {"reason": reason, "explained": explained}
        write({"schema": "residency/note/v1", **told, **said, "entry": entry})
    else:
        typer.echo(
            printable(f"{episode_id} is recorded as {reason} by {by}: entry {entry} of the ledger")
        )
