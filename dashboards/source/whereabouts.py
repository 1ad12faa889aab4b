"""The tables of the first screen: where the data is, what is wrong with it, and what changed."""

from collections.abc import Sequence

from dashboards.source import panels, words
from dashboards.source.panels import AGE, COUNT, runbook
from dashboards.source.queries import chosen, instead, joined, matched, named, series, whole
from dashboards.source.tables import Column, matrix, table
from dashboards.source.words import Json

PORTAL = "https://portal.azure.com/#@/resource${__data.fields.resource_id}"
RECORD = ("Open in the Azure portal", PORTAL)
_CAUSES = "region-unknown|type-unknown|facet-unreadable|facet-pending|stale"
NOBODY: words.Words = {"": ("(no product)", words.EXCEPTION)}
LATE, BLIND = 3 * 900, 4 * 3600
"""Seconds without a scan, as the alerts have it, with the interval of 15 minutes."""


def incidents() -> Json:
    """Show the open incidents with their clock."""
    start = f"max by (incident, zone) ({series('incident_start_timestamp_seconds')})"
    return table(
        "Incidents and their clock",
        "Failovers that belong together, the longest first; the whole estate. The clock runs from"
        " the first failover to now. Overdue: longer than policy.max_failover.",
        (
            f"time() - {start}",
            whole("incident_affected_customers"),
            whole("incident_acknowledged"),
            whole("incident_order_skipped"),
            whole("failover_overdue"),
        ),
        (
            Column(of="zone", title="Farthest place", words=words.ZONE, width=290),
            Column(of="Value #A", title="Clock", unit=AGE, width=130),
            Column(of="Value #B", title="Customers", unit=COUNT, width=90),
            Column(of="Value #C", title="Acknowledged", words=words.SEEN, width=110),
            Column(of="Value #D", title="Order", words=words.ORDER, width=100),
            Column(
                of="Value #E",
                title="Overdue",
                unit=COUNT,
                words=words.OVERDUE,
                steps=((0, "green"), (1, "red")),
                width=85,
            ),
            Column(of="incident", title="Incident"),
        ),
        by="incident",
        order=("Clock", True),
        links=[
            panels.dashboard("Failovers", "residency-failovers"),
            runbook("failover to the first fallback country", "failover-active"),
            runbook("failover elsewhere in the EU", "failover-exceptional"),
            runbook("failover left the EU", "failover-left-eu"),
        ],
    )


def outside() -> Json:
    """Show what is outside the EU, since when, and how that is known."""
    return violations(
        "What is outside the EU",
        "A line for each place, by what is chosen above. In violation for: without a break, for"
        " whatever reason. Basis: how it is known. At most 2,000 are listed. Minor: no customer"
        " data, or metadata only.",
        chosen("violation_info", 'reason="outside-eu"'),
        links=[
            runbook("observed outside the EU", "outside-eu"),
            runbook("documented or declared outside the EU", "outside-eu-documented"),
            runbook("handled outside the EU", "processing-outside-eu"),
            runbook("minor findings", "minor-findings"),
        ],
    )


def violations(
    title: str,
    description: str,
    which: str,
    reason: tuple[Column, ...] = (),
    *,
    links: Sequence[Json],
) -> Json:
    """Show places in violation, the worst first, with their age; `reason` where it is not said."""
    since = f"max by (resource_id) ({series('violation_start_timestamp_seconds')})"
    return table(
        title,
        description,
        (f"(time() - {since}) * on (resource_id) group_right () {named(which)}",),
        (
            Column(of="severity", title="Severity", words=words.SEVERITY, width=100),
            *reason,
            Column(of="name", title="Resource", width=320, link=RECORD),
            Column(of="role", title="Role", width=95),
            Column(of="region", title="Region", width=140),
            Column(of="Value", title="In violation for", unit=AGE, width=150),
            Column(of="basis", title="Basis", words=words.BASIS, width=230),
            Column(of="product", title="Product", words=NOBODY, width=140),
            Column(of="environment", title="Environment", width=110),
            Column(of="resource_id", title="Resource id"),
        ),
        order=("Severity", False),
        links=links,
    )


def places() -> Json:
    """Count the places by product, role and country."""
    told = instead(chosen("placements"), "country", "(no country)")
    told = instead(told, "product", "(no product)")
    told = joined(told, "place", " ", "zone", "country")
    told = joined(told, "whose", " · ", "product", "role")
    return matrix(
        "Where the data is: product and role by country",
        "Places of data, counted. Above each column: its zone under the default policy, and the"
        " country. outside and unknown should be empty; what is exempt is counted too. One"
        " resource can have several places.",
        f"sort_desc(sum by (whose, place) ({told}))",
        row=Column(of="whose", title="Product · role", width=210),
        across="place",
        alarming="^(outside|unknown) ",
        links=[panels.dashboard("Estate", "residency-estate")],
    )


def subscriptions() -> Json:
    """Show how long ago all of each subscription was read."""
    readable = matched("subscription_readable")
    suspect = f"max by (subscription_id) ({matched('inventory_suspect')})"
    whole = matched("subscription_last_complete_scan_timestamp_seconds")
    by = "max by (subscription, subscription_id)"
    query = f"time() - ({by} ({whole}) > 0)\nor {by} ({whole}) * 0 - 1"
    # Nobody compared what cannot be read.
    compared = f"{suspect} == 1 or ({suspect} and on (subscription_id) {readable} == 1)"
    return table(
        "Last scan that read all of each subscription",
        "What could be read in part, or with too few rights, counts in State and not in the age:"
        " what was not seen is not proven.",
        (
            query,
            f"max by (subscription_id) ({readable})",
            f"{compared}\nor {suspect} * 0 - 1",
        ),
        (
            Column(of="subscription", title="Subscription"),
            Column(of="Value #B", title="State", words=words.READABLE, width=150),
            Column(
                of="Value #A",
                title="Age",
                unit=AGE,
                words=words.NEVER_WHOLE,
                steps=((0, "green"), (LATE, "orange"), (BLIND, "red")),
                width=170,
            ),
            Column(of="Value #C", title="Inventory", words=words.SUSPECT, width=150),
        ),
        by="subscription_id",
        order=("State", False),
        links=[
            runbook("a subscription is lost", "subscription-lost"),
            runbook("the scans do not see everything", "scan-incomplete"),
            panels.dashboard("The monitor itself", "residency-monitor"),
        ],
    )


def unknown() -> Json:
    """Show why resources are unknown, and what mends it."""
    causes = f'reason=~"{_CAUSES}"'
    told = f"sum by (reason) ({chosen('findings', causes)})"
    before = f"sum by (reason) ({chosen('findings', causes, ago='24h')})"
    return table(
        "Not proven, by cause",
        "New: more than 24 hours ago (fewer: below 0); all of it where Prometheus has nothing of"
        " then. What is in a subscription that cannot be read is not counted: nobody knows it.",
        (
            f'label_replace({told}, "fix", "$1", "reason", "(.+)")',
            f"{told} - ({before} or {told} * 0)",
        ),
        (
            Column(of="reason", title="Cause", words=words.CAUSE, width=210),
            Column(of="Value #A", title="Resources", unit=COUNT, width=90),
            Column(of="Value #B", title="New in 24 hours", unit=COUNT, width=120),
            Column(of="fix", title="What mends it", words=words.FIX),
        ),
        by="reason",
        order=("Resources", True),
        links=[runbook("unknown", "unknown")],
    )


def changes() -> Json:
    """Count what happened within a day."""
    told = f"sum by (job, kind) (increase({series('events_total')}[24h]))"
    return table(
        "Changes in 24 hours",
        "What scans told, the whole estate, as far as Prometheus saw it: residency events --since"
        " 24h names each.",
        (f"round(max by (kind) ({told})) > 0",),
        (
            Column(of="kind", title="What happened", words=words.EVENT),
            Column(of="Value", title="Times", unit=COUNT, width=80),
        ),
        order=("Times", True),
        absent="Nothing was told in 24 hours, as far as the monitor answered.",
        links=[panels.dashboard("Failovers", "residency-failovers")],
    )
