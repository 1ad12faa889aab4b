from datetime import UTC, datetime

import pytest

from residency.simulator.estate import example_estate
from residency.simulator.world import Estate

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def estate(now: datetime) -> Estate:
    return example_estate(now)
