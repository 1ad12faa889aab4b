"""Times as the store writes them: UTC, microseconds, sorted as text like as moments."""

from collections.abc import Mapping
from datetime import UTC, datetime


def written(moment: datetime) -> str:
    """Write a moment; raises ValueError where it names no zone."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone cannot be remembered")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def written_all(moments: Mapping[str, datetime]) -> dict[str, str]:
    """Write a moment for each name."""
    return {name: written(moment) for name, moment in moments.items()}


def moment_of(text: str) -> datetime:
    """Read what `written` wrote."""
    return datetime.fromisoformat(text)
