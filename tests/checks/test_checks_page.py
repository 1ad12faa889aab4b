import runpy
from pathlib import Path

import pytest

from checks import CHECKS
from residency.check import Check

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/checks.md"


def test_the_page_of_checks_is_the_one_that_the_checks_generate() -> None:
    script = runpy.run_path(str(ROOT / "docs/generate_checks.py"))
    assert PAGE.read_text(encoding="utf-8") == script["render"](), "run docs/generate_checks.py"


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_the_page_names_every_check_with_its_rights_and_pages(check: Check) -> None:
    page = PAGE.read_text(encoding="utf-8")
    section = page.split(f"\n## {check.id}\n", 1)[1].split("\n## ", 1)[0]
    assert check.title in section
    assert all(f"`{action}`" in section for action in check.permissions)
    assert all(f"<{url}>" in section for url in check.docs)
