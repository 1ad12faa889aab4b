"""Which kept answers are read again: fair, the same each time, and in time."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from residency.scan.kept import Key, Stamp
from residency.scan.rotation import Pace, Rotation, Turn, due, max_age

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AGES = {"default": DAY}
PACE = Pace(interval=timedelta(minutes=15), deadline=timedelta(minutes=10))
VAULT = "/subscriptions/{}/resourcegroups/g/providers/microsoft.keyvault/vaults/v{:05}"
SETTINGS = "/providers/microsoft.insights/diagnosticsettings"
SERVER = "/subscriptions/s/resourcegroups/g/providers/microsoft.sql/servers/q"
ACCOUNT = "/subscriptions/s/resourcegroups/g/providers/microsoft.storage/storageaccounts/a"
POLICIES = f"{ACCOUNT}/objectreplicationpolicies"


def settings(number: int, subscription: str = "s") -> Key:
    return listed(VAULT.format(subscription, number) + SETTINGS)


def listed(path: str) -> Key:
    return Key("list", path, "2021-05-01-preview")


def stamp(key: Key, age: timedelta, **more: Any) -> Stamp:
    return Stamp(key=key, asked_at=NOW - age, **more)


def rotation(*stamps: Stamp, pace: Pace = PACE, **more: Any) -> Rotation:
    return Rotation(stamps=stamps, ages=AGES, pace=pace, began_at=NOW, **more)


def after(scans: int, keys: Sequence[Key], pace: Pace = PACE) -> tuple[list[int], timedelta]:
    """Scan so often, after a first scan read it all; give reads by scan and the oldest given."""
    asked_at, reads, oldest = dict.fromkeys(keys, NOW), [], timedelta()
    for scan in range(1, scans + 1):
        began_at = NOW + scan * pace.interval
        stamps = [Stamp(key=key, asked_at=asked_at[key]) for key in keys]
        turns = Rotation(stamps=stamps, ages=AGES, pace=pace, began_at=began_at)
        read = [key for key in keys if turns.turn(key) is Turn.READ]
        asked_at |= dict.fromkeys(read, began_at)
        reads.append(len(read))
        oldest = max(oldest, began_at + pace.deadline - min(asked_at.values()))
    return reads, oldest


def test_everything_comes_round_within_a_day_and_each_scan_reads_alike() -> None:
    reads, oldest = after(200, [settings(number) for number in range(1000)])
    assert oldest <= DAY
    assert set(reads) == {11, 12}, "1000 in 94 scans, and a tenth more"


def test_of_few_things_one_is_read_in_some_of_the_scans() -> None:
    reads, oldest = after(300, [settings(number) for number in range(3)])
    assert oldest <= DAY
    assert set(reads) == {0, 1}
    assert sum(reads) == pytest.approx(300 * 3 * 1.1 / 94, abs=2)


def test_few_things_in_many_subscriptions_are_not_all_read_in_the_same_scan() -> None:
    keys = [settings(number, f"s{name}") for number in range(3) for name in range(40)]
    reads, oldest = after(200, keys)
    assert oldest <= DAY
    assert max(reads) <= 6


@pytest.mark.parametrize("interval", [timedelta(minutes=15), HOUR, 5 * HOUR, 20 * HOUR])
def test_however_seldom_it_scans_nothing_grows_too_old(interval: timedelta) -> None:
    pace = replace(PACE, interval=interval)
    _, oldest = after(120, [settings(number) for number in range(97)], pace)
    assert oldest <= DAY


def test_the_oldest_come_first() -> None:
    stamps = [stamp(settings(number), timedelta(minutes=number)) for number in range(200)]
    found = due([(each, DAY) for each in stamps], PACE, NOW)
    assert len(found) in {2, 3}
    assert found == {settings(199 - number) for number in range(len(found))}


def test_what_may_grow_old_is_not_kept_waiting_by_what_may_not() -> None:
    young = [(stamp(settings(number), timedelta(minutes=1)), 3 * HOUR) for number in range(100)]
    old = [(stamp(settings(number), 20 * HOUR), DAY) for number in range(100, 300)]
    found = due([*young, *old], PACE, NOW)
    assert sum(key >= settings(100) for key in found) in {2, 3}
    assert sum(key < settings(100) for key in found) in {11, 12}


def test_the_same_is_due_in_whatever_order_the_store_gives_it() -> None:
    stamps = [(stamp(settings(number), HOUR), DAY) for number in range(500)]
    expected = due(stamps, PACE, NOW)
    assert expected
    for seed in range(5):
        Random(seed).shuffle(stamps)  # noqa: S311 - no secret
        assert due(stamps, PACE, NOW) == expected


def test_each_subscription_has_its_own_part_so_that_no_quota_is_used_up() -> None:
    names = [f"s{number}" for number in range(10)]
    stamps = [(stamp(settings(n, name), HOUR), DAY) for name in names for n in range(200)]
    found = due(stamps, PACE, NOW)
    counts = [sum(f"/{name}/" in key.path for key in found) for name in names]
    assert set(counts) == {2, 3}


def test_what_was_never_read_is_read_first_and_the_rest_is_pending() -> None:
    turns = rotation(pace=replace(PACE, first_reads=10))
    found = [turns.turn(settings(number)) for number in range(25)]
    assert found == [*[Turn.READ] * 10, *[Turn.PENDING] * 15]
    assert turns.turn(settings(0, "another")) is Turn.READ


def test_what_is_read_again_does_not_keep_what_was_never_read_waiting() -> None:
    kept = [stamp(settings(number), 23 * HOUR) for number in range(1000)]
    turns = rotation(*kept, pace=replace(PACE, first_reads=10))
    for each in kept:
        turns.turn(each.key)
    assert turns.turn(settings(2000)) is Turn.READ


def test_a_question_has_one_turn_however_many_ask_it() -> None:
    turns = rotation(pace=replace(PACE, first_reads=1))
    assert [turns.turn(settings(1)) for _ in range(3)] == [Turn.READ] * 3
    assert turns.turn(settings(2)) is Turn.PENDING


def test_without_a_limit_everything_is_read_at_once() -> None:
    turns = rotation(pace=replace(PACE, first_reads=None))
    assert {turns.turn(settings(number)) for number in range(5000)} == {Turn.READ}


MANY = [stamp(settings(number), 2 * HOUR) for number in range(90)]
"""So many older ones that nothing younger is due."""


@pytest.mark.parametrize(
    ("kept", "turn"),
    [
        pytest.param(stamp(settings(100), HOUR), Turn.KEPT, id="fresh"),
        pytest.param(stamp(listed(POLICIES), HOUR), Turn.KEPT, id="fresh, when changed"),
        pytest.param(
            stamp(listed(f"{SERVER}/failovergroups"), timedelta(minutes=1)),
            Turn.READ,
            id="a failover flips it",
        ),
        pytest.param(
            stamp(listed(f"{SERVER}/failovergroups"), timedelta(minutes=1), empty_at=NOW),
            Turn.KEPT,
            id="nothing that could flip",
        ),
        pytest.param(
            stamp(listed(f"{SERVER}/failovergroups"), 3 * HOUR, empty_at=NOW),
            Turn.READ,
            id="nothing that could flip, some hours ago",
        ),
        pytest.param(
            stamp(listed(f"{SERVER}/failovergroups"), timedelta(minutes=1), failed=True),
            Turn.READ,
            id="what flips failed",
        ),
    ],
)
def test_a_kept_answer_is_given_only_while_it_is_fresh(kept: Stamp, turn: Turn) -> None:
    assert rotation(*MANY, kept).turn(kept.key) is turn


@pytest.mark.parametrize("key", [settings(1), listed(POLICIES)])
def test_nothing_is_given_that_would_be_too_old_when_it_is_judged(key: Key) -> None:
    older = [stamp(settings(number), 30 * HOUR) for number in range(100, 200)]
    kept = stamp(key, DAY - timedelta(minutes=9))
    assert rotation(*older, kept).turn(key) is Turn.READ
    none = replace(PACE, first_reads=0)
    expected = Turn.TOO_OLD if "diagnostic" in key.path else Turn.READ
    assert rotation(*older, kept, pace=none).turn(key) is expected


@pytest.mark.parametrize(
    ("changed", "turn"),
    [
        ({ACCOUNT: NOW}, Turn.READ),
        ({ACCOUNT: NOW - HOUR}, Turn.READ),
        ({f"{ACCOUNT}/blobservices/default": NOW}, Turn.READ),
        ({ACCOUNT: NOW - 2 * HOUR}, Turn.KEPT),
        ({f"{ACCOUNT}b": NOW}, Turn.KEPT),
        ({SERVER: NOW}, Turn.KEPT),
    ],
)
def test_what_changed_or_has_something_below_it_that_did_is_read_again(
    changed: Mapping[str, datetime], turn: Turn
) -> None:
    kept = stamp(listed(POLICIES), HOUR)
    assert rotation(*MANY, kept, changed=changed).turn(kept.key) is turn


def test_a_changed_resource_has_its_settings_read_within_the_limit() -> None:
    kept, changed = stamp(settings(100), HOUR), {VAULT.format("s", 100): NOW}
    assert rotation(*MANY, kept, changed=changed).turn(kept.key) is Turn.READ
    none = replace(PACE, first_reads=0)
    assert rotation(*MANY, kept, changed=changed, pace=none).turn(kept.key) is Turn.KEPT


def test_what_failed_is_tried_again_at_once_the_longest_ago_first() -> None:
    failed = [stamp(settings(n), timedelta(minutes=n), failed=True) for n in range(10)]
    turns = rotation(*failed, pace=replace(PACE, retries=3))
    found = {each.key: turns.turn(each.key) for each in failed}
    assert [key for key, turn in found.items() if turn is Turn.READ] == [
        settings(7),
        settings(8),
        settings(9),
    ]
    assert set(found.values()) == {Turn.READ, Turn.KEPT}


def test_what_failed_is_no_answer_that_could_be_given_for_want_of_time() -> None:
    turns = rotation(stamp(settings(1), HOUR), stamp(settings(2), HOUR, failed=True))
    assert turns.is_fresh(settings(1))
    assert not turns.is_fresh(settings(2))
    assert not turns.is_fresh(settings(3))


def test_after_a_stop_of_days_what_is_too_old_is_read_before_what_is_pending() -> None:
    kept = [stamp(settings(number), 3 * DAY) for number in range(300)]
    turns = rotation(*kept, pace=replace(PACE, first_reads=100))
    found = [turns.turn(each.key) for each in kept]
    assert found.count(Turn.READ) in {103, 104}
    assert found.count(Turn.READ) + found.count(Turn.TOO_OLD) == 300


def test_what_was_due_and_nobody_asked_for_is_named() -> None:
    kept = [stamp(settings(number), timedelta(minutes=number)) for number in range(300)]
    turns = rotation(*kept)
    left = turns.not_asked()
    assert settings(299) in left
    turns.turn(settings(299))
    assert turns.not_asked() == left - {settings(299)}


@pytest.mark.parametrize(
    ("ages", "expected"),
    [
        ({"default": DAY}, DAY),
        ({"default": DAY, "microsoft.insights/diagnosticsettings": 3 * DAY}, 3 * DAY),
        ({"default": DAY, "microsoft.insights/diagnosticsettings": HOUR}, HOUR),
        ({"default": DAY, "microsoft.keyvault/vaults": HOUR}, HOUR),
        ({"default": DAY, "microsoft.sql/servers": HOUR}, DAY),
    ],
)
def test_an_age_is_that_of_the_kind_and_no_more_than_that_of_its_provider(
    ages: Mapping[str, timedelta], expected: timedelta
) -> None:
    assert max_age(settings(1).path, ages) == expected


def test_a_shorter_age_makes_more_due() -> None:
    stamps = [stamp(settings(number), timedelta(minutes=number)) for number in range(600)]
    counts = [len(due([(s, age) for s in stamps], PACE, NOW)) for age in (DAY, 6 * HOUR, HOUR)]
    assert all(one < other for one, other in pairwise(counts))
