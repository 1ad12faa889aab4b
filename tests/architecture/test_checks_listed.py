"""Every module of checks is in use, and every check says what it needs and where its facts are."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Mapping
from types import ModuleType

import pytest

import checks
from residency.check import Catalogue, Check

ACTION = re.compile(r"(\*|[A-Z][A-Za-z]+\.[A-Z][A-Za-z]+)/(.+/)?read")
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

MODULES: list[ModuleType] = [
    importlib.import_module(f"checks.{found.name}")
    for found in pkgutil.iter_modules(checks.__path__)
    if not found.ispkg
]


def imported_names(tree: ast.Module) -> set[str]:
    """Modules of checks that a module imports, in either form."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                found |= {alias.name for alias in node.names}
            case ast.ImportFrom(module=str() as source):
                found |= {source, *(f"{source}.{alias.name}" for alias in node.names)}
            case _:
                pass
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_module_of_checks_is_listed_or_used_by_one_that_is(
    module: ModuleType, trees: Mapping[str, ast.Module]
) -> None:
    own = f"{module.__name__.replace('.', '/')}.py"
    if hasattr(module, "CHECKS"):
        missing = [check.id for check in module.CHECKS if check not in checks.CHECKS]
        assert missing == [], f"add {module.__name__} to checks/__init__.py"
    else:
        users = [
            path
            for path, tree in trees.items()
            if path != own and module.__name__ in imported_names(tree)
        ]
        assert users != [], f"nothing uses {module.__name__}"


def test_what_is_listed_comes_from_the_modules_of_checks() -> None:
    exported = [check for module in MODULES for check in getattr(module, "CHECKS", ())]
    assert sorted(check.id for check in checks.CHECKS) == sorted(check.id for check in exported)


def test_no_type_and_no_id_is_claimed_twice() -> None:
    assert len(Catalogue.of(checks.CHECKS).checks) == len(checks.CHECKS)


@pytest.mark.parametrize("check", checks.CHECKS, ids=lambda check: check.id)
def test_every_check_has_pages_of_microsoft_and_read_permissions(check: Check) -> None:
    assert ID.fullmatch(check.id)
    assert check.title
    assert check.resource_types
    assert check.docs
    assert [
        page for page in check.docs if not page.startswith("https://learn.microsoft.com/")
    ] == []
    assert check.permissions
    assert [action for action in check.permissions if not ACTION.fullmatch(action)] == []


def test_there_are_checks() -> None:
    assert checks.CHECKS
