"""The monitor itself: does it look, does it see everything, and how is it?"""

from dashboards.source import panels, words
from dashboards.source.layout import Row, dashboard
from dashboards.source.panels import (
    AGE,
    BYTES,
    COUNT,
    RATE,
    SHARE,
    TEXT,
    lines,
    runbook,
    stat,
    timeline,
)
from dashboards.source.queries import ANSWERS, SCRAPED, age, matched, series, whole
from dashboards.source.whereabouts import BLIND, LATE
from dashboards.source.words import Json

UID = "residency-monitor"


def _state() -> tuple[Json, ...]:
    return (
        stat(
            "The monitor",
            f"min(up{{{SCRAPED}}})",
            "Whether Prometheus can read each chosen instance; the worst.",
            unit=TEXT,
            words=words.ANSWERING,
            absent="✖ Prometheus does not know it",
            filled=True,
            links=[runbook("the monitor is gone", "absent")],
        ),
        stat(
            "The last scan",
            f"min({series('scan_complete')})",
            "Whether it saw everything that the manifest names, with enough rights.",
            unit=TEXT,
            words=words.COMPLETE,
            absent="? none yet, or no answer",
            filled=True,
            links=[runbook("the scans do not see everything", "scan-incomplete")],
        ),
        stat(
            "The ledger",
            f"min({series('ledger_ok')})\nor -1 * {ANSWERS}",
            "Whether the record is as it was written, when it was last verified: at the start, and"
            " daily.",
            unit=TEXT,
            words=words.LEDGER,
            filled=True,
            links=[runbook("the ledger is broken", "ledger-broken")],
        ),
        stat(
            "The configuration",
            f"min({series('config_last_reload_successful')})",
            "Whether the file as it is now was accepted.",
            unit=TEXT,
            words=words.ACCEPTED,
            filled=True,
            links=[runbook("the configuration was refused", "config-rejected")],
        ),
    )


def _numbers() -> tuple[Json, ...]:
    steps = ((0, "green"), (LATE, "orange"), (BLIND, "red"))
    return (
        stat(
            "Since the last scan",
            f"max({age('scan_last_success_timestamp_seconds')})",
            "Whole or not. Colours: late after 45 minutes, blind after 4 hours, as the alerts have"
            " it with the usual interval.",
            unit=AGE,
            steps=steps,
            absent="? none yet",
            links=[runbook("no recent scan", "scan-stale"), runbook("blind", "blind")],
        ),
        stat(
            "Since the last attempt",
            f"max({age('scan_last_attempt_timestamp_seconds')})",
            "Much younger than the last scan: scans are tried and fail.",
            unit=AGE,
            steps=steps,
            absent="? none yet",
        ),
        stat(
            "Subscriptions read whole",
            f"min({series('coverage_ratio')})",
            "Part of the subscriptions of the manifest. Without a manifest 0: nobody said what"
            " must be seen.",
            unit=SHARE,
            steps=((0, "purple"), (1, "green")),
            absent="? none yet",
            links=[runbook("the scans do not see everything", "scan-incomplete")],
        ),
        stat(
            "Left out of the lists",
            f"sum({whole('violation_info_truncated')}) + sum({whole('failover_active_truncated')})"
            f" + sum({whole('series_truncated')})",
            "Resources in violation, failovers and series beyond the caps. The counts stay right;"
            " the tables miss them.",
            words=words.NONE,
            steps=((0, "green"), (1, "orange")),
            links=[panels.link("The caps", "metrics.md")],
        ),
        stat(
            "Since the last reports",
            f"max({age('report_last_success_timestamp_seconds')})\nor -1 * {ANSWERS}",
            "When reports for customers were last made.",
            unit=AGE,
            words=words.NEVER,
            links=[runbook("the reports are late", "report-late")],
        ),
        stat(
            "Version",
            f"count by (version) ({series('build_info')})",
            "Of each chosen instance: the version, and how many have it.",
            unit=COUNT,
            legend="{{version}}",
        ),
    )


def _scans() -> tuple[Json, Json]:
    duration = lines(
        "Scan duration",
        "Of the last committed scan, beside the time between two: a scan that takes longer than"
        " that comes late.",
        (
            (f"max({series('scan_duration_seconds')})", "duration"),
            (f"max({series('scan_interval_seconds')})", "interval"),
        ),
        unit="s",
        links=[runbook("no recent scan", "scan-stale")],
    )
    staleness = lines(
        "Staleness",
        "Seconds since the last scan ended and since the last one began. A saw is healthy; a ramp"
        " is not.",
        (
            (f"max({age('scan_last_success_timestamp_seconds')})", "last scan"),
            (f"max({age('scan_last_attempt_timestamp_seconds')})", "last attempt"),
            (f"3 * max({series('scan_interval_seconds')})", "late from here on"),
        ),
        unit="s",
        links=[runbook("no recent scan", "scan-stale")],
    )
    return duration, staleness


def _azure() -> tuple[Json, Json]:
    requests = f"sum by (code) (rate({series('azure_requests_total')}[$__rate_interval]))"
    throttled = f"sum by (api) (rate({series('azure_throttled_total')}[$__rate_interval]))"
    return (
        lines(
            "Answers of Azure, by code",
            "Counted after each scan, the looks in between included. 403 means rights that are"
            " missing: residency doctor names them.",
            ((requests, "{{code}}"),),
            unit=RATE,
            stacked=True,
            links=[runbook("the scans do not see everything", "scan-incomplete")],
        ),
        lines(
            "Throttling, by API",
            "Calls that Azure refused for quota. The monitor waits as Azure asks: scans take"
            " longer.",
            ((throttled, "{{api}}"),),
            unit=RATE,
            stacked=True,
            links=[runbook("throttled", "throttled")],
        ),
    )


def _subscriptions() -> Json:
    return timeline(
        "Subscriptions over time",
        "Whether each could be read, be it with too few rights.",
        f"max by (subscription) ({matched('subscription_readable')})",
        legend="{{subscription}}",
        words=words.READABLE,
        links=[runbook("a subscription is lost", "subscription-lost")],
    )


def _process() -> tuple[Json, ...]:
    spent = f"process_cpu_seconds_total{{{SCRAPED}}}"
    return (
        lines(
            "Series",
            "Samples of a scrape. residency has at most 10,000 series, those of the process aside.",
            (
                (f"sum by (instance) (scrape_samples_scraped{{{SCRAPED}}})", "{{instance}}"),
                (f"max({series('series_truncated')})", "added up as (other)"),
            ),
            unit=COUNT,
            links=[panels.link("The caps", "metrics.md")],
        ),
        lines(
            "Memory and store",
            "Memory of the process, and size of the database.",
            (
                (f"sum by (instance) (process_resident_memory_bytes{{{SCRAPED}}})", "memory"),
                (f"max({series('store_bytes')})", "database"),
            ),
            unit=BYTES,
        ),
        lines(
            "Processor",
            "Share of one core.",
            (
                (
                    f"sum by (instance) (rate({spent}[$__rate_interval]))",
                    "{{instance}}",
                ),
            ),
            unit=SHARE,
        ),
    )


def monitor() -> Json:
    """Give the dashboard."""
    return dashboard(
        UID,
        "Residency / The monitor itself",
        "Whether what the other dashboards show can be relied on: does the monitor look, and see"
        " all?",
        [
            Row(height=4, panels=[(6, panel) for panel in _state()]),
            Row(height=4, panels=[(4, panel) for panel in _numbers()]),
            Row(height=8, panels=[(12, panel) for panel in _scans()]),
            Row(height=8, panels=[(24, _subscriptions())]),
            Row(height=8, panels=[(12, panel) for panel in _azure()], title="Azure"),
            Row(height=7, panels=[(8, panel) for panel in _process()], title="The process"),
        ],
        since="now-24h",
        choices=("subscription",),
    )
