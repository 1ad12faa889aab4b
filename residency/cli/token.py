"""`residency token`: the bearer tokens of the API, made, listed and revoked."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from residency.cli.config import Format
from residency.cli.live import settings_for
from residency.cli.printable import printable
from residency.cli.scan import Config, Output

if TYPE_CHECKING:
    from datetime import datetime

    from residency.settings import Settings
    from residency.store.tokens import Token

app = typer.Typer(
    name="token", help="Make, list and revoke bearer tokens of the API.", no_args_is_help=True
)

_LONGEST_DAYS = 366
_OPERATOR = "operator"

By = Annotated[str, typer.Option("--by", help="The role that does this, never a person.")]


@app.command()
def create(
    *,
    name: Annotated[str, typer.Option(help="What will use it, such as dashboards; nobody's name.")],
    expires: Annotated[
        str, typer.Option(help=f"How long it counts, such as 30d; {_LONGEST_DAYS}d at most.")
    ] = "90d",
    by: By = _OPERATOR,
    config: Config = None,
    output: Output = Format.TEXT,
) -> None:
    """Make a token, and show it: this once, on stdout alone.

    The store and its ledger record that it was made, with a hash of it.
    """
    from residency import clock  # noqa: PLC0415 - late, for a quick start
    from residency.documents.times import instant  # noqa: PLC0415 - as above
    from residency.store.notes import token_made  # noqa: PLC0415 - as above
    from residency.store.tokens import digest, new_secret  # noqa: PLC0415 - as above

    settings, now = settings_for(config), clock.now()
    ends, secret = _end(now, expires), new_secret()
    note = token_made(digest(secret), name, now, ends, by)
    entry = _record(settings, note)
    if output is Format.TEXT:
        typer.echo(secret)
        said = (
            f"token {note.subject} for {name} counts until {instant(ends)}, and is not shown again"
        )
        typer.echo(printable(f"{said}; entry {entry} of the ledger"), err=True)
        return
    told = {"id": note.subject, "name": name, "expires": instant(ends), "token": secret}
    _write({"schema": "residency/token/v1", **told, "entry": entry})


@app.command(name="list")
def list_tokens(config: Config = None, output: Output = Format.TEXT) -> None:
    """Show the tokens that were ever made, and whether they count. No secret is kept."""
    from residency.store.reading.opened import store_at  # noqa: PLC0415 - late, for a quick start
    from residency.store.reading.tokens import tokens  # noqa: PLC0415 - as above

    settings = settings_for(config)
    with store_at(settings.store.url) as database, database.reading() as connection:
        found = tokens(connection)
    if output is Format.JSON:
        _write({"schema": "residency/tokens/v1", "tokens": [_document(each) for each in found]})
    else:
        _show(found, settings.report.timezone)


@app.command()
def revoke(
    token_id: Annotated[str, typer.Argument(help="The id, as `residency token list` has it.")],
    *,
    by: By = _OPERATOR,
    config: Config = None,
    output: Output = Format.TEXT,
) -> None:
    """Revoke a token: within two seconds a running service refuses it. For good."""
    from residency import clock  # noqa: PLC0415 - late, for a quick start
    from residency.store.notes import token_revoked  # noqa: PLC0415 - as above
    from residency.store.times import written  # noqa: PLC0415 - as above

    note = token_revoked(token_id, clock.now(), by)
    entry = _record(settings_for(config), note)
    if output is Format.TEXT:
        typer.echo(printable(f"token {token_id} is revoked: entry {entry} of the ledger"))
        return
    told = {"kind": note.kind, "subject": token_id, "by_role": by, "at": written(note.at)}
    _write({"schema": "residency/note/v1", **told, "entry": entry})


def _record(settings: "Settings", note: Any) -> int:  # noqa: ANN401 - a Note, which is slow to load
    from residency.store.ledger.signing import signer_of  # noqa: PLC0415 - late, for a quick start
    from residency.store.notes import record  # noqa: PLC0415 - as above

    return record(settings.store.url, note, signer_of(settings.ledger))


def _end(now: "datetime", expires: str) -> "datetime":
    from datetime import timedelta  # noqa: PLC0415 - late, for a quick start

    from residency.cli.show_times import length_of  # noqa: PLC0415 - as above
    from residency.errors import ConfigError  # noqa: PLC0415 - as above

    length = length_of("--expires", expires)
    if length > timedelta(days=_LONGEST_DAYS):
        raise ConfigError(f"--expires {expires}: a token counts for {_LONGEST_DAYS}d at most")
    return now + length


def _write(told: dict[str, Any]) -> None:
    from residency.cli.json import write  # noqa: PLC0415 - late, for a quick start

    write(told)


def _document(token: "Token") -> dict[str, Any]:
    from residency import clock  # noqa: PLC0415 - late, for a quick start
    from residency.documents.times import instant  # noqa: PLC0415 - as above

    return {
        "id": token.id,
        "name": token.name,
        "made_at": instant(token.made_at),
        "expires": instant(token.expires),
        "revoked_at": instant(token.revoked_at),
        "counts": token.counts(clock.now()),
    }


def _show(found: "Sequence[Token]", zone: str) -> None:
    from residency.cli.show_tokens import show_tokens  # noqa: PLC0415 - late, for a quick start

    show_tokens(found, zone)
