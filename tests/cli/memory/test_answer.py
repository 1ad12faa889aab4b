"""`residency answer`: one customer's question, and no word of another; never more than was seen."""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

import pytest

from residency.cli.show_answer import LANGUAGES
from residency.model import (
    Basis,
    Caller,
    Holds,
    Meaning,
    Operation,
    Outcome,
    Reason,
    Role,
    Status,
    SubscriptionState,
)
from residency.policy.judgement import STATUS_OF_REASON
from residency.store.episodes import Cause, CauseBasis, Purpose
from residency.store.episodes.kept import versions_of
from residency.store.reading.answer import Verdict
from residency.store.reading.coverage import Why
from residency.store.reading.unseen import What
from residency.store.times import Span

Past = Callable[..., Any]
SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"
OTHER = "00000000-0000-4000-8000-000000000002"
IRELAND = (("primary", "northeurope"),)
UNREAD = {"status": Status.UNKNOWN, "reasons": (Reason.FACET_UNREADABLE,)}


@pytest.fixture
def log(now: datetime) -> Mapping[str, Span]:
    """The log is known of the last hundred days, until half an hour ago."""
    span = Span(now - timedelta(days=100), now - timedelta(minutes=30))
    return {SUBSCRIPTION: span, OTHER: span}


@pytest.fixture
def ask(read_json: Callable[..., Any]) -> Callable[..., Any]:
    """Ask for Acme, of the last hour, which the five last scans tell of."""

    def asked(customer: str = "acme", since: str = "1h", *more: str) -> Any:
        return read_json("answer", "--customer", customer, "--since", since, *more)

    return asked


def operation(resource_id: str, at: datetime) -> Operation:
    return Operation(
        name="microsoft.storage/storageaccounts/failover/action",
        meaning=Meaning.FAILOVER,
        resource_id=resource_id,
        resource_type="microsoft.storage/storageaccounts",
        correlation_id="c1",
        started_at=at,
        ended_at=at + timedelta(minutes=2),
        outcome=Outcome.SUCCEEDED,
        by=Caller.PERSON,
    )


def test_where_all_was_seen_the_answer_is_no(
    past: Past, told: Any, ask: Any, log: Mapping[str, Span]
) -> None:
    made = past(6)
    for _ in range(6):
        made.scan(told(), log=log)
    found = ask()
    assert (found["moved"], found["touched"], found["seen_whole"]) == ("no", "no", True)
    assert (found["not_seen"], found["resources"], found["scans"]) == ([], 1, 4)
    (where,) = found["where"]
    assert where == {
        "role": "primary",
        "region": "westeurope",
        "country": "NL",
        "basis": "observed",
        "resources": 1,
        "unassigned": 0,
    }


def test_a_place_that_changed_is_told_with_its_times_and_evidence(
    past: Past, told: Any, ask: Any, log: Mapping[str, Span]
) -> None:
    made = past(6)
    times = [made.scan(told(), log=log) for _ in range(5)]
    times.append(made.scan(told(places=IRELAND), log=log))
    found = ask()
    (move,) = found["places_changed"]
    assert found["moved"] == "yes"
    assert (move["left"], move["came"], move["role"]) == ("westeurope", "northeurope", "primary")
    assert move["resource"] == told().id
    assert move["after"] == (times[4] + timedelta(seconds=40)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert move["by"] == (times[5] + timedelta(seconds=40)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert move["evidence_before"] == ["arm properties.primary = 'westeurope'"]
    assert move["evidence_after"] == ["arm properties.primary = 'northeurope'"]


@pytest.mark.parametrize(
    ("back", "moves"), [("westeurope", []), ("northeurope", [("westeurope", "northeurope")])]
)
def test_what_was_unknown_for_a_while_is_compared_with_where_it_was_last_known(
    past: Past, told: Any, ask: Any, log: Mapping[str, Span], back: str, moves: list[Any]
) -> None:
    """That a place becomes unknown is no move, and a move behind it is not lost."""
    made = past(7)
    dark = told(
        **UNREAD, places=(("primary", "unknown"),), more={"unresolved": Reason.FACET_UNREADABLE}
    )
    estate = [told(), told(), told(), told(), dark, dark, told(places=(("primary", back),))]
    times = [made.scan(each, log=log) for each in estate]
    found = ask()
    assert [(each["left"], each["came"]) for each in found["places_changed"]] == moves
    assert found["moved"] == ("yes" if moves else "not-established")
    assert [each["what"] for each in found["not_seen"]] == ["resource"]
    for each in found["places_changed"]:
        after = times[3] + timedelta(seconds=40)
        assert each["after"] == after.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def test_many_times_of_one_kind_are_summed_up_in_words_and_listed_in_full(
    past: Past, told: Any, ask: Any, log: Mapping[str, Span]
) -> None:
    made = past(14)
    for _ in range(14):
        made.scan(*(told(name=f"a{number}", **UNREAD) for number in range(14)), log=log)
    found = ask()
    assert len(found["not_seen"]) == 14
    assert sum(each["sentence"] in found["sentences"] for each in found["not_seen"]) == 10
    assert found["sentences"][-1].startswith("Hetzelfde nog 4 keer")


def test_an_operation_of_the_log_is_told_and_nobodys_name(
    past: Past, told: Any, ask: Any, log: Mapping[str, Span], now: datetime
) -> None:
    made = past(6)
    at = now - timedelta(minutes=40)
    for _ in range(5):
        made.scan(told(), log=log)
    made.scan(told(), log=log, versions=versions_of([operation(told().id, at)]))
    found = ask()
    (touch,) = found["operations"]
    assert (found["touched"], found["moved"]) == ("yes", "no")
    assert touch["resources"] == [told().id]
    assert (touch["meaning"], touch["by"], touch["outcome"]) == ("failover", "person", "succeeded")


def test_an_operation_before_that_time_is_left_out(
    past: Past, told: Any, ask: Any, log: Mapping[str, Span], now: datetime
) -> None:
    made = past(6)
    at = now - timedelta(hours=3)
    for _ in range(6):
        made.scan(told(), log=log, versions=versions_of([operation(told().id, at)]))
    assert ask()["operations"] == []
    assert len(ask("acme", "4h")["operations"]) == 1


def test_an_operation_on_what_lies_above_is_told_of_the_own_resource_alone(
    past: Past, told: Any, ask: Any, log: Mapping[str, Span], now: datetime
) -> None:
    made = past(6)
    above = told().id.rpartition("/providers/")[0]
    at = now - timedelta(minutes=40)
    estate = [told(), told(name="z", customers=("globex",))]
    for _ in range(6):
        made.scan(*estate, log=log, versions=versions_of([operation(above, at)]))
    assert [each["resources"] for each in ask()["operations"]] == [[told().id]]


def test_a_subscription_that_was_unreadable_is_told_with_its_times(
    past: Past, told: Any, ask: Any, log: Mapping[str, Span]
) -> None:
    made = past(6)
    states = ["read", "read", "read", "unreadable", "unreadable", "read"]
    times = [made.scan(told(), states={SUBSCRIPTION: each}, log=log) for each in states]
    found = ask()
    (gap,) = [each for each in found["not_seen"] if each["what"] == "subscription"]
    assert found["moved"] == "not-established"
    assert not found["seen_whole"]
    assert gap["since"] == (times[2] + timedelta(seconds=40)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert gap["until"] == times[5].strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert gap["sentence"] in found["sentences"]


def test_a_subscription_of_others_is_only_counted(
    past: Past, told: Any, ask: Any, log: Mapping[str, Span]
) -> None:
    made = past(6)
    estate = [told(), told(name="g", customers=("globex",), subscription=OTHER)]
    for state in ["read"] * 5 + ["unreadable"]:
        made.scan(*estate, states={SUBSCRIPTION: "read", OTHER: state}, log=log)
    found = ask()
    assert found["not_seen"] == []
    assert found["other_subscriptions_not_whole"] == 1
    assert ask("globex")["moved"] == "not-established"


def test_a_subscription_of_which_nothing_was_ever_seen_concerns_everybody(
    past: Past, told: Any, ask: Any, log: Mapping[str, Span]
) -> None:
    made = past(6)
    for _ in range(6):
        made.scan(told(), states={SUBSCRIPTION: "read", OTHER: "missing"}, log=log)
    found = ask()
    assert found["moved"] == "not-established"
    assert [each["subject"] for each in found["not_seen"]] == [OTHER]


@pytest.mark.parametrize("case", [(14, 0), (16, 1), (45, 1)])
def test_a_gap_of_more_than_two_intervals_between_scans_is_told(
    past: Past, told: Any, ask: Any, log: Mapping[str, Span], now: datetime, case: tuple[int, int]
) -> None:
    minutes, gaps = case
    made = past(6, now - timedelta(minutes=1 + minutes))
    for _ in range(5):
        made.scan(told(), log=log)
    made.skip(timedelta(minutes=minutes))
    made.scan(told(), log=log)
    found = ask("acme", "4h")
    silent = [each for each in found["not_seen"] if "no-scan" in each["reasons"]]
    assert len(silent) == gaps
    assert found["moved"] == "not-established"  # the first scan is not four hours old


def test_since_the_last_scan_stopped_nothing_was_seen(
    past: Past, told: Any, ask: Any, log: Mapping[str, Span], now: datetime
) -> None:
    made = past(6, now - timedelta(minutes=50))
    times = [made.scan(told(), log=log) for _ in range(6)]
    (gap,) = ask()["not_seen"]
    assert (gap["what"], gap["reasons"]) == ("everything", ["no-scan"])
    assert gap["since"] == (times[5] + timedelta(seconds=40)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def test_before_the_first_scan_nothing_was_seen(
    past: Past, told: Any, ask: Any, log: Mapping[str, Span]
) -> None:
    made = past(2)
    first = made.scan(told(), log=log)
    made.scan(told(), log=log)
    (gap,) = ask()["not_seen"]
    assert gap["reasons"] == ["before-the-first-scan"]
    assert gap["until"] == first.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def test_a_log_that_is_not_known_is_told_and_says_nothing_of_no_operations(
    past: Past, told: Any, ask: Any
) -> None:
    made = past(6)
    for _ in range(6):
        made.scan(told())
    found = ask()
    assert (found["moved"], found["touched"]) == ("no", "not-established")
    assert [each["what"] for each in found["not_seen"]] == ["activity-log"]
    assert found["log_known_until"] is None


def test_a_log_that_ends_before_the_time_that_is_asked_for_says_nothing(
    past: Past, told: Any, ask: Any, log: Mapping[str, Span]
) -> None:
    made = past(6)
    for _ in range(6):
        made.scan(told(), log=log)
    assert ask("acme", "29m")["touched"] == "not-established"
    assert ask("acme", "31m")["touched"] == "no"


def test_a_resource_of_which_a_part_was_unreadable_is_not_established(
    past: Past, told: Any, ask: Any, log: Mapping[str, Span]
) -> None:
    made = past(6)
    for number in range(6):
        made.scan(told(**(UNREAD if number == 4 else {})), log=log)
    found = ask()
    (gap,) = found["not_seen"]
    assert (gap["what"], gap["subject"]) == ("resource", told().id)
    assert gap["reasons"] == ["facet-unreadable"]
    assert found["moved"] == "not-established"


def test_what_was_not_seen_and_not_gone_is_not_established(
    past: Past, told: Any, ask: Any, log: Mapping[str, Span]
) -> None:
    made = past(6)
    for number in range(6):
        made.scan(*([] if number == 4 else [told()]), log=log)
    (gap,) = ask()["not_seen"]
    assert (gap["subject"], gap["reasons"]) == (told().id, ["not-seen"])


def test_what_holds_no_data_concerns_nobody(
    past: Past, told: Any, ask: Any, log: Mapping[str, Span]
) -> None:
    made = past(6)
    for number in range(6):
        places = IRELAND if number == 5 else told().places
        made.scan(told(), told(name="nic", holds=Holds.NONE, places=places), log=log)
    found = ask()
    assert (found["resources"], found["moved"]) == (1, "no")


def test_what_nobody_owns_concerns_everybody_and_is_not_named(
    past: Past, told: Any, ask: Any, log: Mapping[str, Span]
) -> None:
    made = past(6)
    for number in range(6):
        stray = told(
            name="stray",
            product=None,
            customers=(),
            places=IRELAND if number == 5 else told().places,
        )
        made.scan(told(), stray, log=log)
    for customer in ("acme", "globex"):
        found = ask(customer)
        assert found["moved"] == "possibly"
        assert found["unassigned"] == 1
        (move,) = found["places_changed"]
        assert (move["resource"], move["came"]) == (None, "northeurope")
        assert "stray" not in str(found)


def test_nothing_of_another_customer_is_told(
    past: Past, told: Any, ask: Any, log: Mapping[str, Span], run: Any, now: datetime
) -> None:
    """Its id, name and resources stand in groups, evidence and operations; none may come out."""
    made = past(6)
    secret = told(name="secretstore", customers=("globex",))
    at = now - timedelta(minutes=20)
    proof = f"partner {secret.id} of secretstore, for Globex Industries, stglobexdata"
    for number in range(6):
        places = IRELAND if number == 5 else told().places
        made.scan(
            told(name="globex-shared", customers=("acme", "globex"), places=places, proof=proof),
            told(name="secretstore", customers=("globex",), places=places, proof=proof),
            told(),
            log=log,
            versions=versions_of([operation(secret.id, at)]),
        )
    for language in ("nl", "en"):
        text = run("answer", "--customer", "acme", "--since", "1h", "--language", language).out
        found = str(ask("acme", "1h", "--language", language))
        for told_text in (text, found):
            assert "globex" not in told_text.lower()
            assert "secretstore" not in told_text.lower()
            assert "Industries" not in told_text
    assert len(ask()["places_changed"]) == 1
    assert ask()["operations"] == []
    assert ask("globex")["operations"][0]["resources"] == [secret.id]


def test_what_was_anothers_before_it_was_ours_is_not_told(
    past: Past, told: Any, ask: Any, log: Mapping[str, Span]
) -> None:
    made = past(6)
    for number in range(6):
        mine = number > 4
        places = IRELAND if number == 3 else told().places
        made.scan(told(customers=("acme",) if mine else ("globex",), places=places), log=log)
    found = ask()
    assert found["places_changed"] == []
    assert [each["region"] for each in found["where"]] == ["westeurope"]


def test_a_shared_product_concerns_each_of_its_customers(
    past: Past, told: Any, ask: Any, log: Mapping[str, Span]
) -> None:
    made = past(6)
    for _ in range(6):
        made.scan(told(customers=("acme", "globex")), told(name="b", customers=()), log=log)
    assert ask("acme")["resources"] == ask("globex")["resources"] == 2


def test_where_nothing_is_known_to_be_theirs_nothing_is_claimed(
    past: Past, told: Any, ask: Any, log: Mapping[str, Span]
) -> None:
    made = past(6)
    for _ in range(6):
        made.scan(told(customers=("globex",)), log=log)
    found = ask()
    assert (found["resources"], found["moved"], found["touched"]) == (
        0,
        "not-established",
        "not-established",
    )


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("nl", ("Er is niet gezien dat gegevens van Acme BV zijn verplaatst", "ziet niet wie")),
        ("en", ("No data of Acme BV was seen to move", "does not see who read or changed data")),
    ],
)
def test_both_languages_say_it_and_what_is_not_seen(
    past: Past,
    told: Any,
    run: Any,
    log: Mapping[str, Span],
    language: str,
    sentences: tuple[str, ...],
) -> None:
    made = past(6)
    for _ in range(6):
        made.scan(told(), log=log)
    text = run("answer", "--customer", "acme", "--since", "1h", "--language", language).out
    assert all(each in text for each in sentences)


def test_the_language_is_the_customers_own_unless_another_is_wanted(
    past: Past, told: Any, ask: Any
) -> None:
    past(1).scan(told())
    assert ask("acme")["language"] == "nl"
    assert ask("globex")["language"] == "en"
    assert ask("globex", "1h", "--language", "nl")["language"] == "nl"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--customer", "nobody"), "no key of estate.customers"),
        (("--customer", "acme", "--since", "yesterday"), "--since yesterday"),
    ],
)
def test_a_wrong_question_is_refused(
    past: Past, told: Any, run: Any, arguments: tuple[str, ...], said: str
) -> None:
    past(1).scan(told())
    ran = run("answer", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_code_that_may_be_told_has_words(language: str) -> None:
    words = LANGUAGES[language]
    codes = {
        *(each.value for each in (*Why, *SubscriptionState)),
        *(each for each in Reason if STATUS_OF_REASON[each] is Status.UNKNOWN),
        "not-seen",
        "not-read",
    }
    assert {each for each in codes if words.of(each) == each} == set()
    assert set(words.moved) == set(words.touched) == set(Verdict)
    assert set(words.not_seen) == set(What)
    assert words.of("inventory-suspect: 5 of 7") == words.told["inventory-suspect"]


def test_both_languages_have_the_same_words_to_fill_in() -> None:
    def gaps(told: Any) -> Any:
        match told:
            case str():
                return sorted(re.findall(r"{\w+}", told))
            case Mapping():
                return {name: gaps(each) for name, each in told.items() if gaps(each)}
            case _:
                return [gaps(each) for each in told]

    dutch, english = LANGUAGES["nl"], LANGUAGES["en"]
    for field in fields(dutch):
        mine, other = getattr(dutch, field.name), getattr(english, field.name)
        assert gaps(mine) == gaps(other)
    assert set(english.told) <= set(dutch.told)


def test_every_word_of_a_table_is_dutch_in_dutch() -> None:
    codes = {
        each.value
        for kind in (Role, Basis, Meaning, Outcome, Caller, Cause, CauseBasis, Purpose)
        for each in kind
    }
    assert {each for each in codes if each not in LANGUAGES["nl"].told} == set()
