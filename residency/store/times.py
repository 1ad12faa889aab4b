"""Times as the store writes them: UTC, microseconds, sorted as text like as moments."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple


def written(moment: datetime) -> str:
    """Write a moment; raises ValueError where it names no zone."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone cannot be remembered")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Span(NamedTuple):
    """A stretch of time."""

    since: datetime
    until: datetime


def written_spans(spans: Mapping[str, Span]) -> dict[str, list[str]]:
    """Write a stretch of time for each name."""
    return {name: [written(moment) for moment in span] for name, span in spans.items()}


def moment_of(text: str) -> datetime:
    """Read what `written` wrote."""
    return datetime.fromisoformat(text)
