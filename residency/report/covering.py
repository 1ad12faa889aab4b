"""How much of a time was seen: hours are seen, bridged over a short gap, or not seen.

A gap is bridged where it is short, what was known on both sides is the same, and the activity log
that was read shows no move in between. Gaps that touch are one gap: nothing is known between them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from residency.store.times import Span

LONGEST_BRIDGE = timedelta(hours=2)
"""A longer gap is never bridged."""

_NOTHING = timedelta()
_TICK = timedelta.resolution


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How much was seen, as lengths of time that add up to all of it.

    Lengths of several resources are added: two resources have two hours in an hour.
    """

    seen: timedelta = _NOTHING
    bridged: timedelta = _NOTHING
    not_seen: timedelta = _NOTHING

    @property
    def total(self) -> timedelta:
        """All of it."""
        return self.seen + self.bridged + self.not_seen

    @property
    def ratio(self) -> Fraction:
        """Which part was seen or bridged, exactly; none of nothing was."""
        if not self.total:
            return Fraction(0)
        return Fraction((self.total - self.not_seen) // _TICK, self.total // _TICK)

    def __add__(self, other: "Seen") -> "Seen":
        """Add the lengths of two times, or of two resources."""
        return Seen(
            seen=self.seen + other.seen,
            bridged=self.bridged + other.bridged,
            not_seen=self.not_seen + other.not_seen,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A time in which something was not seen, from its true beginning to its true end.

    Attributes:
        bridged: Whether it is short, and nothing can have moved in it as far as was recorded.
    """

    since_until: Span
    bridged: bool


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Put spans in order that lie apart; those that touch or overlap become one."""
    found: list[Span] = []
    for span in sorted(each for each in spans if each.since < each.until):
        if found and span.since <= found[-1].until:
            found[-1] = Span(found[-1].since, max(found[-1].until, span.until))
        else:
            found.append(span)
    return tuple(found)


def gaps_of(blind: Iterable[Span], is_same: Callable[[Span], bool]) -> tuple[Gap, ...]:
    """Tell of each time that was not seen whether it is bridged.

    Args:
        blind: When it was not seen; not cut off at the edges of a month, because a gap is as long
            as it is.
        is_same: Whether the facts on both sides of a gap are known and the same, and the activity
            log of all of it was read and shows no move.
    """
    return tuple(
        Gap(since_until=span, bridged=span.until - span.since <= LONGEST_BRIDGE and is_same(span))
        for span in joined(blind)
    )


def seen_of(concerned: Iterable[Span], gaps: Sequence[Gap]) -> Seen:
    """Measure how much was seen of the times in which something concerned the customer."""
    spans = joined(concerned)
    total = _length(spans)
    bridged = _length(_both(spans, [each.since_until for each in gaps if each.bridged]))
    not_seen = _length(_both(spans, [each.since_until for each in gaps if not each.bridged]))
    return Seen(seen=total - bridged - not_seen, bridged=bridged, not_seen=not_seen)


def within(spans: Iterable[Span], limits: Span) -> tuple[Span, ...]:
    """Cut spans off at the edges of a time."""
    return tuple(_both(joined(spans), [limits]))


def _both(spans: Sequence[Span], others: Sequence[Span]) -> Iterator[Span]:
    """Give the times that lie in one of `spans` and in one of `others`; both are in order."""
    at = 0
    for span in spans:
        while at < len(others) and others[at].until <= span.since:
            at += 1
        for other in others[at:]:
            if other.since >= span.until:
                break
            yield Span(max(span.since, other.since), min(span.until, other.until))


def _length(spans: Iterable[Span]) -> timedelta:
    return sum((each.until - each.since for each in spans), _NOTHING)
