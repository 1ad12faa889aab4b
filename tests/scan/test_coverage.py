"""Rule 9: what is said of each subscription, and what that does to completeness and verdict."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from residency.model import SubscriptionState, Verdict
from residency.scan import Scan
from residency.simulator.world import Subscription

if TYPE_CHECKING:
    from tests.scan.conftest import Azure, Build

EXTRA = "eeeeeeee-0000-4000-8000-000000000005"
PERMISSIONS = f"/subscriptions/{EXTRA}/providers/microsoft.authorization/permissions"


def entry(found: Scan, subscription: str = EXTRA) -> tuple[str, tuple[str, ...]]:
    covered = next(each for each in found.coverage if each.id == subscription)
    return covered.state, covered.reasons


def expecting(build: "type[Build]", *more: str) -> dict[str, Any]:
    return {"subscriptions": [{"id": each, "name": "n"} for each in (*build.names, *more)]}


@pytest.mark.parametrize(
    ("rights", "state", "reason"),
    [
        pytest.param({}, "read", None, id="reader is read"),
        pytest.param({"actions": ("*",)}, "read", None, id="an owner's rights are read"),
        pytest.param(
            {"not_actions": ("Microsoft.Web/sites/config/*", "*/write", "*/listKeys/action")},
            "read",
            None,
            id="leaving out content and writes narrows nothing",
        ),
        pytest.param(
            {"actions": ("Microsoft.Storage/*/read", "Microsoft.Sql/*/read")},
            "partial",
            "rights-narrower-than-read-all + deleted-unread: providers: AuthorizationFailed",
            id="a list of allowed reads is partial, and hides what was deleted",
        ),
        pytest.param(
            {"not_actions": ("Microsoft.Sql/*",)},
            "partial",
            "rights-narrower-than-read-all",
            id="leaving out a provider is partial",
        ),
        pytest.param(
            {"not_actions": ("Microsoft.Storage/storageAccounts/read",)},
            "partial",
            "rights-narrower-than-read-all",
            id="leaving out the read of a type is partial",
        ),
        pytest.param({"state": "Disabled"}, "disabled", None, id="disabled and readable"),
        pytest.param({"state": "Warned"}, "read", None, id="a warned subscription is read"),
        pytest.param(
            {"readable": False}, "unreadable", "reads-refused: AuthorizationFailed", id="refused"
        ),
        pytest.param(
            {"state": "Disabled", "readable": False},
            "unreadable",
            "reads-refused: AuthorizationFailed",
            id="disabled and refused is unreadable",
        ),
        pytest.param(
            {"in_graph": False},
            "unreadable",
            "left-out-by-resource-graph",
            id="left out by Resource Graph while ARM lists resources",
        ),
        pytest.param({"listed": False}, "missing", "not-listed", id="expected and not listed"),
    ],
)
def test_a_subscription_of_the_manifest_is_what_could_be_seen_of_it(
    with_subscription: Callable[..., "Azure"],
    build: "type[Build]",
    rights: dict[str, Any],
    state: str,
    reason: str | None,
) -> None:
    vault = build.resource(EXTRA, "Microsoft.KeyVault/vaults", "kvextra", properties={})
    azure = with_subscription(Subscription(id=EXTRA, name="extra", **rights), vault)
    found = azure.scan(scope=expecting(build, EXTRA))
    whole = state in {"read", "disabled"}
    assert entry(found) == (state, tuple(reason.split(" + ")) if reason else ())
    assert found.complete is whole
    assert found.verdict is (Verdict.COMPLIANT if whole else Verdict.NOT_PROVEN)
    assert bool(found.reasons) is not whole


def test_a_subscription_that_is_left_out_and_empty_in_arm_is_not_taken_for_empty(
    with_subscription: Callable[..., "Azure"], build: "type[Build]"
) -> None:
    azure = with_subscription(Subscription(id=EXTRA, name="extra", in_graph=False))
    found = azure.scan(scope=expecting(build, EXTRA))
    assert entry(found) == ("unreadable", ("left-out-by-resource-graph",))
    assert found.verdict is Verdict.NOT_PROVEN


def test_a_subscription_that_resource_graph_knows_and_that_holds_nothing_is_read(
    with_subscription: Callable[..., "Azure"], build: "type[Build]"
) -> None:
    azure = with_subscription(Subscription(id=EXTRA, name="extra"))
    found = azure.scan(scope=expecting(build, EXTRA))
    assert entry(found) == ("read", ())
    assert found.verdict is Verdict.COMPLIANT


def test_rights_that_cannot_be_read_are_partial_and_name_the_refusal(
    with_subscription: Callable[..., "Azure"], build: "type[Build]"
) -> None:
    azure = with_subscription(Subscription(id=EXTRA, name="extra"))
    azure.simulator.deny(PERMISSIONS)
    found = azure.scan(scope=expecting(build, EXTRA))
    assert entry(found) == ("partial", ("rights-unreadable: AuthorizationFailed",))
    assert found.verdict is Verdict.NOT_PROVEN


def test_a_subscription_outside_the_manifest_is_scanned_and_named(
    with_subscription: Callable[..., "Azure"], build: "type[Build]"
) -> None:
    vault = build.resource(
        EXTRA, "Microsoft.KeyVault/vaults", "kvextra", properties={}, location="eastus"
    )
    azure = with_subscription(Subscription(id=EXTRA, name="extra"), vault)
    found = azure.scan()
    assert entry(found) == ("unexpected", ())
    assert found.complete
    assert found.verdict is Verdict.VIOLATION


@pytest.mark.parametrize("flags", [{"readable": False}, {"in_graph": False}])
def test_an_unexpected_subscription_that_cannot_be_read_makes_the_scan_incomplete(
    with_subscription: Callable[..., "Azure"], flags: dict[str, Any]
) -> None:
    azure = with_subscription(Subscription(id=EXTRA, name="extra", **flags))
    found = azure.scan()
    assert entry(found)[0] == "unreadable"
    assert not found.complete
    assert found.verdict is Verdict.NOT_PROVEN


def test_an_unexpected_subscription_with_narrow_rights_makes_the_scan_incomplete(
    with_subscription: Callable[..., "Azure"],
) -> None:
    narrow = Subscription(id=EXTRA, name="extra", actions=("Microsoft.Storage/*/read",))
    found = with_subscription(narrow).scan()
    unread = "deleted-unread: providers: AuthorizationFailed"
    assert entry(found) == ("unexpected", ("rights-narrower-than-read-all", unread))
    assert not found.complete


def test_an_incomplete_scan_still_tells_a_violation_that_it_saw(
    with_subscription: Callable[..., "Azure"], build: "type[Build]"
) -> None:
    azure = with_subscription(
        Subscription(id=EXTRA, name="extra", readable=False),
        build.account(build.data, "stuk", secondaryLocation="uksouth"),
    )
    found = azure.scan(scope=expecting(build, EXTRA))
    assert not found.complete
    assert found.verdict is Verdict.VIOLATION


def test_the_descendants_of_a_management_group_are_the_manifest(
    with_subscription: Callable[..., "Azure"], build: "type[Build]"
) -> None:
    azure = with_subscription(Subscription(id=EXTRA, name="extra", listed=False))
    found = azure.scan(scope={"management_group": "mg-root"})
    states = {each.id: each.state for each in found.coverage}
    read = dict.fromkeys(build.names, SubscriptionState.READ)
    assert states == read | {EXTRA: SubscriptionState.MISSING}
    assert found.verdict is Verdict.NOT_PROVEN
    azure.subscription(EXTRA, listed=True)
    assert azure.scan(scope={"management_group": "mg-root"}).verdict is Verdict.COMPLIANT


def test_without_a_manifest_a_scan_is_never_complete_whatever_it_saw(azure: "Azure") -> None:
    found = azure.scan(scope={})
    assert found.reasons == ("no-manifest",)
    assert not found.complete
    assert found.verdict is Verdict.NOT_PROVEN
    assert {each.state for each in found.coverage} == {SubscriptionState.READ}
