"""`residency ack`: record that an event, an episode or an incident was seen."""

from pathlib import Path
from typing import Annotated

import typer

from residency.cli.config import Format
from residency.cli.printable import printable
from residency.cli.scan import Config, Output


def ack(  # noqa: PLR0913 - each is an option of the command
    event: Annotated[
        str, typer.Argument(help="The number of an event, or the id of an episode or incident.")
    ] = "",
    *,
    role: Annotated[
        str, typer.Option("--by", help="The role that has seen it, never a person: on-call.")
    ],
    text: Annotated[
        str, typer.Option("--note", help="One line, such as a ticket. It can never be deleted.")
    ] = "",
    kind: Annotated[str, typer.Option(help="All events of this kind, with --until.")] = "",
    until: Annotated[
        int, typer.Option(help="The number of the last event of --kind that was seen.")
    ] = 0,
    config: Config = None,
    output: Output = Format.TEXT,
) -> None:
    """Acknowledge an event: it stays in the store and in the ledger for good.

    Works beside a running `residency serve`.
    """
    if bool(event) == bool(kind) or bool(kind) != bool(until):
        raise typer.BadParameter("give one EVENT, or --kind together with --until")
    _acknowledge(event or f"{kind}:{until}", role, text, config, output)


def _acknowledge(subject: str, role: str, text: str, config: Path | None, output: Format) -> None:
    from residency import clock  # noqa: PLC0415 - late, for a quick start
    from residency.cli.live import settings_for  # noqa: PLC0415 - late, for a quick start
    from residency.store.ledger.signing import signer_of  # noqa: PLC0415 - late, as above
    from residency.store.notes import acknowledgement, record  # noqa: PLC0415 - late, as above
    from residency.store.times import written  # noqa: PLC0415 - late, for a quick start

    settings = settings_for(config)
    note = acknowledgement(subject, clock.now(), role, text)
    entry = record(settings.store.url, note, signer_of(settings.ledger))
    if output is Format.TEXT:
        typer.echo(printable(f"{subject} is acknowledged by {role}: entry {entry} of the ledger"))
        return
    from residency.cli.json import write  # noqa: PLC0415 - late, for a quick start

    told = {"kind": note.kind, "subject": subject, "by_role": role, "at": written(note.at)}
    write({"schema": "residency/note/v1", **told, "entry": entry})
