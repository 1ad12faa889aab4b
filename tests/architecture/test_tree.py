"""What may not be in the tree: packages of tests, lock files, addresses of package indexes."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

LOCK_FILES = {"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock"}
"""Locks that name the hosts of an index; pip's hashes and npm's lock here name none."""

INDEX_HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("proxy", "golang", "org"),
    )
)
"""Put together here, so that this file does not hold what it looks for."""


def git(root: Path, *arguments: str) -> Sequence[str]:
    program = shutil.which("git")
    if program is None or not root.joinpath(".git").exists():
        pytest.skip("not a checkout with git")
    ran = subprocess.run(  # noqa: S603 - reads the index, changes nothing
        [program, *arguments], cwd=root, capture_output=True, text=True, check=False
    )
    assert ran.returncode in (0, 1), ran.stderr
    return ran.stdout.splitlines()


def test_the_folder_of_tests_is_no_package(root: Path) -> None:
    assert list(root.joinpath("tests").rglob("__init__.py")) == []


def test_no_lock_file_with_the_hosts_of_an_index_is_committed(root: Path) -> None:
    files = git(root, "ls-files")
    assert "pyproject.toml" in files
    assert [file for file in files if Path(file).name in LOCK_FILES] == []


@pytest.mark.parametrize("host", INDEX_HOSTS)
def test_no_committed_file_names_a_package_index(root: Path, host: str) -> None:
    assert git(root, "grep", "--cached", "-lIF", "-e", host) == []


def test_the_search_finds_what_is_there(root: Path) -> None:
    assert "pyproject.toml" in git(root, "grep", "--cached", "-lIF", "-e", "[build-system]")
