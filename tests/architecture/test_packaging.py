"""The wheel and the editable install carry both packages, their data and their entry points."""

import json
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

LOOK = """
import importlib.metadata, importlib.util, json, pathlib
print(json.dumps({
    "folders": {name: str(pathlib.Path(importlib.util.find_spec(name).origin).parent)
                for name in ("residency", "checks")},
    "points": [[point.group, point.name, point.value]
               for point in importlib.metadata.distribution("residency").entry_points],
}))
"""

CARRIED = [
    "residency/__init__.py",
    "residency/py.typed",
    "residency/data/europe.json",
    "residency/data/pictures.css",
    "residency/data/regions.json",
    "residency/web/page/static/residency.css",
    "residency/web/page/static/residency.js",
    "residency/web/page/static/residency.svg",
    "residency/web/page/templates/overview.html",
    "checks/__init__.py",
    "checks/py.typed",
    "checks/data/types.json",
    "checks/data/types.schema.json",
]

POINTS = [
    ["console_scripts", "residency", "residency.cli:main"],
    ["residency.checks", "azure", "checks:CHECKS"],
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Install:
    """Where an interpreter finds the product, and what the install registers."""

    python: Path
    home: Path
    folders: Mapping[str, str]
    points: Sequence[Sequence[str]]


def run(*command: str | Path, cwd: Path) -> str:
    ran = subprocess.run(  # noqa: S603 - builds and installs this tree, offline
        command, cwd=cwd, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def source(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the wheel is built from, so that nobody's edits race with the build."""
    folder = tmp_path_factory.mktemp("source")
    for file in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(root / file, folder)
    for package in ("residency", "checks"):
        ignored = shutil.ignore_patterns("__pycache__", "*.db")
        shutil.copytree(root / package, folder / package, ignore=ignored)
    return folder


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter of an environment that has pip and nothing else."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    return folder / "bin" / "python"


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out, cwd=source)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module", params=["wheel", "editable"])
def installed(request: pytest.FixtureRequest, root: Path) -> Install:
    """The wheel in a new environment; the editable install is the one that these tests run in."""
    if request.param == "editable":
        return look(Path(sys.executable), root)
    python: Path = request.getfixturevalue("python")
    pip = (python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-compile")
    run(*pip, request.getfixturevalue("wheel"), cwd=python.parent)
    return look(python, python.parents[1])


def look(python: Path, home: Path) -> Install:
    found = json.loads(run(python, "-I", "-c", LOOK, cwd=python.parent))
    return Install(python=python, home=home, folders=found["folders"], points=found["points"])


def test_an_install_finds_both_packages_with_their_data(installed: Install) -> None:
    for name in CARRIED:
        package, _, rest = name.partition("/")
        path = Path(installed.folders[package]) / rest
        assert path.is_file(), f"{name} is missing"
        assert path.is_relative_to(installed.home), f"{name} comes from elsewhere: {path}"


def test_an_install_has_the_command_and_the_pack_of_checks(installed: Install) -> None:
    assert sorted(map(list, installed.points)) == POINTS
    assert installed.python.with_name("residency").is_file()


def test_the_wheel_carries_every_file_of_both_packages_and_no_other(
    wheel: Path, source: Path
) -> None:
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    folders = [source / "residency", source / "checks"]
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    assert names == {file.relative_to(source).as_posix() for file in files}
