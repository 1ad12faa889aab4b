"""Every query gives data on a real Prometheus that scrapes a service over the demo's estate."""

import math
import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.dashboards.conftest import Asked

Json = dict[str, Any]
LEGEND = re.compile(r"\{\{(\w+)\}\}")

pytestmark = pytest.mark.tool


def rows_of(demo: "Asked", target: Json) -> list[Any]:
    """Ask as the panel does: for its range, or for now."""
    found = demo.lines(target["expr"]) if target["range"] else demo.rows(target["expr"])
    return list(found)


def values(row: Json) -> list[float]:
    pairs = row.get("values") or [row["value"]]
    return [float(value) for _, value in pairs]


def test_every_query_gives_numbers(demo: "Asked", dashboard: Json, panel: Json) -> None:
    for target in panel["targets"]:
        found = rows_of(demo, target)
        assert found, f"{dashboard['title']}: {target['expr']}"
        assert all(math.isfinite(each) for row in found for each in values(row)), target["expr"]


def test_every_legend_names_a_label_that_is_there(
    demo: "Asked", dashboard: Json, panel: Json
) -> None:
    for target in panel["targets"]:
        wanted = set(LEGEND.findall(target["legendFormat"]))
        there = {label for row in rows_of(demo, target) for label in row["metric"]}
        assert wanted <= there, dashboard["title"]


def test_no_series_hides_another_of_the_same_panel(
    demo: "Asked", dashboard: Json, panel: Json
) -> None:
    if panel["type"] == "table":
        return
    for target in panel["targets"]:
        named = LEGEND.findall(target["legendFormat"])
        names = [
            tuple(row["metric"].get(label, "") for label in named) for row in rows_of(demo, target)
        ]
        assert len(set(names)) == len(names), dashboard["title"]


def test_every_column_shows_a_label_or_a_value(demo: "Asked", dashboard: Json, panel: Json) -> None:
    for step in panel["transformations"]:
        if step["id"] != "organize":
            continue
        there = {
            label for t in panel["targets"] for row in rows_of(demo, t) for label in row["metric"]
        }
        there |= {"Value"} | {f"Value #{target['refId']}" for target in panel["targets"]}
        wanted = {part for name in step["options"]["renameByName"] for part in name.split("\\")}
        assert wanted <= there, dashboard["title"]


@pytest.mark.parametrize(
    ("uid", "title", "says"),
    [
        ("overview", "Is all data where it should be?", 3),
        ("overview", "Outside the EU", 5),
        ("overview", "Not proven", 4),
        ("failovers", "Farthest open failover", 1),
        ("failovers", "Overdue", 1),
        ("estate", "Nobody's", 2),
        ("estate", "Types that no check knows", 1),
        ("monitor", "The monitor", 1),
        ("monitor", "The last scan", 0),
        ("monitor", "Subscriptions read whole", 0.8),
        ("monitor", "Since the last reports", -1),
    ],
)
def test_the_numbers_are_those_of_the_demo(
    demo: "Asked", dashboards: list[Json], uid: str, title: str, says: float
) -> None:
    (found,) = (each for each in dashboards if each["uid"] == f"residency-{uid}")
    panel = next(
        each for each in found["panels"] if each["title"] == title and each["type"] == "stat"
    )
    (row,) = demo.rows(panel["targets"][0]["expr"])
    assert values(dict(row)) == [says]


def test_every_choice_has_values_to_choose_from(demo: "Asked", dashboard: Json) -> None:
    for each in dashboard["templating"]["list"]:
        if each["type"] != "query":
            continue
        match re.fullmatch(r"(label_values|query_result)\((.+?)(?:, (\w+))?\)", each["query"]):
            case None:
                pytest.fail(each["query"])
            case found:
                rows = demo.rows(found[2])
                if found[1] == "label_values":
                    assert any(row["metric"].get(found[3]) for row in rows), each["query"]


def test_a_subscription_is_chosen_by_its_name(demo: "Asked", dashboards: list[Json]) -> None:
    everything = (each for found in dashboards for each in found["templating"]["list"])
    choice = next(each for each in everything if each["name"] == "subscription")
    regex = choice["regex"].strip("/").replace("(?<", "(?P<")
    query = choice["query"].removeprefix("query_result(").removesuffix(")")
    texts = [
        "{" + ",".join(f'{name}="{value}"' for name, value in row["metric"].items()) + "} 1 1"
        for row in demo.rows(query)
    ]
    names = {found["text"] for text in texts if (found := re.search(regex, text))}
    assert {"procs-prod", "archive-prod", "innovation-trial"} <= names
