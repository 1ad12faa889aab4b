"""Sizes and habits of the code, read from its syntax trees; each finding names the offender."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

FUNCTION_LINES = 40
MODULE_LINES = 300
CHECK_MODULE_LINES = 120
BROAD = {"Exception", "BaseException"}

Trees = Mapping[str, ast.Module]


def long_functions(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES:
                yield f"{node.name} has {lines} lines"


def prints(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="print")):
                yield f"line {node.lineno} prints"
            case _:
                pass


def broad_catches(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.ExceptHandler(type=None):
                yield f"line {node.lineno} catches everything"
            case ast.ExceptHandler(type=ast.expr() as caught) if names_in(caught) & BROAD:
                yield f"line {node.lineno} catches too much"
            case ast.Call(func=ast.Name(id="suppress") | ast.Attribute(attr="suppress")) if (
                names_in(*node.args) & BROAD
            ):
                yield f"line {node.lineno} suppresses too much"
            case _:
                pass


def names_in(*expressions: ast.expr) -> set[str]:
    walked = (node for expression in expressions for node in ast.walk(expression))
    return {node.id for node in walked if isinstance(node, ast.Name)}


def is_part_of(path: str, module: str) -> bool:
    return path == f"{module}.py" or path.startswith(f"{module}/")


def test_no_function_is_longer_than_its_budget(trees: Trees) -> None:
    assert [
        f"{path}: {found}" for path, tree in trees.items() for found in long_functions(tree)
    ] == []


def test_no_module_is_longer_than_its_budget(trees: Trees, root: Path) -> None:
    found = {
        path: len(root.joinpath(path).read_text(encoding="utf-8").splitlines()) for path in trees
    }
    assert {path: lines for path, lines in found.items() if lines > MODULE_LINES} == {}


def test_no_module_of_checks_is_longer_than_its_budget(trees: Trees, root: Path) -> None:
    found = {
        path: len(root.joinpath(path).read_text(encoding="utf-8").splitlines())
        for path in trees
        if is_part_of(path, "checks") and path != "checks/__init__.py"  # the list, a line a check
    }
    assert {path: lines for path, lines in found.items() if lines > CHECK_MODULE_LINES} == {}


def test_only_the_command_line_prints(trees: Trees) -> None:
    assert [
        f"{path}: {found}"
        for path, tree in trees.items()
        if not is_part_of(path, "residency/cli")
        for found in prints(tree)
    ] == []


def test_only_the_scan_catches_whatever_a_check_raises(trees: Trees) -> None:
    assert [
        f"{path}: {found}"
        for path, tree in trees.items()
        if not is_part_of(path, "residency/scan")
        for found in broad_catches(tree)
    ] == []


@pytest.mark.parametrize(
    "code",
    [
        "try:\n    pass\nexcept:\n    raise",
        "try:\n    pass\nexcept Exception:\n    raise",
        "try:\n    pass\nexcept (ValueError, BaseException) as error:\n    raise",
        "with suppress(Exception):\n    pass",
        "with contextlib.suppress(OSError, Exception):\n    pass",
    ],
)
def test_a_broad_catch_is_seen_in_every_form(code: str) -> None:
    assert len(list(broad_catches(ast.parse(code)))) == 1


@pytest.mark.parametrize(
    "code",
    [
        "try:\n    pass\nexcept (KeyError, ValueError):\n    raise",
        "with suppress(KeyError):\n    pass",
        "raise Exception",
    ],
)
def test_a_narrow_catch_is_left_alone(code: str) -> None:
    assert list(broad_catches(ast.parse(code))) == []


def test_a_function_of_one_line_too_many_is_seen() -> None:
    body = "\n".join("    pass" for _ in range(FUNCTION_LINES))
    assert list(long_functions(ast.parse(f"async def walk():\n{body}"))) == ["walk has 41 lines"]
    assert list(long_functions(ast.parse(f"def walk():\n{body[:-9]}"))) == []


def test_a_print_is_seen() -> None:
    assert list(prints(ast.parse("def say():\n    print('x')"))) == ["line 2 prints"]
