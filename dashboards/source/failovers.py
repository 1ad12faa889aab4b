"""Failovers: what is away from home, since when, and what was before."""

from collections.abc import Callable

from dashboards.source import panels, words
from dashboards.source.layout import Row, dashboard
from dashboards.source.panels import AGE, COUNT, lines, runbook, stat, timeline
from dashboards.source.queries import ANSWERS, age, chosen, named, or_none, series, whole, worst
from dashboards.source.tables import Column, table
from dashboards.source.whereabouts import NOBODY, RECORD, incidents
from dashboards.source.words import Json

UID = "residency-failovers"
_START = "incident_start_timestamp_seconds"


def _by_zone(found: Callable[..., str], name: str, *labels: str) -> tuple[tuple[int, str], ...]:
    """Give what is open by its worst zone, worst first."""
    by = f" by ({', '.join(labels)})" if labels else ""
    selected = ((code, found(name, f'zone="{zone}"')) for zone, code in words.ZONE_CODES)
    return tuple((code, f"group{by} ({query})") for code, query in selected)


def _numbers() -> tuple[Json, ...]:
    warn = ((0, "green"), (1, "orange"))
    acknowledged = f"count({whole('incident_acknowledged')} == 0)"
    return (
        stat(
            "Farthest open failover",
            worst((*_by_zone(whole, _START), (0, ANSWERS))),
            "The worst zone that an open incident reached; the whole estate.",
            unit=panels.TEXT,
            words=words.FARTHEST,
            filled=True,
            links=[runbook("failover elsewhere in the EU", "failover-exceptional")],
        ),
        stat(
            "Resources failed over",
            or_none(f"count(count by (resource_id) ({chosen('failover_active')}))"),
            "Of what is chosen above, as far as they are listed.",
            words=words.NONE,
            steps=warn,
        ),
        stat(
            "Longest clock",
            or_none(f"max({age(_START)})"),
            "Of the open incidents, from the first failover to now; the whole estate.",
            unit=AGE,
            words=words.NONE,
            steps=warn,
            links=[runbook("failover overdue", "failover-overdue")],
        ),
        stat(
            "Overdue",
            or_none(f"sum({whole('failover_overdue')})"),
            "Open failovers longer than policy.max_failover; the whole estate.",
            words=words.NONE,
            steps=((0, "green"), (1, "red")),
            links=[runbook("failover overdue", "failover-overdue")],
        ),
        stat(
            "Not acknowledged",
            or_none(acknowledged),
            "Open incidents that nobody has taken note of: residency ack INCIDENT. The whole"
            " estate.",
            words=words.NONE,
            steps=warn,
            links=[runbook("failover active", "failover-active")],
        ),
        stat(
            "Not listed",
            f"sum({whole('failover_active_truncated')})",
            "Open failovers beyond the 2,000 that are listed: the counts on this page miss them.",
            words=words.NONE,
            steps=warn,
        ),
    )


def _products() -> Json:
    primaries = chosen("placements", 'role="primary"')
    at_home = f"group by (product) ({primaries})"
    return timeline(
        "Where each product is written",
        "By the worst open failover of its resources. At home means that no failover is open: what"
        " was never at home is on Estate. Prometheus shows what it saw; residency episodes shows"
        " all.",
        worst((*_by_zone(chosen, "failover_active", "product"), (0, at_home))),
        legend="{{product}}",
        words=words.FARTHEST,
        links=[panels.dashboard("Estate", "residency-estate")],
    )


def _past() -> Json:
    return timeline(
        "Incidents",
        "A line for each incident, from when the monitor saw it until it was over; the whole"
        " estate. The clock itself may have begun earlier: see the table.",
        worst(_by_zone(whole, _START, "incident")),
        legend="{{incident}}",
        words=words.FARTHEST,
        links=[runbook("failover active", "failover-active")],
    )


def _open() -> Json:
    began = f"max by (incident) ({series(_START)})"
    moved = named(chosen("failover_active"))
    return table(
        "What is failed over now",
        "A line for each resource, of what is chosen above, the longest first. The clock is that"
        " of its incident. residency episodes --open shows the path and the cause of each.",
        (f"(time() - {began}) * on (incident) group_right () {moved}",),
        (
            Column(of="zone", title="Place", words=words.ZONE, width=290),
            Column(of="Value", title="Clock", unit=AGE, width=140),
            Column(of="name", title="Resource", width=300, link=RECORD),
            Column(of="from_region", title="From", width=120),
            Column(of="to_region", title="To", width=140),
            Column(of="product", title="Product", words=NOBODY, width=140),
            Column(of="environment", title="Environment", width=110),
            Column(of="incident", title="Incident", width=290),
            Column(of="resource_id", title="Resource id"),
        ),
        order=("Clock", True),
        links=[runbook("failover active", "failover-active")],
    )


def _over_time() -> tuple[Json, Json]:
    where = lines(
        "Resources failed over, by region",
        "Where they are written, of what is chosen above.",
        ((f"sum by (to_region, zone) ({chosen('failover_active')})", "{{to_region}} ({{zone}})"),),
        unit=COUNT,
        stacked=True,
    )
    events_total = series("events_total", 'kind=~"failover-.+"')
    told = f"sum by (job, kind) (increase({events_total}[$__rate_interval]))"
    events = lines(
        "What was told of failovers",
        "Events between two points of the picture, the whole estate: opened, escalated, returned,"
        " closed.",
        ((f"max by (kind) ({told})", "{{kind}}"),),
        unit=COUNT,
        bars=True,
        links=[runbook("not acknowledged", "unacknowledged")],
    )
    return where, events


def failovers() -> Json:
    """Give the dashboard."""
    where, events = _over_time()
    return dashboard(
        UID,
        "Residency / Failovers",
        "What is away from home because a service failed over: where, since when, who knows of it.",
        [
            Row(height=4, panels=[(4, panel) for panel in _numbers()]),
            Row(height=7, panels=[(24, _products())]),
            Row(height=7, panels=[(24, _past())]),
            Row(height=7, panels=[(24, incidents())], title="Open now"),
            Row(height=8, panels=[(24, _open())]),
            Row(height=8, panels=[(12, where), (12, events)], title="Over time"),
        ],
        since="now-7d",
        choices=("product", "environment"),
    )
