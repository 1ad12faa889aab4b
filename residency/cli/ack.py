"""`residency ack`: record that an event, an episode or an incident was seen."""

from typing import Annotated

import typer

from residency.cli.config import Format
from residency.cli.printable import printable
from residency.cli.scan import Config, Output


def ack(
    event: Annotated[
        str, typer.Argument(help="The number of an event, or the id of an episode or incident.")
    ],
    *,
    role: Annotated[
        str, typer.Option("--by", help="The role that has seen it, never a person: on-call.")
    ],
    text: Annotated[
        str, typer.Option("--note", help="One line, such as a ticket. It can never be deleted.")
    ] = "",
    config: Config = None,
    output: Output = Format.TEXT,
) -> None:
    """Acknowledge an event: it stays in the store and in the ledger for good.

    Works beside a running `residency serve`.
    """
    from residency import clock  # noqa: PLC0415 - late, for a quick start
    from residency.cli.live import settings_for  # noqa: PLC0415 - late, for a quick start
    from residency.store.ledger.signing import signer_of  # noqa: PLC0415 - late, as above
    from residency.store.notes import acknowledgement, record  # noqa: PLC0415 - late, as above
    from residency.store.times import written  # noqa: PLC0415 - late, for a quick start

    settings = settings_for(config)
    note = acknowledgement(event, clock.now(), role, text)
    entry = record(settings.store.url, note, signer_of(settings.ledger))
    if output is Format.TEXT:
        typer.echo(printable(f"{event} is acknowledged by {role}: entry {entry} of the ledger"))
        return
    from residency.cli.json import write  # noqa: PLC0415 - late, for a quick start

    told = {"kind": note.kind, "subject": event, "by_role": role, "at": written(note.at)}
    write({"schema": "residency/note/v1", **told, "entry": entry})
