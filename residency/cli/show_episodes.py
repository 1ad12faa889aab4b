"""Episodes on a terminal."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.table import Table
from rich.text import Text

from residency import clock
from residency.cli.show_times import of_moment
from residency.cli.terminal import terminal
from residency.documents.times import of_length
from residency.store.episodes import Episode


def show_episodes(episodes: Sequence[Episode], zone: str) -> None:
    """Print episodes, oldest first, with the times of `zone` beside those in UTC."""
    console = terminal()
    if not episodes:
        console.print("No such failover is remembered.")
        return
    table = Table(title=f"Failovers ({len(episodes)})", title_justify="left", show_lines=True)
    table.add_column("state", no_wrap=True)
    for name in ("resource", "path", "when", "cause"):
        table.add_column(name, overflow="fold")
    for each in episodes:
        state = Text("↷ open", style="cyan") if each.open else Text(f"✔ {each.ending}")
        table.add_row(
            state,
            f"{each.resource_id}\nepisode {each.id}",
            " → ".join(each.path),
            "\n".join(_when(each, zone)),
            "\n".join(_cause(each)),
        )
    console.print(table)


def _when(episode: Episode, zone: str) -> Iterator[str]:
    yield f"from {of_moment(episode.started_at, zone)}, by the {_told(episode.started_by)}"
    yield from _at_some_time(episode.started_after, episode.started_at, zone)
    if episode.ended_at and episode.ended_by:
        yield f"to {of_moment(episode.ended_at, zone)}, by the {_told(episode.ended_by)}"
        yield from _at_some_time(episode.ended_after, episode.ended_at, zone)
    if episode.unseen_since:
        yield f"? not seen where it stands since {of_moment(episode.unseen_since, zone)}"
    yield of_length((episode.ended_at or clock.now()) - episode.started_at)


def _told(by: str) -> str:
    return {"seen": "scan that saw it", "log": "activity log", "service": "service itself"}[by]


def _at_some_time(after: datetime | None, by: datetime, zone: str) -> Iterator[str]:
    if after is not None and after < by:
        yield f"  at some time after {of_moment(after, zone)}"


def _cause(episode: Episode) -> Iterator[str]:
    yield f"{episode.cause} ({episode.cause_basis})"
    if episode.operation:
        yield f"{episode.operation}, by a {episode.caller}"
    if episode.health:
        yield f"Service Health: {', '.join(episode.health)}"
    yield f"reason recorded: {episode.reason}"
    if episode.skipped_the_order:
        yield "! order skipped"
