"""The algebra of Azure's actions: unions, wildcards, and what is taken back within one role."""

import json
import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.check import load_catalogue
from residency.errors import BadAnswer
from residency.inventory.permissions import (
    Grant,
    beyond_reading,
    covers,
    data_actions,
    grant_of,
    is_granted,
    overlaps,
)

DATABASES = "Microsoft.Sql/servers/databases/read"
ACCOUNTS = "Microsoft.Storage/storageAccounts/read"
KEYS = "Microsoft.Storage/storageAccounts/listKeys/action"
READER = Grant(actions=("*/read",))
CONTRIBUTOR = Grant(
    actions=("*",),
    not_actions=(
        "Microsoft.Authorization/*/Delete",
        "Microsoft.Authorization/*/Write",
        "Microsoft.Authorization/elevateAccess/Action",
    ),
)
KNOWN_ACTIONS = Path(__file__).resolve().parents[2] / "../shared/azure/actions.txt"
NOT_IN_THE_LIST = tuple(
    line
    for line in Path(__file__).with_name("actions_not_in_the_list.txt").read_text().splitlines()
    if not line.startswith("#")
)


@pytest.mark.parametrize(
    ("pattern", "action", "matches"),
    [
        ("*", KEYS, True),
        ("*/read", DATABASES, True),
        ("*/READ", DATABASES, True),
        ("*/read", KEYS, False),
        ("*/read", "Microsoft.Sql/servers/databases/readers/write", False),
        ("Microsoft.Sql/*", DATABASES, True),
        ("microsoft.SQL/*/Read", DATABASES, True),
        ("Microsoft.*/read", DATABASES, True),
        ("Microsoft.*/databases/*", DATABASES, True),
        ("Microsoft.Sql/servers/read", DATABASES, False),
        ("Microsoft.Storage/*", DATABASES, False),
        ("Microsoft.Sql/servers/*/read", "Microsoft.Sql/servers/read", False),
        ("a*a", "a", False),
        ("a*a", "aa", True),
        ("Microsoft.Sq?/*", DATABASES, False),
        ("Microsoft.[S]ql/*", DATABASES, False),
        ("", DATABASES, False),
    ],
)
def test_a_wildcard_stands_for_any_text_in_any_place_whatever_the_case(
    pattern: str, action: str, *, matches: bool
) -> None:
    assert covers(pattern, action) is matches


@pytest.mark.parametrize(
    ("grants", "action", "granted"),
    [
        pytest.param([READER], DATABASES, True, id="a reader reads"),
        pytest.param([READER], KEYS, False, id="a reader lists no keys"),
        pytest.param([], DATABASES, False, id="without an assignment nothing is granted"),
        pytest.param(
            [Grant(actions=("*/read",), not_actions=("Microsoft.Sql/*/read",))],
            DATABASES,
            False,
            id="what the role itself takes back is not granted",
        ),
        pytest.param(
            [Grant(actions=("*/read",), not_actions=("microsoft.sql/*",)), READER],
            DATABASES,
            True,
            id="what one assignment takes back another still grants",
        ),
        pytest.param(
            [Grant(actions=("Microsoft.Storage/*",)), Grant(actions=("Microsoft.Sql/*/read",))],
            DATABASES,
            True,
            id="assignments add up",
        ),
        pytest.param(
            [Grant(actions=("Microsoft.Storage/*",), not_actions=("*",)), Grant()],
            ACCOUNTS,
            False,
            id="all can be taken back",
        ),
        pytest.param(
            [Grant(actions=("*/read",), not_actions=(DATABASES,))],
            "Microsoft.Sql/*/read",
            False,
            id="a need of many actions is not met when one of them is taken back",
        ),
        pytest.param(
            [Grant(data_actions=("*",))], ACCOUNTS, False, id="a data action is no action"
        ),
    ],
)
def test_an_action_is_granted_by_one_assignment_that_does_not_take_it_back(
    grants: list[Grant], action: str, *, granted: bool
) -> None:
    assert is_granted(action, grants) is granted


@pytest.mark.parametrize(
    ("grants", "beyond"),
    [
        pytest.param([READER], (), id="a reader only reads"),
        pytest.param([Grant(actions=("Microsoft.*/READ",))], (), id="a read in any case"),
        pytest.param([Grant(actions=("*",))], ("*",), id="an owner"),
        pytest.param([CONTRIBUTOR], ("*",), id="a contributor, who still writes elsewhere"),
        pytest.param([Grant(actions=("*/write",))], ("*/write",), id="writes"),
        pytest.param([Grant(actions=("*/delete",))], ("*/delete",), id="deletes"),
        pytest.param([Grant(actions=(KEYS,))], (KEYS,), id="listing keys is more than reading"),
        pytest.param(
            [READER, Grant(actions=("Microsoft.Web/*",))], ("Microsoft.Web/*",), id="a provider"
        ),
        pytest.param(
            [Grant(actions=("*",), not_actions=("*/write", "*/delete", "*/action"))],
            (),
            id="all but what is not a read",
        ),
        pytest.param(
            [Grant(actions=("*",), not_actions=("*/WRITE", "*/delete"))],
            ("*/action",),
            id="what is left is named",
        ),
        pytest.param(
            [Grant(actions=("a/b/*",), not_actions=("a/b/*/write", "*/delete", "*/action"))],
            ("a/b/write",),
            id="the write of the type itself is not below it",
        ),
        pytest.param([Grant(actions=("a/b/read", "a/*"), not_actions=("a/*",))], (), id="nothing"),
        pytest.param(
            [Grant(actions=("*",), not_actions=("*",)), Grant(actions=("*/write",))],
            ("*/write",),
            id="one assignment takes nothing from another",
        ),
    ],
)
def test_whatever_is_not_a_read_is_named(grants: list[Grant], beyond: tuple[str, ...]) -> None:
    assert beyond_reading(grants) == beyond


def test_every_data_action_is_named_a_read_as_well() -> None:
    blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
    assert data_actions([READER, Grant(data_actions=(blobs,))]) == (blobs,)
    assert data_actions([Grant(data_actions=(blobs,), not_data_actions=("*",))]) == ()
    assert data_actions([Grant(data_actions=("*",), not_data_actions=(blobs,))]) == ("*",)


def test_an_item_of_the_permissions_api_is_a_grant() -> None:
    body = {"actions": ["*/read"], "notActions": ["a"], "dataActions": None, "conditionVersion": 2}
    assert grant_of(body) == Grant(actions=("*/read",), not_actions=("a",))


@pytest.mark.parametrize("odd", ["*/read", {"0": "*"}, ["*", 7], 1])
def test_rights_of_another_shape_are_a_bad_answer(odd: Any) -> None:
    with pytest.raises(BadAnswer, match="notActions"):
        grant_of({"actions": ["*"], "notActions": odd})


patterns = st.text("ab/*", min_size=0, max_size=6)
words = st.text("ab/", min_size=0, max_size=8)
several = st.lists(st.sampled_from(["*", "*/read", "a/*", "a/b/read", "a/*/write", "b/*"])).map(
    tuple
)
grants = st.builds(
    Grant,
    actions=several,
    not_actions=several,
    data_actions=several,
    not_data_actions=several,
)
some_grants = st.lists(grants, max_size=3)
actions = st.sampled_from(["a/read", "a/b/read", "a/b/write", "b/c/read", "c/x/action", "a/*/read"])


@given(patterns, words)
def test_a_pattern_matches_what_the_same_regular_expression_matches(
    pattern: str, word: str
) -> None:
    expression = ".*".join(map(re.escape, pattern.split("*")))
    assert covers(pattern, word) is bool(re.fullmatch(expression, word))


@given(patterns, patterns, words)
def test_a_pattern_that_covers_another_matches_all_that_the_other_matches(
    wide: str, narrow: str, word: str
) -> None:
    assert not (covers(wide, narrow) and covers(narrow, word)) or covers(wide, word)


@given(st.text("a/*", max_size=3), st.text("a/*", max_size=3))
def test_patterns_overlap_just_where_some_word_matches_both(one: str, other: str) -> None:
    every = ("".join(letters) for size in range(7) for letters in product("a/", repeat=size))
    assert overlaps(one, other) is any(covers(one, word) and covers(other, word) for word in every)


@given(some_grants, grants, actions)
def test_one_assignment_more_never_makes_less_readable(
    held: list[Grant], more: Grant, action: str
) -> None:
    assert is_granted(action, held) <= is_granted(action, [*held, more])
    assert set(beyond_reading(held)) <= set(beyond_reading([*held, more]))
    assert set(data_actions(held)) <= set(data_actions([*held, more]))


@given(grants, several, actions)
def test_more_actions_in_an_assignment_never_make_less_readable(
    held: Grant, more: tuple[str, ...], action: str
) -> None:
    wider = Grant(actions=(*held.actions, *more), not_actions=held.not_actions)
    assert is_granted(action, [held]) <= is_granted(action, [wider])
    assert set(beyond_reading([held])) <= set(beyond_reading([wider]))


@given(grants, several, actions)
def test_what_is_taken_back_never_makes_more_readable_or_writable(
    held: Grant, taken: tuple[str, ...], action: str
) -> None:
    narrower = Grant(actions=held.actions, not_actions=(*held.not_actions, *taken))
    assert is_granted(action, [narrower]) <= is_granted(action, [held])
    assert bool(beyond_reading([narrower])) <= bool(beyond_reading([held]))


@given(some_grants, actions)
def test_the_order_of_assignments_decides_nothing(held: list[Grant], action: str) -> None:
    assert is_granted(action, held) is is_granted(action, held[::-1])
    assert set(beyond_reading(held)) == set(beyond_reading(held[::-1]))


@given(some_grants, st.sampled_from(["a/b/write", "b/write", "a/x/delete", "b/x/action"]))
def test_whoever_holds_a_write_is_said_to_go_beyond_reading(held: list[Grant], write: str) -> None:
    assert is_granted(write, held) <= bool(beyond_reading(held))


def test_every_permission_of_the_catalogue_is_known_or_has_its_reason() -> None:
    if not KNOWN_ACTIONS.exists():
        pytest.skip("the list of known actions is not here")
    known = {line.strip().lower() for line in KNOWN_ACTIONS.read_text().splitlines()}
    needed = {action for check in load_catalogue().checks for action in check.permissions}
    assert sorted(each for each in needed if each.lower() not in known) == sorted(NOT_IN_THE_LIST)


def test_every_permission_of_the_catalogue_is_a_read_that_a_reader_has() -> None:
    for check in load_catalogue().checks:
        for action in check.permissions:
            assert is_granted(action, [READER]), action
            assert "*" not in action
            assert beyond_reading([Grant(actions=(action,))]) == ()


def test_the_documented_role_reads_what_every_check_needs_and_nothing_more() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "rights.md").read_text(encoding="utf-8")
    role = json.loads(page.split("```json\n", 1)[1].split("```", 1)[0])
    held = [Grant(actions=tuple(role["Actions"]), not_actions=tuple(role["NotActions"]))]
    assert beyond_reading(held) == ()
    for check in load_catalogue().checks:
        for action in check.permissions:
            assert is_granted(action, held), action
