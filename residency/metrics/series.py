"""Every series by its name: what it means, its labels. docs/metrics.md says the same in a table."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What sort of number it is, in Prometheus' words."""

    GAUGE = "gauge"
    COUNTER = "counter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One name with its labels, in the order in which values are given.

    Attributes:
        text: The help text; it names no customer.
    """

    name: str
    kind: Kind
    labels: tuple[str, ...]
    text: str


def _gauge(name: str, text: str, *labels: str) -> Series:
    return Series(name=f"residency_{name}", kind=Kind.GAUGE, labels=labels, text=text)


def _counter(name: str, text: str, *labels: str) -> Series:
    return Series(name=f"residency_{name}", kind=Kind.COUNTER, labels=labels, text=text)


RESOURCES = _gauge(
    "resources",
    "Resources that stand, by their status under the policy.",
    "subscription_id",
    "resource_type",
    "product",
    "status",
)
PLACEMENTS = _gauge(
    "placements",
    "Places where data is, by the zone of the default policy.",
    "role",
    "region",
    "country",
    "zone",
    "product",
)
FINDINGS = _gauge(
    "findings",
    "Resources with a reason; severity is empty where the reason makes no violation.",
    "reason",
    "severity",
    "product",
    "environment",
)
VIOLATION_INFO = _gauge(
    "violation_info",
    "1 for each reason and place of a resource in violation, critical ones first.",
    "resource_id",
    "resource_type",
    "subscription_id",
    "product",
    "environment",
    "role",
    "region",
    "basis",
    "reason",
    "severity",
)
VIOLATION_INFO_TRUNCATED = _gauge(
    "violation_info_truncated",
    "Resources in violation that residency_violation_info does not list, or not whole.",
)
VIOLATION_START = _gauge(
    "violation_start_timestamp_seconds",
    "Since when a resource is in violation without a break.",
    "resource_id",
)
VIOLATION_CUSTOMERS = _gauge(
    "violation_affected_customers",
    "Customers whose own or shared resources are in violation.",
    "product",
    "environment",
    "severity",
)
FAILOVER_ACTIVE = _gauge(
    "failover_active",
    "1 for each open failover of a resource, those farthest from home first.",
    "incident",
    "resource_id",
    "resource_type",
    "product",
    "environment",
    "from_region",
    "to_region",
    "zone",
)
FAILOVER_ACTIVE_TRUNCATED = _gauge(
    "failover_active_truncated", "Open failovers that residency_failover_active does not list."
)
INCIDENT_START = _gauge(
    "incident_start_timestamp_seconds",
    "When an open incident began, by the worst zone that its open episodes reached.",
    "incident",
    "zone",
)
INCIDENT_CUSTOMERS = _gauge(
    "incident_affected_customers", "Customers that an open incident concerns.", "incident"
)
INCIDENT_ACKNOWLEDGED = _gauge(
    "incident_acknowledged",
    "Whether an open incident was seen by somebody, or is a test.",
    "incident",
)
INCIDENT_ORDER_SKIPPED = _gauge(
    "incident_order_skipped",
    "Whether an open episode went past the failover countries and nothing explains it.",
    "incident",
)
FAILOVER_OVERDUE = _gauge(
    "failover_overdue", "Open episodes that last longer than the policy allows.", "incident"
)
EVENTS = _counter("events_total", "Events that the store told.", "kind")
EVENTS_UNACKNOWLEDGED = _gauge(
    "events_unacknowledged", "Events that nobody has acknowledged.", "kind"
)
SUBSCRIPTION_READABLE = _gauge(
    "subscription_readable",
    "Whether the last scan could read a subscription, be it with too few rights.",
    "subscription_id",
    "subscription",
)
SUBSCRIPTION_WHOLE = _gauge(
    "subscription_last_complete_scan_timestamp_seconds",
    "When the last scan ended that read all of a subscription, 0 if none did that is kept.",
    "subscription_id",
    "subscription",
)
INVENTORY_SUSPECT = _gauge(
    "inventory_suspect",
    "Whether much of a subscription is missing that Azure's own list still has.",
    "subscription_id",
)
SCAN_COMPLETE = _gauge("scan_complete", "Whether the last scan saw everything that it must.")
SCAN_LAST_SUCCESS = _gauge(
    "scan_last_success_timestamp_seconds", "When the last committed scan ended, whole or not."
)
SCAN_LAST_ATTEMPT = _gauge(
    "scan_last_attempt_timestamp_seconds", "When the last scan began, whether it succeeded or not."
)
SCAN_DURATION = _gauge("scan_duration_seconds", "How long the last committed scan took.")
SCAN_INTERVAL = _gauge("scan_interval_seconds", "Time between two scans by the configuration.")
COVERAGE = _gauge(
    "coverage_ratio", "Part of the subscriptions of the manifest that were read whole."
)
UNKNOWN_TYPES = _gauge("unknown_types", "Resource types that no check knows.")
UNASSIGNED = _gauge(
    "unassigned_resources", "Resources that may hold customer data, of no product and no customer."
)
RETENTION_OVERDUE = _gauge(
    "retention_overdue_resources", "Resources kept longer than 60 days after the contract."
)
AZURE_REQUESTS = _counter(
    "azure_requests_total", "Answers of Azure to this process.", "api", "code"
)
AZURE_THROTTLED = _counter(
    "azure_throttled_total", "Answers of Azure that refused a call for quota.", "api"
)
CONFIG_LOADED = _gauge(
    "config_last_reload_successful", "Whether the configuration as it is now was accepted."
)
EXEMPTION_EXPIRY = _gauge(
    "exemption_expiry_timestamp_seconds", "Last moment of an exemption.", "exemption"
)
LEDGER_OK = _gauge("ledger_ok", "Whether the store matches the ledger.")
REPORT_LAST_SUCCESS = _gauge(
    "report_last_success_timestamp_seconds", "When reports were last made."
)
BUILD_INFO = _gauge("build_info", "1, with the version of this program.", "version")
SERIES_TRUNCATED = _gauge(
    "series_truncated", "Series that were added up in one with the label value (other).", "metric"
)
STORE_BYTES = _gauge("store_bytes", "Size of the database.")

EVERY = tuple(value for value in globals().copy().values() if isinstance(value, Series))
"""All of them, in the order in which they are shown."""
