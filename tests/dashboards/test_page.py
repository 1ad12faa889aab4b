"""The page of the dashboards names each of them, each panel, and what can be chosen."""

import re
from pathlib import Path
from typing import Any

Json = dict[str, Any]
ROW = re.compile(r"^\| ([^|]+) \| [^|]+ \|$", re.MULTILINE)


def section(page: str, title: str) -> str:
    return page.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def test_every_panel_has_its_line(dashboard: Json, root: Path) -> None:
    page = root.joinpath("docs/dashboards.md").read_text(encoding="utf-8")
    text = section(page, dashboard["title"].removeprefix("Residency / "))
    told = [name for name in ROW.findall(text) if name != "panel"]
    assert told == [each["title"] for each in dashboard["panels"] if each["type"] != "row"]


def test_every_uid_and_every_choice_is_named(dashboard: Json, root: Path) -> None:
    page = root.joinpath("docs/dashboards.md").read_text(encoding="utf-8")
    labels = [each["label"] for each in dashboard["templating"]["list"] if "label" in each]
    assert [name for name in (dashboard["uid"], *labels) if f"`{name}`" not in page] == []


def test_the_command_that_sets_the_address_finds_its_line(dashboard: Json, root: Path) -> None:
    page = root.joinpath("docs/dashboards.md").read_text(encoding="utf-8")
    found = re.search(r"s#(.+)#(.+)#' dashboards/grafana", page)
    assert found is not None
    path = root / "dashboards/grafana" / f"{dashboard['uid']}.json"
    assert path.read_text(encoding="utf-8").count(found[1]) == 1
