"""The sentence of a month: a table by hand, and laws over all that can be established."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.report.covering import Seen
from residency.report.verdict import Clause, Doubt, Established, Sentence, verdict

HOUR = timedelta(hours=1)
CLEAN = Established(
    seen=Seen(seen=720 * HOUR),
    threshold=Fraction("0.995"),
    longest_gap=timedelta(),
    unassigned=0,
    has_manifest=True,
    untraced=0,
    deviations=0,
    disrupted=(),
    standing=(),
)
NOTHING_SEEN = Seen(not_seen=720 * HOUR)
COPIES = (Clause.STANDING_COPIES, ("IE",))
BESIDES = (Clause.NOT_ALL_ESTABLISHED, ())
FAILOVER = (Clause.FAILOVER_SEEN, ("IE",))

TABLE: list[tuple[dict[str, object], Sentence, tuple[str, ...], list[object], list[Doubt]]] = [
    ({}, Sentence.AT_HOME, (), [], []),
    ({"standing": ("IE",)}, Sentence.AT_HOME, (), [COPIES], []),
    ({"disrupted": ("IE",)}, Sentence.FAILED_OVER, ("IE",), [], []),
    (
        {"disrupted": ("IE", "FR"), "standing": ("IE",)},
        Sentence.FAILED_OVER,
        ("IE", "FR"),
        [COPIES],
        [],
    ),
    ({"deviations": 1}, Sentence.DEVIATED, (), [], []),
    ({"deviations": 1, "disrupted": ("IE",), "standing": ("IE",)}, Sentence.DEVIATED, (), [], []),
    ({"deviations": 1, "unassigned": 1}, Sentence.DEVIATED, (), [BESIDES], [Doubt.UNASSIGNED]),
    ({"unassigned": 1}, Sentence.NOT_ESTABLISHED, (), [], [Doubt.UNASSIGNED]),
    ({"untraced": 1}, Sentence.NOT_ESTABLISHED, (), [], [Doubt.UNTRACED]),
    ({"has_manifest": False}, Sentence.NOT_ESTABLISHED, (), [], [Doubt.NO_MANIFEST]),
    (
        {"has_manifest": False, "disrupted": ("IE",), "standing": ("IE",)},
        Sentence.NOT_ESTABLISHED,
        (),
        [FAILOVER],
        [Doubt.NO_MANIFEST],
    ),
    ({"longest_gap": 4 * HOUR}, Sentence.AT_HOME, (), [], []),
    (
        {"longest_gap": 4 * HOUR + timedelta(microseconds=1)},
        Sentence.NOT_ESTABLISHED,
        (),
        [],
        [Doubt.GAP],
    ),
    ({"seen": Seen()}, Sentence.NOT_ESTABLISHED, (), [], [Doubt.COVERAGE]),
    ({"seen": NOTHING_SEEN}, Sentence.NOT_ESTABLISHED, (), [], [Doubt.COVERAGE]),
    ({"seen": Seen(seen=995 * HOUR, not_seen=5 * HOUR)}, Sentence.AT_HOME, (), [], []),
    (
        {"seen": Seen(seen=9949 * HOUR, not_seen=51 * HOUR)},
        Sentence.NOT_ESTABLISHED,
        (),
        [],
        [Doubt.COVERAGE],
    ),
    (
        {"seen": NOTHING_SEEN, "threshold": Fraction(0)},
        Sentence.NOT_ESTABLISHED,
        (),
        [],
        [Doubt.COVERAGE],
    ),
]


@pytest.mark.parametrize(("more", "sentence", "countries", "clauses", "doubts"), TABLE)
def test_a_month_has_its_sentence(
    more: dict[str, object],
    sentence: Sentence,
    countries: tuple[str, ...],
    clauses: list[object],
    doubts: list[Doubt],
) -> None:
    found = verdict(replace(CLEAN, **more))  # type: ignore[arg-type]
    assert found.sentence is sentence
    assert found.countries == countries
    assert list(found.clauses) == clauses
    assert list(found.doubts) == doubts


COUNTRIES = st.lists(st.sampled_from(["IE", "FR", "DE"]), unique=True).map(tuple)
HOURS = st.integers(0, 800).map(lambda hours: hours * HOUR)
ANYTHING = st.builds(
    Established,
    seen=st.builds(Seen, seen=HOURS, bridged=HOURS, not_seen=HOURS),
    threshold=st.fractions(0, 1),
    longest_gap=HOURS,
    unassigned=st.integers(0, 3),
    has_manifest=st.booleans(),
    untraced=st.integers(0, 2),
    deviations=st.integers(0, 3),
    disrupted=COUNTRIES,
    standing=COUNTRIES,
)
ORDER = list(Sentence)


@given(found=ANYTHING)
def test_nothing_good_is_said_where_the_location_is_not_established(found: Established) -> None:
    told = verdict(found)
    if told.doubts:
        assert told.sentence in {Sentence.DEVIATED, Sentence.NOT_ESTABLISHED}
    assert told.needs_explanation == bool(told.doubts or found.deviations)


@given(found=ANYTHING)
def test_a_month_at_home_had_nothing_else(found: Established) -> None:
    if verdict(found).sentence is Sentence.AT_HOME:
        assert (found.deviations, found.disrupted, found.unassigned) == (0, (), 0)
        assert found.seen.seen + found.seen.bridged > timedelta()


@given(found=ANYTHING, worse=st.sampled_from(["deviations", "unassigned", "gap", "unseen"]))
def test_what_is_worse_never_gives_a_better_sentence(found: Established, worse: str) -> None:
    later = {
        "deviations": lambda: replace(found, deviations=found.deviations + 1),
        "unassigned": lambda: replace(found, unassigned=found.unassigned + 1),
        "gap": lambda: replace(found, longest_gap=found.longest_gap + 5 * HOUR),
        "unseen": lambda: replace(found, seen=found.seen + Seen(not_seen=HOUR)),
    }[worse]()
    assert ORDER.index(verdict(later).sentence) <= ORDER.index(verdict(found).sentence)


@given(found=ANYTHING)
def test_standing_copies_and_failovers_are_named_wherever_the_sentence_leaves_room(
    found: Established,
) -> None:
    told = verdict(found)
    clauses = dict(told.clauses)
    if told.sentence in {Sentence.AT_HOME, Sentence.FAILED_OVER}:
        assert clauses.get(Clause.STANDING_COPIES, ()) == found.standing
    if told.sentence is Sentence.NOT_ESTABLISHED:
        assert clauses.get(Clause.FAILOVER_SEEN, ()) == found.disrupted
