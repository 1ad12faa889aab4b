"""A dashboard from its rows of panels: places, numbers, variables and links."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from dashboards.source.panels import DATASOURCE
from dashboards.source.queries import series
from dashboards.source.words import Json

WIDTH = 24
SCHEMA_VERSION = 39
"""That of Grafana 11.0; a newer Grafana brings it up to its own."""

TAG = "residency"
_IN_ESTATE = {
    "product": f"label_values({series('resources')}, product)",
    "environment": f"label_values({series('findings')}, environment)",
    # By its id, shown by its name.
    "subscription": f"query_result({series('subscription_readable')})",
}
_NAME_AND_ID = '/subscription="(?<text>[^"]+)".*subscription_id="(?<value>[^"]+)"/'


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Panels side by side, each with its width; together 24 wide. A title makes a heading of it."""

    height: int
    panels: Sequence[tuple[int, Json]]
    title: str = ""


def dashboard(
    uid: str,
    title: str,
    description: str,
    rows: Sequence[Row],
    *,
    since: str,
    choices: Sequence[str] = (),
) -> Json:
    """Give a dashboard that shows what was since a time, such as `now-24h`.

    `choices` is what can be chosen of the estate: `subscription`, `product`, `environment`.
    """
    return {
        "annotations": {"list": []},
        "description": description,
        "editable": False,
        "fiscalYearStartMonth": 0,
        "graphTooltip": 1,
        "links": _links(),
        "panels": _placed(rows),
        "refresh": "1m",
        "schemaVersion": SCHEMA_VERSION,
        "tags": [TAG],
        "templating": {"list": _variables(choices)},
        "time": {"from": since, "to": "now"},
        "timepicker": {},
        "timezone": "browser",
        "title": title,
        "uid": uid,
        "version": 1,
        "weekStart": "monday",
    }


def _placed(rows: Sequence[Row]) -> list[Json]:
    found: list[Json] = []
    numbers, y = count(1), 0
    for row in rows:
        if row.title:
            at = {"h": 1, "w": WIDTH, "x": 0, "y": y}
            heading = {"type": "row", "title": row.title, "collapsed": False, "panels": []}
            found.append({"id": next(numbers), "gridPos": at, **heading})
            y += 1
        x = 0
        for width, panel in row.panels:
            at = {"h": row.height, "w": width, "x": x, "y": y}
            found.append({"id": next(numbers), "gridPos": at, **panel})
            x += width
        if x != WIDTH:
            raise ValueError(f"{[panel['title'] for _, panel in row.panels]} are {x} wide")
        y += row.height
    return found


def _variables(choices: Sequence[str]) -> list[Json]:
    source = {"type": "datasource", "name": "datasource", "label": "Data source", "hide": 0}
    asked = {
        "job": "label_values(residency_build_info, job)",
        "instance": 'label_values(residency_build_info{job=~"$job"}, instance)',
    }
    # A series without a product is of no product: `.*` takes it in, and `.+` would hide it.
    asked_of_estate = {name: _IN_ESTATE[name] for name in choices}
    docs = {"type": "constant", "name": "docs", "query": "docs", "hide": 2, "skipUrlSync": True}
    return [
        {**source, "query": "prometheus", "regex": "", "multi": False, "includeAll": False},
        *(_choice(name, query, ".+") for name, query in asked.items()),
        *(_choice(name, query, ".*") for name, query in asked_of_estate.items()),
        docs,
    ]


def _choice(name: str, query: str, everything: str) -> Json:
    return {
        "type": "query",
        "name": name,
        "label": name.capitalize(),
        "datasource": DATASOURCE,
        "query": query,
        "regex": _NAME_AND_ID if name == "subscription" else "",
        "refresh": 2,
        "sort": 1,
        "multi": True,
        "includeAll": True,
        "allValue": everything,
        "current": {"text": ["All"], "value": ["$__all"]},
        "hide": 0,
    }


def _links() -> list[Json]:
    common = {"asDropdown": False, "includeVars": True, "keepTime": True, "tooltip": ""}
    others = {"type": "dashboards", "tags": [TAG], "title": "Residency", "icon": "external link"}
    page = {"type": "link", "tags": [], "title": "What this shows", "icon": "doc"}
    return [
        {**common, **others, "targetBlank": False},
        {**common, **page, "targetBlank": True, "url": "${docs:raw}/dashboards.md"},
    ]
