"""Tokens of the API on a terminal."""

from collections.abc import Sequence
from datetime import datetime

from rich.table import Table
from rich.text import Text

from residency import clock
from residency.cli.show_times import of_moment
from residency.cli.terminal import terminal
from residency.store.tokens import Token


def show_tokens(tokens: Sequence[Token], zone: str) -> None:
    """Print tokens, oldest first, with the times of `zone` beside those in UTC."""
    console = terminal()
    if not tokens:
        console.print("No token was ever made.")
        return
    table = Table(title=f"Tokens of the API ({len(tokens)})", title_justify="left")
    table.add_column("state", no_wrap=True)
    for name in ("id", "for", "made", "counts until"):
        table.add_column(name, overflow="fold")
    now = clock.now()
    for each in tokens:
        until = each.revoked_at or each.expires
        made = of_moment(each.made_at, zone)
        table.add_row(_state(each, now), each.id, each.name, made, of_moment(until, zone))
    console.print(table)


def _state(token: Token, now: datetime) -> Text:
    if token.counts(now):
        return Text("✔ counts", style="green")
    return Text("- revoked" if token.revoked_at else "✖ expired", style="dim")
