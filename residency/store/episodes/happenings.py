"""What happened to an episode between two versions of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from residency.store.episodes.episode import Ending, Episode, is_worse


class Kind(StrEnum):
    """What happened to an episode. A return is told as `returned` and as `closed`."""

    OPENED = "opened"
    EXTENDED = "extended"
    ESCALATED = "escalated"
    ORDER_SKIPPED = "order-skipped"
    RETURNED = "returned"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing that happened to an episode; `before` is None if it was not known."""

    kind: Kind
    before: Episode | None
    after: Episode


def happenings(before: Episode | None, after: Episode) -> Iterator[Happening]:
    """Tell what happened to an episode since the version before."""
    for kind in _kinds(before, after):
        yield Happening(kind=kind, before=before, after=after)


def _kinds(before: Episode | None, after: Episode) -> Iterator[Kind]:
    if before is None:
        yield Kind.OPENED
    known = len(before.path) if before else 2
    for place in range(known, len(after.path)):
        worse = is_worse(after.zones[place], after.zones[place - 1])
        yield Kind.ESCALATED if worse else Kind.EXTENDED
    if after.skipped_the_order and not (before and before.skipped_the_order):
        yield Kind.ORDER_SKIPPED
    if not after.open and (before is None or before.open):
        if after.ending is Ending.RETURNED:
            yield Kind.RETURNED
        yield Kind.CLOSED
