"""An id that would lead a request elsewhere is refused before anything is sent there."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from residency.azure import Arm
from residency.errors import BadAnswer
from residency.model import Reason, Status
from residency.simulator.world import Subscription

if TYPE_CHECKING:
    from tests.hostile.conftest import Server, Words

SUBSCRIPTIONS = (
    "../tenants",
    "a/../../providers/Microsoft.ResourceGraph",
    "not-a-guid",
    "aaaaaaaa-0000-4000-8000-000000000001/../x",
    "aaaaaaaa-0000-4000-8000-000000000001\n",
    "aaaaaaaa-0000-4000-8000-00000000000\u0661",
    "' or 1==1",
)
ENDS = ("../../../../../../tenants", "a/./b", "a//b", "..", "a/")


@pytest.mark.parametrize("name", SUBSCRIPTIONS)
def test_a_subscription_whose_id_is_no_guid_is_sent_nowhere(
    server: "Server", words: "type[Words]", name: str
) -> None:
    odd = Subscription(id=name, name="odd")
    server.use(replace(words.estate_of(["b"]), subscriptions=[odd]))
    with pytest.raises(BadAnswer, match="GUID"):
        server.scan()
    assert [path for _, path, _ in server.heard] == ["/subscriptions"]


@pytest.mark.parametrize("end", ENDS)
def test_an_id_that_climbs_is_asked_nothing_and_is_unknown(
    server: "Server", words: "type[Words]", end: str
) -> None:
    body = words.body(0, "a", "Microsoft.Sql/servers", "westeurope")
    body["id"] = f"/subscriptions/{words.main}/resourceGroups/rg/providers/{body['type']}/{end}"
    server.use(replace(words.estate_of(["b"]), resources=[body]))
    (judged,) = server.scan().judged
    assert judged.judgement.status is Status.UNKNOWN
    assert Reason.FACET_UNREADABLE in judged.judgement.reasons
    assert not [path for _, path, _ in server.heard if "failover" in path.lower()]


@pytest.mark.parametrize("path", [".evil.example/x", "@evil.example/x", ":80/x", "", "//x", "/"])
def test_a_path_that_would_lengthen_the_host_is_not_sent(path: str) -> None:
    sent: list[Any] = []

    async def send(request: Any, **_options: Any) -> Any:
        sent.append(request)

    async def ask() -> None:
        ends_at = asyncio.get_running_loop().time() + 10
        arm = Arm(
            endpoint="https://management.azure.com",
            ends_at=ends_at,
            send=send,
        )
        await arm.get(path, api_version="2026-01-01")

    with pytest.raises(BadAnswer, match="not a path"):
        asyncio.run(ask())
    assert sent == []
