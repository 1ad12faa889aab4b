"""Overview: is all data where it should be, and if not, what is wrong since when?"""

from dashboards.source import panels, words
from dashboards.source.layout import Row, dashboard
from dashboards.source.panels import AGE, COUNT, link, runbook, stat
from dashboards.source.queries import ANSWERS, age, chosen, or_none, series, whole, worst
from dashboards.source.tables import Column, table
from dashboards.source.whereabouts import (
    BLIND,
    LATE,
    changes,
    incidents,
    outside,
    places,
    subscriptions,
    unknown,
)
from dashboards.source.words import Json

UID = "residency-overview"

_WRONG = whole("findings", 'severity=~"critical|major"')
_INTERVAL = f"max by (job) ({series('scan_interval_seconds')})"
_LAST = f"max by (job) ({series('scan_last_success_timestamp_seconds')})"
_COMPLETE = series("scan_complete")
_RESOURCES = series("resources")
_UNKNOWN = series("resources", 'status="unknown"')
_FALLBACK = series("resources", 'status="fallback"')
_ASKS = (
    "failover-opened",
    "failover-extended",
    "failover-escalated",
    "failover-order-skipped",
    "failover-untraced",
    "violation-closed",
    "region-pair-changed",
    "subscription-lost",
    "subscription-unexpected",
    "inventory-dropped",
)
"""The kinds of events of which the alerts ask that somebody takes note."""


def verdict() -> Json:
    """Say in one sentence whether all data is where it should be, or that it is not known."""
    query = worst(
        (
            (3, f"group({_WRONG} > 0)"),
            (4, f"group(time() - {_LAST} > on (job) 3 * {_INTERVAL})"),
            (2, f"group({_COMPLETE} == 0 or {_UNKNOWN} > 0)"),
            (1, f"group({_FALLBACK} > 0)"),
            (0, f"group({_RESOURCES} > 0 and on (job, instance) {_COMPLETE} == 1)"),
            (2, f"group({_COMPLETE})"),
            (4, ANSWERS),
        )
    )
    return stat(
        "Is all data where it should be?",
        query,
        "The verdict over the whole estate, whatever is chosen above. PROVEN only if the last scan"
        " is recent, saw everything, and found nothing outside, misplaced or unknown. Minor"
        " findings do not count. NOT KNOWN after three scan intervals without a scan, or without"
        " an answer.",
        unit=panels.TEXT,
        words=words.VERDICT,
        absent=words.NO_VERDICT,
        filled=True,
        links=[link("How judgement works", "policy.md"), runbook("the monitor is blind", "blind")],
    )


def _numbers() -> tuple[Json, ...]:
    bad = ((0, "green"), (1, "red"))
    outside = chosen("findings", 'reason="outside-eu"', 'severity=~"critical|major"')
    others = chosen("findings", 'reason!="outside-eu"', 'severity=~"critical|major"')
    unknown = chosen("resources", 'status="unknown"')
    waiting = whole("events_unacknowledged", f'kind=~"{"|".join(_ASKS)}"')
    incidents = f"count(group by (incident) ({series('incident_start_timestamp_seconds')}))"
    return (
        stat(
            "Outside the EU",
            or_none(f"sum({outside})"),
            "Resources with data, or handling of data, outside the EU; without minor findings.",
            words=words.NONE,
            steps=bad,
            links=[runbook("outside the EU", "outside-eu")],
        ),
        stat(
            "Other violations",
            or_none(f"sum({others})"),
            "Within the EU: away from home without a failover, failed over for too long, or kept"
            " too long. Counted by reason: a resource with two counts twice.",
            words=words.NONE,
            steps=bad,
            links=[
                runbook("misplaced", "misplaced"),
                panels.dashboard("Estate", "residency-estate"),
            ],
        ),
        stat(
            "Not proven",
            or_none(f"sum({unknown})"),
            "Resources of which it is not known where their data is. Unknown is never compliant.",
            words=words.NONE,
            steps=((0, "green"), (1, "purple")),
            links=[runbook("unknown", "unknown")],
        ),
        stat(
            "Open incidents",
            or_none(incidents),
            "Failovers that are not over, those that belong together counted once. The whole"
            " estate.",
            words=words.NONE,
            steps=((0, "green"), (1, "orange")),
            links=[panels.dashboard("Failovers", "residency-failovers")],
        ),
        stat(
            "Age of the last scan",
            f"max({age('scan_last_success_timestamp_seconds')})",
            "Since the last scan ended, whole or not. The colours are those of the alerts with the"
            " usual interval of 15 minutes: late after 45 minutes, blind after 4 hours.",
            unit=AGE,
            steps=((0, "green"), (LATE, "orange"), (BLIND, "red")),
            links=[runbook("no recent scan", "scan-stale")],
        ),
        stat(
            "Waiting for an acknowledgement",
            f"sum({waiting})",
            "Events that somebody has to take note of, the whole estate: residency events shows"
            " them, residency ack takes note.",
            words=words.NONE,
            steps=((0, "green"), (1, "orange")),
            links=[runbook("not acknowledged", "unacknowledged")],
        ),
    )


def alerts() -> Json:
    """Show which alerts fire."""
    firing = 'ALERTS{alertname=~"Residency.+|Watchdog", alertstate="firing"}'
    return table(
        "Alerts that fire",
        "As Prometheus has them, of every job. Watchdog always fires: if it is not here, the rules"
        " are not loaded, and an empty list means nothing.",
        (f"count by (alertname, severity, promise) ({firing})",),
        (
            Column(of="alertname", title="Alert", link=("What it means", "${docs:raw}/alerts.md")),
            Column(of="severity", title="Severity", width=80),
            Column(of="promise", title="Promise", width=95),
            Column(of="Value", title="Times", unit=COUNT, width=65),
        ),
        order=("Severity", False),
        absent="No rule of residency fires, not even Watchdog: are the rules loaded?",
        links=[link("All alerts", "alerts.md")],
    )


def overview() -> Json:
    """Give the dashboard."""
    first, second = _numbers()[:3], _numbers()[3:]
    return dashboard(
        UID,
        "Residency / Overview",
        "Is all data where it should be, and if not, what is wrong and since when?",
        [
            Row(height=4, panels=[(24, verdict())]),
            Row(height=3, panels=[(4, panel) for panel in (*first, *second)]),
            Row(height=8, panels=[(9, alerts()), (15, incidents())]),
            Row(height=9, panels=[(24, outside())]),
            Row(
                height=10, panels=[(14, places()), (10, subscriptions())], title="The whole picture"
            ),
            Row(height=8, panels=[(15, unknown()), (9, changes())]),
        ],
        since="now-24h",
        choices=("subscription", "product", "environment"),
    )
