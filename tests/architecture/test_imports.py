"""The contracts on imports hold, and each is caught when it is broken."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

LAYERS = "Layers: upper may import lower"
SIMULATOR = "The simulator knows only the words, the regions and the errors"
LATE = "Only the command line starts the simulator"
CORE = "The core never imports checks: they come through the entry point group"
CHECK = "A check sees the kit, the words, the regions and the errors"
SDK = "Only residency.azure imports the Azure SDK"
VERIFIER = "The verifier shares no code with what it verifies"
PICTURES = "A picture sees the words, the regions and the errors"
DATABASE = "Only residency.store knows the database"

BREACHES = [
    ("residency.errors", "import residency.model", LAYERS),
    ("residency.policy", "import residency.check", LAYERS),
    ("residency.regions", "import residency.inventory", LAYERS),
    ("residency.simulator", "import residency.scan", SIMULATOR),
    ("residency.simulator", "import checks", SIMULATOR),
    ("residency.inventory", "import residency.simulator", LATE),
    ("checks", "import residency.simulator", LATE),
    ("residency.scan", "import checks", CORE),
    ("residency.check", "import checks", CORE),
    ("checks", "import residency.scan", CHECK),
    ("checks", "import residency.settings", CHECK),
    ("checks", "import residency.policy", CHECK),
    ("checks", "import azure.core", CHECK),
    ("checks", "import sqlite3", CHECK),
    ("residency.policy", "import azure.core", SDK),
    ("residency.scan", "import azure.identity", SDK),
    ("residency.store", "import residency.inventory", LAYERS),
    ("residency.verify", "import residency.store", VERIFIER),
    ("residency.scan", "import sqlalchemy", DATABASE),
    ("residency.cli", "import sqlite3", DATABASE),
    ("residency.metrics", "import sqlalchemy", DATABASE),
    ("residency.metrics", "import residency.web", LAYERS),
    ("residency.web", "import residency.metrics", LAYERS),
    ("residency.documents", "import residency.web", LAYERS),
    ("residency.documents", "import sqlalchemy", DATABASE),
    ("residency.pictures", "import residency.documents", LAYERS),
    ("residency.pictures", "import residency.web", LAYERS),
    ("residency.pictures", "import residency.settings", PICTURES),
    ("residency.pictures", "import residency.store", PICTURES),
    ("residency.pictures", "import sqlite3", PICTURES),
]

pytestmark = pytest.mark.slow


def lint(folder: Path) -> tuple[int, str]:
    tool = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run(  # noqa: S603 - the linter of this environment
        [tool, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )
    return ran.returncode, " ".join((ran.stdout + ran.stderr).split())


def file_of(folder: Path, module: str) -> Path:
    path = folder.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    shutil.copy(root / "pyproject.toml", tmp_path)
    for package in ("residency", "checks"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(root / package, tmp_path / package, ignore=ignored)
    return tmp_path


def test_the_contracts_hold(root: Path) -> None:
    code, said = lint(root)
    assert code == 0, said


@pytest.mark.parametrize(("module", "line", "contract"), BREACHES)
def test_a_breach_is_caught_by_its_contract(
    copy: Path, module: str, line: str, contract: str
) -> None:
    file = file_of(copy, module)
    file.write_text(f"{file.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    code, said = lint(copy)
    assert code == 1
    assert f"{contract} BROKEN" in said


def test_a_module_that_no_layer_names_is_caught(copy: Path) -> None:
    copy.joinpath("residency", "stray.py").write_text('"""Belongs nowhere."""\n', encoding="utf-8")
    code, said = lint(copy)
    assert code == 1
    assert "stray" in said


def test_every_contract_has_a_breach_that_proves_it(root: Path) -> None:
    settings = tomllib.loads(root.joinpath("pyproject.toml").read_text(encoding="utf-8"))
    contracts = {entry["name"] for entry in settings["tool"]["importlinter"]["contracts"]}
    assert {contract for _, _, contract in BREACHES} == contracts
