"""Violations: which place, how bad, since when, for how many; never one that is exempt."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from residency.metrics import Caps
from residency.model import Holds, Reason, Severity, Status
from residency.store import Version

if TYPE_CHECKING:
    from tests.metrics.conftest import Estate, Place, Told

INFO = ("role", "region", "basis", "reason", "severity")
EXEMPTION = Version(kind="exemption", id="e1", body='{"id":"e1","reasons":["outside-eu"]}')


def test_a_copy_outside_is_shown_with_its_place_and_not_with_the_others(
    estate: "Estate", in_violation: Callable[..., "Told"]
) -> None:
    estate.scan(in_violation("a"))
    found = estate.series()
    assert found.of("violation_info", *INFO) == {
        ("replica", "uksouth", "observed", "outside-eu", "critical"): 1
    }
    assert found.of("findings", "reason", "severity", "product", "environment") == {
        ("outside-eu", "critical", "Procs", "production"): 1
    }
    assert found.one("violation_info_truncated") == 0


def test_each_place_has_its_own_severity(
    estate: "Estate", in_violation: Callable[..., "Told"], place: type["Place"]
) -> None:
    places = (
        place(role="replica", region="uksouth", basis="documented"),
        place(role="processing", region="eastus"),
        place(role="replica", region="westus", metadata_only=True),
    )
    estate.scan(in_violation("a", places=places))
    found = estate.series().of("violation_info", "region", "basis", "severity")
    assert set(found) == {
        ("uksouth", "documented", "critical"),
        ("eastus", "observed", "major"),
        ("westus", "observed", "minor"),
    }


REASONS: list[tuple[Reason, str, str, tuple[str, ...]]] = [
    (Reason.OUTSIDE_EU, "critical", "critical", ("replica", "uksouth")),
    (Reason.OUTSIDE_EU, "minor", "minor", ("replica", "uksouth")),
    (Reason.PRIMARY_MISPLACED, "major", "major", ("primary", "francecentral")),
    (Reason.FAILOVER_OVERDUE, "major", "major", ("primary", "francecentral")),
    (Reason.RETENTION_OVERDUE, "major", "major", ("primary", "francecentral")),
    (Reason.DELETED_EARLY, "major", "major", ("primary", "francecentral")),
]


@pytest.mark.parametrize(("reason", "severity", "expected", "where"), REASONS)
def test_a_reason_is_shown_at_the_place_that_it_is_about(
    *,
    estate: "Estate",
    in_violation: Callable[..., "Told"],
    place: type["Place"],
    reason: Reason,
    severity: str,
    expected: str,
    where: tuple[str, ...],
) -> None:
    minor = severity == "minor"
    places = (
        place(region="francecentral"),
        place(role="replica", region="uksouth", metadata_only=minor),
    )
    more: dict[str, Any] = {"severity": Severity(severity), "reasons": (reason,), "places": places}
    estate.scan(in_violation("a", **more))
    found = estate.series()
    assert found.of("findings", "reason", "severity") == {(reason, expected): 1}
    info = found.of("violation_info", "role", "region", "reason", "severity")
    assert info == {(*where, reason, expected): 1}


def test_a_violation_without_any_place_is_shown_all_the_same(
    estate: "Estate", in_violation: Callable[..., "Told"]
) -> None:
    more = {"places": (), "reasons": (Reason.DELETED_EARLY,), "severity": Severity.MAJOR}
    estate.scan(in_violation("a", **more))
    found = estate.series().of("violation_info", "role", "region", "basis", "reason")
    assert set(found) == {("", "", "", "deleted-early")}


SILENT: list[dict[str, Any]] = [
    {"status": Status.EXEMPT, "severity": None, "exemptions": ("e1",)},
    {"status": Status.EXEMPT, "severity": None},  # outside the promise
    {"status": Status.UNKNOWN, "severity": None, "exemptions": ("e1",)},
]


@pytest.mark.parametrize("more", SILENT)
def test_what_is_exempt_is_neither_a_finding_nor_a_violation(
    estate: "Estate", in_violation: Callable[..., "Told"], more: dict[str, Any]
) -> None:
    estate.scan(in_violation("a", **more), versions=(EXEMPTION,))
    found = estate.series()
    assert found.of("findings", "reason") == {}
    assert found.of("violation_info", "resource_id") == {}
    assert found.of("violation_start_timestamp_seconds", "resource_id") == {}
    assert found.of("violation_affected_customers", "product") == {}
    assert found.of("resources", "status") == {(more["status"],): 1}


def test_only_the_reason_that_is_exempt_is_silent(
    estate: "Estate", in_violation: Callable[..., "Told"]
) -> None:
    reasons = (Reason.OUTSIDE_EU, Reason.PRIMARY_MISPLACED, Reason.FACET_UNREADABLE)
    more = {"reasons": reasons, "severity": Severity.MAJOR, "exemptions": ("e1",)}
    estate.scan(in_violation("a", **more), versions=(EXEMPTION,))
    found = estate.series()
    assert found.of("findings", "reason", "severity") == {
        ("primary-misplaced", "major"): 1,
        ("facet-unreadable", ""): 1,
    }
    assert found.of("violation_info", "reason") == {("primary-misplaced",): 1}


def test_what_is_no_violation_has_no_severity(estate: "Estate", told: type["Told"]) -> None:
    copy: dict[str, Any] = {"status": Status.FALLBACK, "reasons": (Reason.EXCEPTIONAL_REGION,)}
    estate.scan(told(name="a", **copy))
    assert estate.series().of("findings", "reason", "severity") == {("exceptional-region", ""): 1}


def test_a_stricter_contract_of_one_customer_shows_the_place_that_breaks_it(
    estate: "Estate", in_violation: Callable[..., "Told"], place: type["Place"]
) -> None:
    strict = {"primary": ["NL"], "failover": [], "exceptional": [], "standing_copies": []}
    acme = {"name": "Acme", "language": "nl", "policy": "strict"}
    estate.configure(policies={"strict": strict}, estate={"customers": {"acme": acme}})
    places = (place(), place(role="replica", region="northeurope"))
    estate.scan(in_violation("a", places=places))
    found = estate.series()
    assert set(found.of("violation_info", "role", "region")) == {("replica", "northeurope")}
    assert found.of("placements", "region", "zone") == {
        ("westeurope", "home"): 1,
        ("northeurope", "failover"): 1,
    }


def test_an_export_that_the_customer_asked_for_is_not_listed(
    estate: "Estate", in_violation: Callable[..., "Told"], place: type["Place"]
) -> None:
    acme = {"name": "Acme", "language": "nl"}
    export = {
        "from": "*",
        "to": "theirs",
        "customer": "acme",
        "reference": "r1",
        "since": "2020-01-01",
    }
    estate.configure(estate={"customers": {"acme": acme}, "instructed_exports": [export]})
    places = (
        place(role="export", region="eastus", target="theirs"),
        place(role="export", region="uksouth", target="ours"),
    )
    estate.scan(in_violation("a", places=places, exemptions=("instructed:r1",)))
    assert set(estate.series().of("violation_info", "region")) == {("uksouth",)}


def test_a_violation_runs_since_the_first_scan_without_a_break(
    estate: "Estate", in_violation: Callable[..., "Told"], told: type["Told"]
) -> None:
    estate.scan(in_violation("a"), in_violation("b"))
    estate.scan(told(name="a"), in_violation("b", severity=Severity.MAJOR))
    second = estate.now
    estate.scan(in_violation("a"), in_violation("b"))
    found = estate.series().of("violation_start_timestamp_seconds", "resource_id")
    by_name = {name.rsplit("/", 1)[1]: value for (name,), value in found.items()}
    first = estate.state().looked
    assert first is not None
    assert by_name == {"a": second.timestamp(), "b": second.timestamp() - 30 * 60}


def test_a_resource_that_was_gone_is_in_violation_anew(
    estate: "Estate", in_violation: Callable[..., "Told"]
) -> None:
    estate.scan(in_violation("a"))
    estate.scan(gone=("a",))
    back = estate.now
    estate.scan(in_violation("a"))
    found = estate.series().of("violation_start_timestamp_seconds", "resource_id")
    assert list(found.values()) == [back.timestamp()]


def test_customers_are_counted_once_and_never_named(
    estate: "Estate", in_violation: Callable[..., "Told"]
) -> None:
    estate.scan(
        in_violation("a", customers=("acme", "globex")),
        in_violation("b", customers=("acme",)),
        in_violation("c", customers=("acme",), environment="test"),
        in_violation("d", customers=(), environment="dev"),
    )
    found = estate.series().of("violation_affected_customers", "product", "environment", "severity")
    assert found == {
        ("Procs", "production", "critical"): 2,
        ("Procs", "test", "critical"): 1,
        ("Procs", "dev", "critical"): 0,
    }
    assert b"acme" not in estate.exposed().answer("", "").body


NOBODYS = [(Holds.STORES, 2), (None, 2), (Holds.NONE, 0)]


@pytest.mark.parametrize(("holds", "expected"), NOBODYS)
def test_what_is_nobodys_and_may_hold_data_concerns_everybody(
    estate: "Estate",
    in_violation: Callable[..., "Told"],
    holds: Holds | None,
    expected: int,
) -> None:
    names = {name: {"name": name, "language": "nl"} for name in ("acme", "globex")}
    estate.configure(estate={"customers": names})
    estate.scan(in_violation("a", product=None, customers=(), holds=holds))
    found = estate.series().of("violation_affected_customers", "severity")
    assert list(found.values()) == [expected]


def test_a_cap_leaves_the_critical_ones(
    estate: "Estate", in_violation: Callable[..., "Told"], place: type["Place"]
) -> None:
    minor: dict[str, Any] = {"severity": Severity.MINOR, "holds": Holds.NONE}
    estate.scan(
        *(in_violation(f"a{number}", **minor) for number in range(9)),
        in_violation("z"),
        in_violation(
            "y",
            severity=Severity.MAJOR,
            holds=Holds.PROCESSES,
            places=(place(region="uksouth"),),
        ),
    )
    found = estate.series(Caps(violations=2))
    listed = found.of("violation_info", "resource_id", "severity")
    assert {(name.rsplit("/", 1)[1], severity) for name, severity in listed} == {
        ("z", "critical"),
        ("y", "major"),
    }
    assert found.one("violation_info_truncated") == 9
    assert len(found.of("violation_start_timestamp_seconds", "resource_id")) == 2


def test_retention_is_counted_unless_exempt(
    estate: "Estate", in_violation: Callable[..., "Told"]
) -> None:
    overdue = {"reasons": (Reason.RETENTION_OVERDUE,), "severity": Severity.MAJOR}
    exempt = {"reasons": (Reason.RETENTION_OVERDUE,), "status": Status.EXEMPT, "severity": None}
    estate.scan(in_violation("a", **overdue), in_violation("b", **exempt))
    assert estate.series().one("retention_overdue_resources") == 1
