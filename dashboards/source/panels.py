"""The kinds of panel that the dashboards have, each as Grafana's JSON."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dashboards.source.words import GOOD, UNSEEN, Json, Words, mapping

DATASOURCE: Json = {"type": "prometheus", "uid": "${datasource}"}
COUNT, AGE, RATE, BYTES = "short", "dtdhms", "reqps", "bytes"
SHARE, TEXT = "percentunit", "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One query of a panel.

    Attributes:
        legend: What a series is called, such as `{{status}}`.
        over_time: It is asked for the whole range; else for its end.
    """

    expr: str
    legend: str = ""
    over_time: bool = False


def stat(
    title: str,
    query: str,
    description: str,
    *,
    unit: str = COUNT,
    words: Words | None = None,
    steps: Sequence[tuple[float, str]] = (),
    absent: str = "? no answer",
    links: Sequence[Json] = (),
    filled: bool = False,
    legend: str = "",
) -> Json:
    """Give one number or its word; several where the legend tells them apart.

    `absent` stands there where there is no series; `filled` colours the whole panel.
    """
    options: Json = {
        "colorMode": "background_solid" if filled else "value",
        "graphMode": "none",
        "justifyMode": "center" if filled else "auto",
        "orientation": "auto",
        "percentChangeColorMode": "standard",
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        "showPercentChange": False,
        "textMode": "value_and_name" if legend else "value",
        "wideLayout": True,
    }
    defaults: Json = {
        "color": {"mode": "thresholds"},
        "mappings": [mapping(words)] if words else [],
        "noValue": absent,
        "thresholds": thresholds(steps or ((0, "text"),)),
        "unit": unit,
    }
    asked = (Query(expr=query, legend=legend),)
    return panel("stat", title, description, asked, defaults=defaults, options=options, links=links)


def lines(
    title: str,
    description: str,
    queries: Sequence[tuple[str, str]],
    *,
    unit: str,
    stacked: bool = False,
    bars: bool = False,
    links: Sequence[Json] = (),
) -> Json:
    """Give numbers over time, each query with the name of its lines."""
    custom: Json = {
        "drawStyle": "bars" if bars else "line",
        "lineInterpolation": "stepAfter",
        "fillOpacity": 40 if stacked or bars else 0,
        "lineWidth": 2,
        "showPoints": "never",
        "spanNulls": False,
        "stacking": {"group": "A", "mode": "normal" if stacked else "none"},
        "axisSoftMin": 0,
    }
    defaults: Json = {
        "color": {"mode": "palette-classic"},
        "custom": custom,
        "mappings": [],
        "noValue": UNSEEN,
        "thresholds": thresholds(((0, "text"),)),
        "unit": unit,
    }
    options: Json = {
        "legend": {
            "calcs": ["lastNotNull"],
            "displayMode": "table",
            "placement": "right",
            "showLegend": True,
        },
        "tooltip": {"hideZeros": True, "mode": "multi", "sort": "desc"},
    }
    asked = [Query(expr=expr, legend=legend, over_time=True) for expr, legend in queries]
    return panel(
        "timeseries", title, description, asked, defaults=defaults, options=options, links=links
    )


def timeline(
    title: str,
    description: str,
    query: str,
    *,
    legend: str,
    words: Words,
    links: Sequence[Json] = (),
) -> Json:
    """Give states over time in words, a line each."""
    defaults: Json = {
        "color": {"mode": "thresholds"},
        "custom": {"fillOpacity": 70, "lineWidth": 1},
        "mappings": [mapping(words)],
        "noValue": UNSEEN,
        "thresholds": thresholds(((0, GOOD),)),
        "unit": TEXT,
    }
    options: Json = {
        "alignValue": "left",
        "legend": {
            "calcs": [],
            "displayMode": "list",
            "placement": "bottom",
            "showLegend": True,
        },
        "mergeValues": True,
        "perPage": 20,
        "rowHeight": 0.8,
        "showValue": "always",
        "tooltip": {"mode": "single", "sort": "none"},
    }
    asked = (Query(expr=query, legend=legend, over_time=True),)
    return panel(
        "state-timeline", title, description, asked, defaults=defaults, options=options, links=links
    )


def link(title: str, page: str) -> Json:
    """Give a link to a page of the documentation, which the variable `docs` says where it is."""
    return _address(title, f"${{docs:raw}}/{page}")


def runbook(title: str, name: str) -> Json:
    """Give a link to a runbook."""
    return link(f"Runbook: {title}", f"runbooks/{name}.md")


def dashboard(title: str, uid: str) -> Json:
    """Give a link to another of the dashboards, for the same time and the same choices."""
    return _address(title, f"/d/{uid}?${{__url_time_range}}&${{__all_variables}}", blank=False)


def _address(title: str, url: str, *, blank: bool = True) -> Json:
    # Grafana's schema wants every key of a link between dashboards on a link of a panel, too.
    return {
        "asDropdown": False,
        "icon": "external link",
        "includeVars": False,
        "keepTime": False,
        "tags": [],
        "targetBlank": blank,
        "title": title,
        "tooltip": "",
        "type": "link",
        "url": url,
    }


def panel(
    kind: str,
    title: str,
    description: str,
    queries: Iterable[Query],
    *,
    defaults: Json,
    options: Json,
    links: Sequence[Json],
) -> Json:
    """Give what a panel of every kind has."""
    return {
        "type": kind,
        "title": title,
        "description": description,
        "datasource": DATASOURCE,
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": options,
        "links": list(links),
        "targets": [_target(chr(ord("A") + at), query) for at, query in enumerate(queries)],
        "transformations": [],
    }


def _target(ref: str, query: Query) -> Json:
    return {
        "datasource": DATASOURCE,
        "editorMode": "code",
        "expr": query.expr,
        "format": "time_series",
        "instant": not query.over_time,
        "legendFormat": query.legend or "__auto",
        "range": query.over_time,
        "refId": ref,
    }


def thresholds(steps: Sequence[tuple[float, str]]) -> Json:
    """Give from which value on there is which colour; the first holds from below on."""
    (_, first), *others = steps
    rest = [{"color": colour, "value": value} for value, colour in others]
    return {"mode": "absolute", "steps": [{"color": first, "value": None}, *rest]}
