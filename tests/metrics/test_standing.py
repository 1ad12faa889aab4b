"""What stands, counted: resources, places, subscriptions, coverage; nothing that is gone."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from residency.model import Holds, Reason, Status
from residency.store.events import EventKind

if TYPE_CHECKING:
    from tests.metrics.conftest import Estate, Place, Told

ALWAYS = {
    "residency_azure_requests_total": False,
    "residency_build_info": True,
    "residency_config_last_reload_successful": True,
    "residency_coverage_ratio": False,
    "residency_events_total": True,
    "residency_events_unacknowledged": True,
    "residency_failover_active_truncated": True,
    "residency_ledger_ok": False,
    "residency_report_last_success_timestamp_seconds": False,
    "residency_resources": False,
    "residency_retention_overdue_resources": True,
    "residency_scan_complete": False,
    "residency_scan_duration_seconds": False,
    "residency_scan_interval_seconds": True,
    "residency_scan_last_attempt_timestamp_seconds": False,
    "residency_scan_last_success_timestamp_seconds": False,
    "residency_series_truncated": True,
    "residency_store_bytes": True,
    "residency_subscription_last_complete_scan_timestamp_seconds": False,
    "residency_subscription_readable": False,
    "residency_unassigned_resources": True,
    "residency_unknown_types": True,
    "residency_violation_info_truncated": True,
    "process_cpu_seconds_total": True,
    "python_info": True,
}


@pytest.mark.parametrize(("name", "there"), ALWAYS.items())
def test_an_empty_store_has_what_says_that_all_is_well(
    estate: "Estate", name: str, *, there: bool
) -> None:
    assert (name in estate.series().names) is there


def test_every_kind_of_event_is_there_before_the_first(estate: "Estate") -> None:
    found = estate.series()
    wanted = {(str(kind),): 0 for kind in EventKind}
    assert found.of("events_total", "kind") == wanted
    assert found.of("events_unacknowledged", "kind") == wanted


def test_resources_are_counted_by_status(estate: "Estate", told: type["Told"]) -> None:
    unread: dict[str, Any] = {"status": Status.UNKNOWN, "reasons": (Reason.FACET_UNREADABLE,)}
    estate.scan(told(name="a"), told(name="b"), told(name="c", **unread))
    found = estate.series().of("resources", "product", "status")
    assert found == {("Procs", "compliant"): 2, ("Procs", "unknown"): 1}


def test_what_is_gone_leaves_no_series(estate: "Estate", told: type["Told"]) -> None:
    estate.scan(told(name="a"), told(name="b", product="Other"))
    estate.scan(told(name="a"), gone=("b",))
    found = estate.series()
    assert found.of("resources", "product") == {("Procs",): 1}
    assert found.of("placements", "product") == {("Procs",): 1}


def test_what_was_not_seen_is_unknown_and_so_is_where_it_is(
    estate: "Estate", told: type["Told"]
) -> None:
    estate.scan(told(name="a"), told(name="b"))
    estate.scan(told(name="a"))
    found = estate.series()
    assert found.of("resources", "status") == {("compliant",): 1, ("unknown",): 1}
    assert found.of("placements", "region", "country", "zone") == {
        ("westeurope", "NL", "home"): 1,
        ("westeurope", "NL", "unknown"): 1,
    }


ZONES: list[tuple[str, dict[str, Any], tuple[str, str]]] = [
    ("westeurope", {}, ("NL", "home")),
    ("northeurope", {}, ("IE", "failover")),
    ("francecentral", {}, ("FR", "exceptional")),
    ("uksouth", {}, ("GB", "outside")),
    ("global", {}, ("", "outside")),
    ("europe", {}, ("", "unknown")),
    ("unknown", {"unresolved": Reason.REGION_UNKNOWN}, ("", "unknown")),
    ("westeurope", {"unresolved": Reason.FACET_UNREADABLE}, ("NL", "unknown")),
]


@pytest.mark.parametrize(("region", "more", "expected"), ZONES)
def test_places_have_the_zone_of_the_default_policy(
    estate: "Estate",
    told: type["Told"],
    place: type["Place"],
    region: str,
    more: dict[str, Any],
    expected: tuple[str, str],
) -> None:
    estate.scan(told(name="a", places=(place(region=region, **more),)))
    assert estate.series().of("placements", "country", "zone") == {expected: 1}


def test_zones_change_with_the_policy_before_the_next_scan(
    estate: "Estate", told: type["Told"], place: type["Place"]
) -> None:
    estate.scan(told(name="a", places=(place(region="northeurope"),)))
    estate.configure(policy={"primary": ["IE"], "failover": ["NL"]})
    assert estate.series().of("placements", "zone") == {("home",): 1}


SUBSCRIPTIONS: list[tuple[str, tuple[str, ...], int, int, float]] = [
    ("read", (), 1, 0, 1),
    ("read", ("inventory-suspect: 9 resources are missing",), 1, 1, 0),
    ("partial", ("rights-narrower-than-read-all",), 1, 0, 0),
    ("unreadable", ("reads-refused: AuthorizationFailed",), 0, 0, 0),
    ("missing", ("not-listed",), 0, 0, 0),
    ("disabled", (), 1, 0, 1),
]


@pytest.mark.parametrize(("state", "reasons", "readable", "suspect", "ratio"), SUBSCRIPTIONS)
def test_a_subscription_says_how_it_was_read(
    *,
    estate: "Estate",
    covering: Callable[..., Any],
    state: str,
    reasons: tuple[str, ...],
    readable: int,
    suspect: int,
    ratio: float,
) -> None:
    estate.scan(subscriptions=(covering(state, reasons=reasons),))
    found = estate.series()
    assert found.of("subscription_readable", "subscription") == {("production",): readable}
    assert list(found.of("inventory_suspect", "subscription_id").values()) == [suspect]
    assert found.one("coverage_ratio") == ratio


def test_coverage_counts_the_manifest_and_not_what_was_not_expected(
    estate: "Estate", covering: Callable[..., Any]
) -> None:
    estate.scan(
        subscriptions=(
            covering(),
            covering("missing", id="2", name="lost", reasons=("not-listed",)),
            covering("unexpected", id="3", name="new"),
        )
    )
    assert estate.series().one("coverage_ratio") == 0.5


def test_without_a_manifest_nothing_is_covered(estate: "Estate", told: type["Told"]) -> None:
    estate.configure(scope={})
    estate.scan(told(name="a"))
    assert estate.series().one("coverage_ratio") == 0


def test_a_lost_subscription_leaves_only_what_it_is_now(
    estate: "Estate", covering: Callable[..., Any]
) -> None:
    estate.scan()
    estate.scan(subscriptions=(covering("unreadable", reasons=("reads-refused: x",)),))
    assert list(estate.series().of("subscription_readable", "subscription").values()) == [0]


def test_a_subscription_keeps_the_time_of_the_last_scan_that_read_all_of_it(
    estate: "Estate", covering: Callable[..., Any]
) -> None:
    name = "subscription_last_complete_scan_timestamp_seconds"
    estate.scan(subscriptions=(covering("unreadable", reasons=("reads-refused: x",)),))
    assert estate.series().of(name, "subscription") == {("production",): 0}
    whole = (estate.now + timedelta(seconds=40)).timestamp()
    estate.scan()
    assert estate.series().of(name, "subscription") == {("production",): whole}
    for state, reasons in (("partial", ("rights-narrower-than-read-all",)), ("missing", ("x",))):
        estate.scan(subscriptions=(covering(state, reasons=reasons),))
        assert estate.series().of(name, "subscription") == {("production",): whole}
        assert estate.series().one("scan_last_success_timestamp_seconds") != whole


def test_a_scan_that_is_not_whole_succeeded_and_is_not_complete(estate: "Estate") -> None:
    estate.scan(complete=False)
    found = estate.series()
    began = estate.now - timedelta(minutes=15)
    assert found.one("scan_complete") == 0
    assert found.one("scan_last_success_timestamp_seconds") == began.timestamp() + 40
    assert found.one("scan_last_attempt_timestamp_seconds") == began.timestamp()
    assert found.one("scan_duration_seconds") == 40


def test_an_attempt_that_failed_is_newer_than_the_last_success(estate: "Estate") -> None:
    estate.scan()
    found = estate.series(last_attempt_at=estate.now)
    assert found.one("scan_last_attempt_timestamp_seconds") == estate.now.timestamp()


NOBODYS: list[tuple[dict[str, Any], int]] = [
    ({"product": None, "customers": ()}, 1),
    ({"product": None, "customers": (), "holds": Holds.PROCESSES}, 1),
    ({"product": None, "customers": (), "holds": None}, 1),
    ({"product": None, "customers": (), "holds": Holds.NONE}, 0),
    ({"product": None}, 0),
    ({"customers": ()}, 0),
]


@pytest.mark.parametrize(("more", "expected"), NOBODYS)
def test_unassigned_is_what_may_hold_data_and_is_nobodys(
    estate: "Estate", told: type["Told"], more: dict[str, Any], expected: int
) -> None:
    estate.scan(told(name="a", **more))
    assert estate.series().one("unassigned_resources") == expected


def test_a_type_that_no_check_knows_counts_once(estate: "Estate", told: type["Told"]) -> None:
    new: dict[str, Any] = {"holds": None, "reasons": (Reason.TYPE_UNKNOWN,), "type": "new/things"}
    unknown: dict[str, Any] = {**new, "status": Status.UNKNOWN}
    estate.scan(told(name="a", **unknown), told(name="b", **unknown), told(name="c"))
    assert estate.series().one("unknown_types") == 1


def test_exemptions_are_shown_until_they_are_taken_out_of_the_configuration(
    estate: "Estate",
) -> None:
    entry = {
        "id": "e1",
        "reasons": ["outside-eu"],
        "resources": ["*"],
        "owner": "o",
        "why": "w",
        "ticket": "t",
        "expires": "2020-01-01T00:00:00Z",
    }
    estate.configure(exemptions=[entry])
    found = estate.series().of("exemption_expiry_timestamp_seconds", "exemption")
    assert found == {("e1",): 1577836800}


REQUESTS = {"microsoft.storage 200": 7, "microsoft.storage 429": 2, "microsoft.sql 200": 1}


def test_answers_of_azure_are_counted_by_provider_and_code(estate: "Estate") -> None:
    found = estate.series(requests=REQUESTS)
    assert found.of("azure_requests_total", "api", "code") == {
        ("microsoft.storage", "200"): 7,
        ("microsoft.storage", "429"): 2,
        ("microsoft.sql", "200"): 1,
    }
    assert found.of("azure_throttled_total", "api") == {
        ("microsoft.storage",): 2,
        ("microsoft.sql",): 0,
    }


RUNNING: list[tuple[dict[str, Any], str, float | None]] = [
    ({}, "config_last_reload_successful", 1),
    ({"config_loaded": False}, "config_last_reload_successful", 0),
    ({}, "ledger_ok", None),
    ({"ledger_ok": True}, "ledger_ok", 1),
    ({"ledger_ok": False}, "ledger_ok", 0),
]


@pytest.mark.parametrize(("running", "name", "expected"), RUNNING)
def test_the_service_tells_of_itself(
    estate: "Estate", running: dict[str, Any], name: str, expected: float | None
) -> None:
    assert estate.series(**running).one(name) == expected
