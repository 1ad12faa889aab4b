"""How many series there are at most: what is too much is added up, or left out and counted."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

OTHER = "(other)"
"""The value of labels under which series are added up that are too many."""

Values = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """How many series of each name there are at most, and of all names together.

    `every` is kept by giving `resources` what the others leave, and never less than `fewest`.
    """

    violations: int = 2_000
    failovers: int = 2_000
    resources: int = 4_000
    placements: int = 1_000
    findings: int = 500
    every: int = 10_000
    fewest: int = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """Numbers by the values of labels, and how many of them were added up to others."""

    counts: Mapping[Values, int]
    truncated: int = 0


def fold(
    counts: Mapping[Values, int],
    limit: int,
    kept: Sequence[int],
    worst_first: Callable[[Values], tuple[object, ...]],
) -> Folded:
    """Keep the worst, and add the others up.

    Args:
        counts: All of them.
        limit: How many there may be, with those that are added up.
        kept: The places of labels whose value stays; what is added up is so by these.
        worst_first: Ranks them; the same ones stay from one time to the next.
    """
    if len(counts) <= limit:
        return Folded(counts=counts)
    ranked = sorted(counts, key=lambda values: (worst_first(values), values))
    room = max(0, limit - len({_others(values, kept) for values in ranked[limit:]}))
    while room and room + len({_others(values, kept) for values in ranked[room:]}) > limit:
        room -= 1
    found = Counter({values: counts[values] for values in ranked[:room]})
    for values in ranked[room:]:
        found[_others(values, kept)] += counts[values]
    return Folded(counts=found, truncated=len(ranked) - room)


def _others(values: Values, kept: Sequence[int]) -> Values:
    return tuple(value if place in kept else OTHER for place, value in enumerate(values))
