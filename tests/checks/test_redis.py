"""Azure Cache for Redis: the roles of a link, seen from both ends, and where data is persisted."""

from typing import Any

import pytest

from checks.redis import CHECKS
from residency.errors import AccessDenied
from residency.model import Placement, Reason, Role
from residency.testing import JsonReader, run_check

(CHECK,) = CHECKS
ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Cache/Redis/c"
DENIED = AccessDenied("no", code="AuthorizationFailed")


def cache(location: str = "westeurope", **properties: Any) -> dict[str, Any]:
    told = {"sku": {"name": "Premium"}, "redisConfiguration": {}, **properties}
    return {"id": ID, "type": "Microsoft.Cache/Redis", "location": location, "properties": told}


def link(role: str | None, location: str | None) -> dict[str, Any]:
    return {"properties": {"serverRole": role, "linkedRedisCacheLocation": location}}


def found(body: dict[str, Any], links: Any = ()) -> tuple[Placement, ...]:
    answer = links if isinstance(links, Exception) else {"value": list(links)}
    return run_check(CHECK, body, JsonReader(answers={f"{ID}/linkedServers": answer}))


@pytest.mark.parametrize(
    ("here", "role", "there", "written", "former"),
    [
        ("westeurope", "Secondary", "North Europe", "westeurope", "northeurope"),
        ("northeurope", "Secondary", "West Europe", "northeurope", "westeurope"),
        ("westeurope", "Primary", "North Europe", "northeurope", "westeurope"),
    ],
)
def test_the_written_cache_names_the_region_that_it_may_have_come_from(
    here: str, role: str, there: str, written: str, former: str
) -> None:
    (primary,) = [p for p in found(cache(here), [link(role, there)]) if p.role is Role.PRIMARY]
    assert (primary.region, primary.writer) == (written, True)
    assert primary.failover is not None
    assert (primary.failover.path, primary.failover.since) == ((former,), None)
    assert "serverRole" in str(primary.failover.evidence)


def test_two_caches_that_were_unlinked_are_each_written_by_themselves() -> None:
    for region in ("westeurope", "northeurope"):
        (primary,) = found(cache(region))
        assert (primary.role, primary.region, primary.failover) == (Role.PRIMARY, region, None)


def test_links_that_may_not_be_read_leave_open_which_cache_is_written() -> None:
    gap, own = found(cache(), DENIED)
    assert (gap.decides_primary, gap.unresolved) == (True, Reason.FACET_UNREADABLE)
    assert own.region == "westeurope"


def test_a_linked_cache_without_a_region_is_somewhere_unknown() -> None:
    places = [(p.role, p.region) for p in found(cache(), [link("Secondary", None)])]
    assert places == [("primary", "westeurope"), ("replica", "unknown")]


@pytest.mark.parametrize("tier", ["Premium", None, "Brand new"])
def test_a_tier_that_is_not_known_to_be_in_memory_alone_is_asked_for_links(
    tier: str | None,
) -> None:
    body = cache(sku={"name": tier} if tier else None)
    assert any(place.unresolved for place in found(body, DENIED))


@pytest.mark.parametrize("switch", ["rdb-backup-enabled", "aof-backup-enabled"])
def test_persistence_without_an_account_that_is_named_is_somewhere_unknown(switch: str) -> None:
    places = found(cache(redisConfiguration={switch: "True"}))
    assert [(p.role, p.region) for p in places[1:]] == [("backup", "unknown")]
    assert found(cache(redisConfiguration={switch: "false"})) == found(cache())
