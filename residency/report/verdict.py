"""What is said of a month in one sentence: one of four, and never more than was seen.

The worst that is known comes first: a deviation is told though not all was seen; where too little
was seen, nothing good is said; a failover is told before a month at home.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction

from residency.report.covering import Seen

LONGEST_GAP = timedelta(hours=4)
"""A longer gap alone keeps the location from being established."""


class Sentence(StrEnum):
    """The four sentences, worst first, as reports and their readers' programs name them."""

    DEVIATED = "deviated"
    NOT_ESTABLISHED = "not-established"
    FAILED_OVER = "failed-over"
    AT_HOME = "at-home"


class Doubt(StrEnum):
    """Why the location is not established of the whole month."""

    COVERAGE = "coverage"
    GAP = "gap"
    UNASSIGNED = "unassigned"
    NO_MANIFEST = "no-manifest"
    UNTRACED = "untraced"


class Clause(StrEnum):
    """What is said after the sentence."""

    STANDING_COPIES = "standing-copies"
    NOT_ALL_ESTABLISHED = "not-all-established"
    FAILOVER_SEEN = "failover-seen"


Said = tuple[Clause, tuple[str, ...]]
"""A clause with the countries that it names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Established:
    """What was established of one customer's month, over its own and shared resources.

    Attributes:
        seen: How much was seen, added over the resources.
        threshold: Which part of it must have been seen or bridged.
        longest_gap: The longest gap that was not bridged, as long as it truly was.
        unassigned: How many resources store or process data, or might, and are nobody's.
        has_manifest: Whether it was said which subscriptions must be seen, all month.
        untraced: How many failovers went nobody knows where.
        deviations: How many times the location was not as agreed.
        disrupted: The countries where a disruption put data temporarily, as was agreed.
        standing: The countries where standing copies were, other than home.
    """

    seen: Seen
    threshold: Fraction
    longest_gap: timedelta
    unassigned: int
    has_manifest: bool
    untraced: int
    deviations: int
    disrupted: tuple[str, ...]
    standing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The sentence with what belongs to it.

    Attributes:
        countries: Those that the sentence names.
        clauses: What is said after it.
        doubts: Why not all is established; told in the report whatever the sentence.
    """

    sentence: Sentence
    countries: tuple[str, ...] = ()
    clauses: tuple[Said, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    @property
    def needs_explanation(self) -> bool:
        """Whether people must explain it in writing before it is released."""
        return self.sentence in {Sentence.DEVIATED, Sentence.NOT_ESTABLISHED}


def verdict(found: Established) -> Verdict:
    """Say what is said of a month."""
    doubts = tuple(_doubts(found))
    if found.deviations:
        besides = _clause(Clause.NOT_ALL_ESTABLISHED, said=bool(doubts))
        return Verdict(sentence=Sentence.DEVIATED, clauses=besides, doubts=doubts)
    if doubts:
        failover = _clause(Clause.FAILOVER_SEEN, found.disrupted, said=bool(found.disrupted))
        return Verdict(sentence=Sentence.NOT_ESTABLISHED, clauses=failover, doubts=doubts)
    copies = _clause(Clause.STANDING_COPIES, found.standing, said=bool(found.standing))
    which = Sentence.FAILED_OVER if found.disrupted else Sentence.AT_HOME
    return Verdict(sentence=which, countries=found.disrupted, clauses=copies)


def _clause(clause: Clause, countries: tuple[str, ...] = (), *, said: bool) -> tuple[Said, ...]:
    return ((clause, countries),) if said else ()


def _doubts(found: Established) -> Iterator[Doubt]:
    seen = found.seen
    if seen.ratio < found.threshold or seen.total == seen.not_seen:
        yield Doubt.COVERAGE
    if found.longest_gap > LONGEST_GAP:
        yield Doubt.GAP
    if found.unassigned:
        yield Doubt.UNASSIGNED
    if not found.has_manifest:
        yield Doubt.NO_MANIFEST
    if found.untraced:
        yield Doubt.UNTRACED
