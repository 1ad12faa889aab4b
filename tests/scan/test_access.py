"""No access at all is an error, and never an empty result."""

from typing import TYPE_CHECKING

import pytest

from residency.errors import AccessDenied, AzureError, BadAnswer
from residency.model import Verdict
from residency.simulator.faults import Effect

if TYPE_CHECKING:
    from tests.scan.conftest import Azure

SUBSCRIPTIONS = "^/subscriptions$"


@pytest.mark.parametrize("status", [401, 403])
def test_refused_subscriptions_are_denied_access(azure: "Azure", status: int) -> None:
    azure.fault(Effect.STATUS, path=SUBSCRIPTIONS, status=status)
    with pytest.raises(AccessDenied):
        azure.scan()


def test_no_subscription_at_all_is_denied_access_and_says_what_to_grant(azure: "Azure") -> None:
    azure.fault(Effect.STATUS, path=SUBSCRIPTIONS, status=200, body={"value": []})
    with pytest.raises(AccessDenied, match="Reader"):
        azure.scan()


@pytest.mark.parametrize(
    "body",
    [
        {"values": []},
        {"value": [{"displayName": "without an id"}]},
        {"value": [{"subscriptionId": 7}]},
        "<html>Sign in</html>",
    ],
)
def test_a_list_of_subscriptions_of_another_shape_is_a_bad_answer(
    azure: "Azure", body: object
) -> None:
    azure.fault(Effect.STATUS, path=SUBSCRIPTIONS, status=200, body=body)
    with pytest.raises(BadAnswer):
        azure.scan()


def test_a_management_group_that_cannot_be_read_is_an_error_that_names_it(azure: "Azure") -> None:
    with pytest.raises(AccessDenied, match="mg-other"):
        azure.scan(scope={"management_group": "mg-other"})


def test_when_every_subscription_is_unreadable_the_scan_saw_nothing(azure: "Azure") -> None:
    for one in list(azure.simulator.tenant.subscriptions):
        azure.subscription(one, readable=False)
    found = azure.scan()
    assert found.saw_nothing
    assert not found.complete
    assert found.judged == ()
    assert found.verdict is Verdict.NOT_PROVEN


def test_one_readable_subscription_is_not_nothing(azure: "Azure") -> None:
    first, *rest = azure.simulator.tenant.subscriptions
    for one in rest:
        azure.subscription(one, readable=False)
    assert first
    assert not azure.scan().saw_nothing


def test_a_redirect_is_an_error_and_is_not_followed_with_our_token(azure: "Azure") -> None:
    other = azure.stage.url.replace("127.0.0.1", "localhost")
    headers = {"Location": f"{other}/subscriptions?api-version=2022-12-01"}
    azure.fault(Effect.STATUS, path=SUBSCRIPTIONS, status=302, headers=headers)
    with pytest.raises(AzureError, match="302"):
        azure.scan()
    assert not [host for host, _ in azure.stage.heard if host.startswith("localhost")]


def test_a_challenge_for_new_claims_is_answered_with_a_new_token_and_the_scan_goes_on(
    azure: "Azure",
) -> None:
    """https://learn.microsoft.com/entra/identity-platform/claims-challenge."""
    challenge = 'Bearer error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnt9fQ=="'
    headers = {"WWW-Authenticate": challenge}
    azure.fault(Effect.STATUS, api="resourcegraph", status=401, headers=headers, times=1)
    assert azure.scan().verdict is Verdict.COMPLIANT
    assert [call.status for call in azure.calls("resourcegraph")] == [401, 200, 200, 200]


def test_a_token_that_is_refused_in_the_middle_of_a_scan_is_not_proven(azure: "Azure") -> None:
    azure.fault(Effect.STATUS, api="resourcegraph", status=401)
    found = azure.scan()
    assert not found.complete
    assert found.verdict is Verdict.NOT_PROVEN
