"""What the tests of the alerts share: the rules, and the real programs of Prometheus."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
TOOLS = "RESIDENCY_TOOLS"

Rule = Mapping[str, Any]
Program = Callable[..., subprocess.CompletedProcess[str]]


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


@pytest.fixture(scope="session")
def promtool() -> Program:
    """Run promtool; skip where it is not installed."""
    return _program("promtool")


@pytest.fixture(scope="session")
def amtool() -> Program:
    """Run amtool; skip where it is not installed."""
    return _program("amtool")


def _program(name: str) -> Program:
    folders = [os.environ[TOOLS]] if TOOLS in os.environ else []
    found = shutil.which(name, path=os.pathsep.join([*folders, str(ROOT / ".tools/root/usr/bin")]))
    found = found or shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed: put it on PATH, or its folder in {TOOLS}")

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - a program that was looked up by its name
            [found, *map(str, arguments)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    return run
