"""What the tests of the alerts share: the rules, and the real programs of Prometheus."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]

Rule = Mapping[str, Any]


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder that holds pyproject.toml."""
    return ROOT


@pytest.fixture(scope="session")
def rules() -> Sequence[Rule]:
    """Every rule of every file, in order."""
    files = sorted((ROOT / "dashboards/rules").glob("*.yaml"))
    documents = (yaml.safe_load(file.read_text(encoding="utf-8")) for file in files)
    return [rule for each in documents for group in each["groups"] for rule in group["rules"]]


@pytest.fixture(scope="session")
def alerts(rules: Sequence[Rule]) -> Sequence[Rule]:
    """Every rule that alerts."""
    return [rule for rule in rules if "alert" in rule]
