"""Everything that is sent to Resource Graph passes Microsoft's own parser."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from residency.check import load_catalogue
from residency.inventory import changes, queries

FOLDER = Path(__file__).parent

pytestmark = pytest.mark.tool


def messages(*texts: str) -> list[list[str]]:
    """Ask Microsoft's language service what is wrong with each query."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed: Microsoft's KQL parser runs in it")
    if not (FOLDER / "node_modules").is_dir():
        pytest.skip("Microsoft's KQL parser is not installed: npm ci --prefix tests/kql")
    run = subprocess.run(
        ["node", "parse.cjs"],  # noqa: S607 - whichever node the machine has
        cwd=FOLDER,
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[list[str]] = json.loads(run.stdout)
    return found


def test_microsoft_s_parser_finds_nothing_wrong_with_any_query() -> None:
    sent = {
        queries.SUBSCRIPTIONS.name: queries.SUBSCRIPTIONS.text,
        queries.RESOURCE_GROUPS.name: queries.RESOURCE_GROUPS.text,
        "resources": queries.resources(load_catalogue(), lambda row: row).text,
        **{query.name: query.text for query in changes.CHANGES.values()},
    }
    found = dict(zip(sent, messages(*sent.values()), strict=True))
    assert found == {name: [] for name in sent}


def test_microsoft_s_parser_would_find_a_wrong_column_table_or_operator() -> None:
    wrong = ("resources | project nosuch", "resource | project id", "resources | wher id == ''")
    assert all(messages(*wrong))
