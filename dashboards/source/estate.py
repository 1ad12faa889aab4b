"""Estate: how the resources stand, by product, subscription and type."""

from dashboards.source import panels, words
from dashboards.source.layout import Row, dashboard
from dashboards.source.panels import AGE, COUNT, lines, runbook, stat
from dashboards.source.queries import chosen, instead, matched, whole
from dashboards.source.tables import Column, matrix, table
from dashboards.source.whereabouts import violations
from dashboards.source.words import Json

UID = "residency-estate"
MONTH = 30 * 86_400
_ALARMING = "^(violation|unknown)$"


def _numbers() -> tuple[Json, ...]:
    warn = ((0, "green"), (1, "orange"))
    return (
        stat(
            "Resources by status",
            f"sort_desc(sum by (status) ({chosen('resources')}))",
            "Of what is chosen above; a status that no resource has is left out. Exempt is listed,"
            " never hidden.",
            legend="{{status}}",
            links=[panels.link("What each status means", "policy.md")],
        ),
        stat(
            "Nobody's",
            f"sum({whole('unassigned_resources')})",
            "Resources that may hold customer data, of no product and no customer; the whole"
            " estate. They concern every customer.",
            words=words.NONE,
            steps=warn,
            links=[runbook("unassigned", "unassigned")],
        ),
        stat(
            "Types that no check knows",
            f"sum({whole('unknown_types')})",
            "Their resources are unknown; the whole estate.",
            words=words.NONE,
            steps=((0, "green"), (1, "purple")),
            links=[runbook("unknown", "unknown")],
        ),
        stat(
            "Kept too long",
            f"sum({whole('retention_overdue_resources')})",
            "Resources that are still there 60 days after the contract; the whole estate.",
            words=words.NONE,
            steps=((0, "green"), (1, "red")),
            links=[runbook("retention", "retention")],
        ),
    )


def _violations() -> Json:
    return violations(
        "In violation",
        "A line for each reason and place, of what is chosen above. At most 2,000 are listed: how"
        " many are left out is on The monitor itself.",
        chosen("violation_info"),
        (Column(of="reason", title="What is wrong", words=words.REASON, width=270),),
        links=[
            runbook("outside the EU", "outside-eu"),
            runbook("misplaced", "misplaced"),
            runbook("failover overdue", "failover-overdue"),
            runbook("retention", "retention"),
        ],
    )


def _by_product() -> Json:
    told = instead(chosen("resources"), "product", "(no product)")
    return matrix(
        "By product",
        "Resources, counted by status.",
        f"sort_desc(sum by (product, status) ({told}))",
        row=Column(of="product", title="Product", width=200),
        across="status",
        alarming=_ALARMING,
    )


def _by_subscription() -> Json:
    counted = f"sum by (subscription_id, status) ({chosen('resources')})"
    readable = f"group by (subscription_id, subscription) ({matched('subscription_readable')})"
    by_name = f"{counted} * on (subscription_id) group_left (subscription) {readable}"
    unnamed = f"{counted} unless on (subscription_id) {readable}"
    unnamed = f'label_replace({unnamed}, "subscription", "$1", "subscription_id", "(.+)")'
    return matrix(
        "By subscription",
        "Resources, counted by status. A subscription that cannot be read shows what was last seen"
        " there, as unknown, or nothing.",
        f"sort_desc({by_name}\nor {unnamed})",
        row=Column(of="subscription", title="Subscription", width=220),
        across="status",
        alarming=_ALARMING,
        links=[runbook("a subscription is lost", "subscription-lost")],
    )


def _by_type() -> Json:
    return matrix(
        "By type",
        "Resources, counted by status.",
        f"sort_desc(sum by (resource_type, status) ({chosen('resources')}))",
        row=Column(of="resource_type", title="Type", width=420),
        across="status",
        alarming=_ALARMING,
        links=[panels.link("What is known of each type", "types.md")],
    )


def _exemptions() -> Json:
    return table(
        "Exemptions",
        "Time left until each ends; below 0: it has ended, and covers nothing any more. The whole"
        " estate.",
        (f"{whole('exemption_expiry_timestamp_seconds')} - time()",),
        (
            Column(of="exemption", title="Exemption"),
            Column(
                of="Value",
                title="Time left",
                unit=AGE,
                steps=((0, "red"), (0, "orange"), (MONTH, "green")),
                width=190,
            ),
        ),
        order=("Time left", False),
        absent="No exemption is configured, if the monitor answers.",
        links=[runbook("an exemption ends", "exemption-expiring")],
    )


def _over_time() -> tuple[Json, Json]:
    wrong = chosen("resources", 'status!="compliant"')
    abroad = chosen("placements", 'zone!="home"')
    statuses = lines(
        "Resources that are not compliant",
        "By status, of what is chosen above.",
        ((f"sum by (status) ({wrong})", "{{status}}"),),
        unit=COUNT,
        stacked=True,
    )
    away = lines(
        "Places away from home",
        "Places of data, by zone and country, of what is chosen above; standing copies that the"
        " policy allows among them.",
        (
            (
                f"sum by (zone, country) ({abroad})",
                "{{zone}} {{country}}",
            ),
        ),
        unit=COUNT,
        links=[runbook("a standing copy", "standing-copy")],
    )
    return statuses, away


def estate() -> Json:
    """Give the dashboard."""
    by_status, *others = _numbers()
    statuses, away = _over_time()
    return dashboard(
        UID,
        "Residency / Estate",
        "How the resources stand, by product, subscription and type, and what is wrong with which.",
        [
            Row(height=4, panels=[(12, by_status), *((4, panel) for panel in others)]),
            Row(height=9, panels=[(24, _violations())]),
            Row(height=8, panels=[(12, _by_product()), (12, _by_subscription())], title="Counted"),
            Row(height=12, panels=[(16, _by_type()), (8, _exemptions())]),
            Row(height=8, panels=[(12, statuses), (12, away)], title="Over time"),
        ],
        since="now-7d",
        choices=("subscription", "product", "environment"),
    )
