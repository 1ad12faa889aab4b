"""What the tables show, by Grafana's own code over what a real Prometheus answers."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.dashboards.conftest import Asked

Json = dict[str, Any]
FOLDER = Path(__file__).with_name("grafana_data")
SAID = {"✔", "✖", "?", "!", "↷"}

pytestmark = pytest.mark.tool


def tables_of(dashboards: list[Json]) -> dict[str, Json]:
    """Give each table by its title; one that two dashboards have is the same."""
    everything = (panel for each in dashboards for panel in each["panels"])
    return {panel["title"]: panel for panel in everything if panel["type"] == "table"}


@pytest.fixture(scope="session")
def grafana(demo: "Asked", dashboards: list[Json]) -> Json:
    """Give what Grafana shows of each table, and the units that it knows."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed: Grafana's own code runs in it")
    if not (FOLDER / "node_modules").is_dir():
        pytest.skip("@grafana/data is not installed: npm ci --prefix tests/dashboards/grafana_data")
    tables = tables_of(dashboards)
    given = [
        {"panel": panel, "answers": [demo.rows(target["expr"]) for target in panel["targets"]]}
        for panel in tables.values()
    ]
    run = subprocess.run(
        ["node", "shown.cjs"],  # noqa: S607 - whichever node the machine has
        cwd=FOLDER,
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    return {"units": found["units"], "tables": dict(zip(tables, found["tables"], strict=True))}


def test_grafana_knows_every_unit(grafana: Json, dashboards: list[Json]) -> None:
    configs = [p["fieldConfig"] for each in dashboards for p in each["panels"] if "options" in p]
    overrides = [o for config in configs for o in config["overrides"]]
    named = [e["value"] for o in overrides for e in o["properties"] if e["id"] == "unit"]
    named += [config["defaults"]["unit"] for config in configs]
    assert set(named) <= set(grafana["units"])


def test_every_column_has_the_name_that_the_panel_gives_it(
    grafana: Json, dashboards: list[Json]
) -> None:
    for title, panel in tables_of(dashboards).items():
        table = grafana["tables"][title]
        named = [o["matcher"] for o in panel["fieldConfig"]["overrides"]]
        wanted = [each["options"] for each in named if each["id"] == "byName"]
        assert table["frames"] == 1, title
        assert table["rows"], title
        assert set(wanted) <= set(table["columns"]), title
        assert {each["displayName"] for each in panel["options"]["sortBy"]} <= set(wanted), title
        if "groupingToMatrix" not in {step["id"] for step in panel["transformations"]}:
            assert table["columns"] == wanted, title


def test_no_cell_repeats_what_an_empty_table_says(grafana: Json) -> None:
    cells = {cell for table in grafana["tables"].values() for row in table["rows"] for cell in row}
    assert [cell for cell in cells if "monitor answers" in cell] == []


def column(table: Json, name: str) -> list[str]:
    at = table["columns"].index(name)
    return [row[at] for row in table["rows"]]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Incidents and their clock", "Farthest place"),
        ("Incidents and their clock", "Acknowledged"),
        ("Incidents and their clock", "Order"),
        ("Last scan that read all of each subscription", "State"),
        ("Last scan that read all of each subscription", "Inventory"),
        ("Not proven, by cause", "Cause"),
        ("What is failed over now", "Place"),
    ],
)
def test_a_state_is_shown_in_words(grafana: Json, title: str, name: str) -> None:
    cells = column(grafana["tables"][title], name)
    assert {cell.split(" ", 1)[0] for cell in cells} <= SAID
    assert all(" " in cell for cell in cells)


def test_where_the_data_is_goes_by_zone_and_country(grafana: Json) -> None:
    title = "Where the data is: product and role by country"
    table = grafana["tables"][title]
    assert table["columns"][:2] == ["Product · role", "home NL"]
    assert {"failover IE", "outside GB", "outside US", "exceptional DE"} <= set(table["columns"])
    assert "Procs · primary" in column(table, "Product · role")


def test_what_is_outside_has_an_age_and_a_basis(grafana: Json) -> None:
    table = grafana["tables"]["What is outside the EU"]
    assert all(":" in age for age in column(table, "In violation for"))
    basis = {cell.split(":")[0] for cell in column(table, "Basis")}
    assert basis == {"observed", "documented"}
    assert "(no product)" in column(table, "Product")


def test_a_subscription_that_was_never_read_as_a_whole_says_so(grafana: Json) -> None:
    table = grafana["tables"]["Last scan that read all of each subscription"]
    rows = {row[0]: row[1:] for row in table["rows"]}
    assert rows["archive-prod"] == [
        "✖ cannot be read",
        "✖ never as a whole",
        "? not compared",
    ]


def test_the_failover_of_the_last_minute_is_told(grafana: Json) -> None:
    assert "↷ failed over" in column(grafana["tables"]["Changes in 24 hours"], "What happened")
