"""Who or what is named as the cause, and when nothing is."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from residency.model import Caller, HealthEvent, Meaning, Operation, Outcome
from residency.store.episodes import Cause, CauseBasis, Sighting

if TYPE_CHECKING:
    from tests.store.episodes.conftest import Follower

HOME, IRELAND = "westeurope", "northeurope"
See = Callable[..., Sighting]
Log = Callable[..., Operation]
At = Callable[[float], datetime]


@pytest.mark.parametrize(
    ("log_until", "cause"),
    [(None, Cause.UNKNOWN), (60, Cause.UNKNOWN), (74, Cause.UNKNOWN), (75, Cause.PROVIDER)],
)
def test_the_provider_is_inferred_only_of_a_log_that_was_read_far_enough(
    log_until: float | None, cause: Cause, follower: "Follower", sighting: See
) -> None:
    """Seen away at minute 15, with a lag of an hour."""
    follower.scan(0, sighting())
    follower.scan(15, sighting(IRELAND), log_until=log_until)
    assert (follower.only.cause, follower.only.cause_basis) == (cause, CauseBasis.INFERRED)


def test_an_unknown_cause_is_settled_by_a_later_scan_as_a_new_version(
    follower: "Follower", sighting: See
) -> None:
    follower.scan(0, sighting())
    follower.scan(15, sighting(IRELAND), log_until=10)
    first = follower.only
    follower.scan(90, sighting(IRELAND), log_until=85)
    assert (first.cause, follower.only.cause) == (Cause.UNKNOWN, Cause.PROVIDER)
    assert (first.revision, follower.only.revision) == (1, 2)
    assert follower.kinds == ["opened"]


def test_an_operation_that_shows_up_after_all_wins_over_what_was_inferred(
    follower: "Follower", sighting: See, operation: Log, at: At
) -> None:
    follower.scan(0, sighting())
    follower.scan(15, sighting(IRELAND), log_until=200)
    assert follower.only.cause is Cause.PROVIDER
    follower.scan(30, sighting(IRELAND), operations=[operation(7)], log_until=200)
    assert (follower.only.cause, follower.only.cause_basis) == (Cause.OPERATOR, CauseBasis.OBSERVED)
    assert follower.only.started_at == at(7)


def test_a_cause_is_not_inferred_of_a_beginning_that_nobody_saw(
    follower: "Follower", sighting: See
) -> None:
    follower.scan(0, sighting(IRELAND, path=(HOME,)), log_until=500)
    assert follower.only.cause is Cause.UNKNOWN


@pytest.mark.parametrize(
    "facts",
    [
        {"outcome": Outcome.FAILED},
        {"resource_id": "{account}/blobservices/default"},
    ],
)
def test_a_call_that_may_have_had_to_do_with_it_forbids_to_infer_the_provider(
    facts: dict[str, Any], follower: "Follower", sighting: See, operation: Log
) -> None:
    seen = sighting()
    if "resource_id" in facts:
        facts = {"resource_id": facts["resource_id"].format(account=seen.resource_id)}
    follower.scan(0, seen)
    follower.scan(15, sighting(IRELAND), operations=[operation(7, **facts)], log_until=200)
    assert follower.only.cause is not Cause.PROVIDER


def test_the_log_of_every_subscription_of_a_group_must_be_read(
    follower: "Follower", sighting: See
) -> None:
    other = "/subscriptions/hidden/resourcegroups/r/providers/a/b/c"

    def both(region: str) -> list[Sighting]:
        ends = frozenset({"link:1"})
        return [sighting(region, groups=ends), sighting(region, groups=ends, resource_id=other)]

    follower.scan(0, *both(HOME))
    follower.scan(15, *both(IRELAND), log_until=500)
    assert follower.only.cause is Cause.UNKNOWN


def test_an_operation_that_is_done_for_other_reasons_too_is_inferred_and_not_observed(
    follower: "Follower", sighting: See, operation: Log
) -> None:
    write = operation(
        7,
        name="microsoft.dbforpostgresql/flexibleservers/write",
        meaning=Meaning.POSSIBLE,
        by=Caller.APPLICATION,
    )
    follower.scan(0, sighting())
    follower.scan(15, sighting(IRELAND), operations=[write], log_until=500)
    assert (follower.only.cause, follower.only.cause_basis) == (Cause.OPERATOR, CauseBasis.INFERRED)
    assert follower.only.caller is Caller.APPLICATION


def test_making_an_account_redundant_again_is_no_failover(
    follower: "Follower", sighting: See, operation: Log
) -> None:
    name = "microsoft.storage/storageaccounts/write"
    follower.scan(0, sighting())
    write = operation(7, name=name, meaning=Meaning.POSSIBLE)
    follower.scan(15, sighting(IRELAND), operations=[write], log_until=500)
    assert (follower.only.cause, follower.only.operation) == (Cause.PROVIDER, None)


@pytest.mark.parametrize(
    ("lasted", "region", "attached"),
    [
        ((-30, None), HOME, True),
        ((-30, 5), HOME, True),
        ((10, 50), HOME, True),
        ((-30, -5), HOME, False),
        ((16, None), HOME, False),
        ((None, None), HOME, False),
        ((-30, None), IRELAND, False),
    ],
)
def test_service_health_of_that_time_on_the_region_that_was_left_is_attached(
    lasted: tuple[float | None, float | None],
    region: str,
    attached: bool,  # noqa: FBT001 - a column of the table
    follower: "Follower",
    sighting: See,
    at: At,
) -> None:
    """Seen at home at minute 0, and away at minute 15."""
    started, mitigated = (None if minute is None else at(minute) for minute in lasted)
    event = HealthEvent(
        tracking_id="ABC-123",
        kind="serviceissue",
        status="active",
        started_at=started,
        mitigated_at=mitigated,
        updated_at=None,
        impacts=(("Storage", region),),
    )
    follower.scan(0, sighting())
    follower.scan(15, sighting(IRELAND), health=(event,))
    assert follower.only.health == (("ABC-123",) if attached else ())
    follower.scan(30, sighting(IRELAND))
    assert follower.only.health == (("ABC-123",) if attached else ())
