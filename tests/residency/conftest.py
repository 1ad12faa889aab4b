"""Values that many tests of the core start from."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from residency.model import Basis, Evidence, Placement, Reason, Resource, Role
from residency.testing import resource_of

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def a_resource() -> Callable[..., Resource]:
    def make(
        name: str = "st1",
        group: str = "rg",
        kind: str = "Microsoft.Storage/storageAccounts",
        **body: Any,
    ) -> Resource:
        path = f"/subscriptions/s1/resourceGroups/{group}/providers/{kind}/{name}"
        return resource_of({"id": path, "type": kind, "name": name, **body}, read_at=NOW)

    return make


@pytest.fixture
def a_place() -> Callable[..., Placement]:
    def make(role: Role = Role.PRIMARY, region: str = "westeurope", **facts: Any) -> Placement:
        evidence = Evidence(api="resourcegraph", path="location", value=region, read_at=NOW)
        if region == "unknown":
            facts.setdefault("unresolved", Reason.REGION_UNKNOWN)
        known: dict[str, Any] = {"basis": Basis.OBSERVED, "evidence": evidence} | facts
        return Placement(role=role, region=region, **known)

    return make
