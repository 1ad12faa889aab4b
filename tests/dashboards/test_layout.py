"""Every panel has its place, words for its colours, and links that lead somewhere."""

import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from dashboards.source.queries import CHOSEN
from residency.metrics import EVERY

Json = dict[str, Any]
LABELS = {each.name: set(each.labels) for each in EVERY}
SELECTOR = re.compile(r"\b(residency_\w+)\{([^}]*)\}")
USED = re.compile(r"\$\{?(\w+)")
OF_GRAFANA = {"__rate_interval", "__url_time_range", "__all_variables", "__data", "__range"}
SCREEN = 22
"""Rows of the grid that a screen of 1080 lines shows."""


def boxes(dashboard: Json) -> list[tuple[str, Json]]:
    return [(panel["title"], panel["gridPos"]) for panel in dashboard["panels"]]


def shown(dashboard: Json) -> list[Json]:
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def overlap(one: Json, other: Json) -> bool:
    return bool(
        one["x"] < other["x"] + other["w"]
        and other["x"] < one["x"] + one["w"]
        and one["y"] < other["y"] + other["h"]
        and other["y"] < one["y"] + one["h"]
    )


def test_no_panel_lies_over_another(dashboard: Json) -> None:
    pairs = combinations(boxes(dashboard), 2)
    assert [(a, b) for (a, one), (b, other) in pairs if overlap(one, other)] == []


def test_every_panel_is_within_the_width_and_has_a_number_of_its_own(dashboard: Json) -> None:
    assert [title for title, at in boxes(dashboard) if at["x"] + at["w"] > 24] == []
    numbers = [panel["id"] for panel in dashboard["panels"]]
    assert len(set(numbers)) == len(numbers)


def test_no_dashboard_is_a_wall(dashboard: Json) -> None:
    assert len(shown(dashboard)) <= 18


def test_no_two_panels_have_the_same_title(dashboard: Json) -> None:
    titles = [title for title, _ in boxes(dashboard)]
    assert len(set(titles)) == len(titles)


def test_the_first_screen_says_in_words_whether_all_is_well(dashboards: list[Json]) -> None:
    (overview,) = (each for each in dashboards if each["uid"] == "residency-overview")
    verdict = overview["panels"][0]
    (mapped,) = verdict["fieldConfig"]["defaults"]["mappings"]
    texts = [each["text"] for each in mapped["options"].values()]
    first_words = {text.split(" ", 1)[1].split(":")[0].split(",")[0] for text in texts}
    assert first_words == {"PROVEN", "NOT PROVEN", "VIOLATION", "NOT KNOWN"}
    assert verdict["fieldConfig"]["defaults"]["noValue"].startswith("? NOT KNOWN")
    first = {title for title, at in boxes(overview) if at["y"] + at["h"] <= SCREEN}
    assert {"Alerts that fire", "Incidents and their clock"} <= first


def test_no_colour_tells_what_no_word_tells(dashboard: Json, panel: Json) -> None:
    config = panel["fieldConfig"]
    told = list(config["defaults"]["mappings"])
    for override in config["overrides"]:
        told += [
            m for each in override["properties"] if each["id"] == "mappings" for m in each["value"]
        ]
    for mapping in told:
        texts = [each["text"] for each in mapping["options"].values()]
        assert all(texts), dashboard["title"]
        by_text = {each["text"]: each["color"] for each in mapping["options"].values()}
        assert len(by_text) >= len({each["color"] for each in mapping["options"].values()})


def test_what_shows_nothing_never_says_that_all_is_well(dashboard: Json, panel: Json) -> None:
    absent = panel["fieldConfig"]["defaults"]["noValue"]
    assert absent, dashboard["title"]
    assert "✔" not in absent


def test_every_variable_is_used_and_every_one_that_is_used_is_there(dashboard: Json) -> None:
    there = {each["name"] for each in dashboard["templating"]["list"]}
    assert {"datasource", "job", "instance"} <= there
    texts = [str(panel) for panel in shown(dashboard)] + [str(dashboard["links"])]
    used = {name for text in texts for name in USED.findall(text)} - OF_GRAFANA - {"1"}
    assert used == there


def test_a_variable_is_used_only_where_the_series_has_its_label(
    dashboard: Json, panel: Json
) -> None:
    for target in panel["targets"]:
        for name, matchers in SELECTOR.findall(target["expr"]):
            for label, chosen in CHOSEN.items():
                if f"${chosen}" in matchers:
                    assert label in LABELS[name], dashboard["title"]
                    assert f'{label}=~"${chosen}"' in matchers


def test_what_has_no_product_is_not_hidden(dashboard: Json) -> None:
    """All is `.*`: `.+` would leave out what is of no product, and that concerns everybody."""
    asked = [each for each in dashboard["templating"]["list"] if each["name"] in CHOSEN.values()]
    assert {each["allValue"] for each in asked} == {".*"}


def addresses(value: Any) -> list[str]:
    match value:
        case {"url": str(url), **rest}:
            return [url, *addresses(list(rest.values()))]
        case dict():
            return addresses(list(value.values()))
        case list():
            return [url for each in value for url in addresses(each)]
        case _:
            return []


def test_every_link_leads_to_a_page_or_to_another_dashboard(
    dashboard: Json, dashboards: list[Json], root: Path
) -> None:
    others = {f"/d/{each['uid']}" for each in dashboards}
    found = addresses([dashboard["panels"], dashboard["links"]])
    assert found
    for url in found:
        if url.startswith("${docs:raw}/"):
            assert root.joinpath("docs", url.removeprefix("${docs:raw}/")).is_file(), url
        elif not url.startswith("https://portal.azure.com/#@/resource"):
            assert url.split("?")[0] in others, url


def test_the_dashboards_lead_to_each_other(dashboard: Json) -> None:
    (others,) = (each for each in dashboard["links"] if each["type"] == "dashboards")
    assert set(others["tags"]) <= set(dashboard["tags"])
    assert (others["includeVars"], others["keepTime"]) == (True, True)


@pytest.mark.parametrize("label", ["resource_id", "customer"])
def test_no_title_and_no_legend_names_a_resource_or_a_customer(dashboard: Json, label: str) -> None:
    legends = [t["legendFormat"] for panel in shown(dashboard) for t in panel["targets"]]
    assert [each for each in legends if label in each] == []
