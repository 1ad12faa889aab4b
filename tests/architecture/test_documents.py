"""The pages about the layout say what the tree has."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROW = re.compile(r"^\| `([^`]+)` \| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)")
PAGES = [
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "README.md",
    "docs/policy.md",
    "docs/rights.md",
    "docs/faults.md",
    "docs/identity.md",
    "docs/json.md",
    "docs/memory.md",
    "docs/pictures.md",
    "docs/demo.md",
    "docs/web.md",
    "docs/service.md",
    "docs/api.md",
    "docs/metrics.md",
    "docs/performance.md",
    "docs/alerts.md",
    "docs/dashboards.md",
    "docs/metrics.md",
    "docs/adr/0010-metrics-beyond-the-design.md",
    "docs/checks.md",
    "docs/adr/0004-judgement-where-the-design-is-silent.md",
    "docs/adr/0005-the-kit-of-a-check.md",
    "docs/types.md",
    "docs/adr/0001-facts-and-judgement.md",
    "docs/adr/0002-packaging-of-checks.md",
    "docs/adr/0003-unknown-is-never-compliant.md",
    "docs/adr/0011-how-the-service-goes-round.md",
    "docs/adr/0012-who-reads-the-api.md",
    "docs/adr/dependencies.md",
]


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, Any]:
    settings = tomllib.loads(root.joinpath("pyproject.toml").read_text(encoding="utf-8"))
    found: dict[str, Any] = settings["project"]
    return found


def names(requirements: list[str]) -> list[str]:
    return sorted(re.split(r"[^A-Za-z0-9_.-]", requirement)[0] for requirement in requirements)


def listed(root: Path, heading: str) -> list[str]:
    text = root.joinpath("docs/adr/dependencies.md").read_text(encoding="utf-8")
    section = text.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return sorted(name for name, *_ in ROW.findall(section))


def test_every_dependency_at_run_time_has_its_line(root: Path, project: dict[str, Any]) -> None:
    assert listed(root, "At run time") == names(project["dependencies"])


def test_every_extra_has_its_lines(root: Path, project: dict[str, Any]) -> None:
    for extra, requirements in project["optional-dependencies"].items():
        assert listed(root, f"Extra `{extra}`") == names(requirements)


@pytest.mark.parametrize("page", PAGES)
def test_every_link_within_the_tree_leads_somewhere(root: Path, page: str) -> None:
    path = root / page
    links = LINK.findall(path.read_text(encoding="utf-8"))
    assert [link for link in links if not path.parent.joinpath(link).exists()] == []


def test_the_changelog_has_a_place_for_what_is_not_released(root: Path) -> None:
    text = root.joinpath("CHANGELOG.md").read_text(encoding="utf-8")
    assert "\n## [Unreleased]\n" in text


def test_every_hook_before_a_commit_is_a_tool_of_the_development_group(root: Path) -> None:
    hooks = yaml.safe_load(root.joinpath(".pre-commit-config.yaml").read_text(encoding="utf-8"))
    settings = tomllib.loads(root.joinpath("pyproject.toml").read_text(encoding="utf-8"))
    tools = {
        "import-linter" if tool == "lint-imports" else tool
        for repo in hooks["repos"]
        for tool in (hook["entry"].split()[0] for hook in repo["hooks"])
    }
    assert {repo["repo"] for repo in hooks["repos"]} == {"local"}
    named = [entry for entry in settings["dependency-groups"]["dev"] if isinstance(entry, str)]
    assert tools <= set(names(named))
