"""Turns the state into samples: for each series its label values and numbers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter

from residency import __version__
from residency.documents.zones import WORST_FIRST
from residency.metrics import series
from residency.metrics.caps import Caps, Folded, Values, fold
from residency.metrics.labels import label
from residency.metrics.running import Running
from residency.metrics.series import Series
from residency.metrics.state import State
from residency.metrics.violations import SEVERITIES
from residency.model import Status, SubscriptionState
from residency.store.reading.standing import Looked, is_readable

_STATUSES = tuple(map(str, Status))
_ZONES = tuple(map(str, WORST_FIRST))
_SUSPECT = "inventory-suspect"
_THROTTLED = "429"
_OF_VIOLATION = attrgetter(*series.VIOLATION_INFO.labels)
_OF_FAILOVER = attrgetter(*series.FAILOVER_ACTIVE.labels)


@dataclass(frozen=True, slots=True)
class Family:
    """A series with its samples, by the values of its labels."""

    series: Series
    samples: dict[Values, float] = field(default_factory=dict)

    def add(self, values: tuple[str | None, ...], number: float) -> None:
        """Add a sample. Numbers of names that become the same label are added up."""
        told = tuple(map(label, values))
        self.samples[told] = self.samples.get(told, 0) + number

    def put(self, values: tuple[str | None, ...], number: float) -> None:
        """Put a sample that is no count. Of names that become the same label the highest stays."""
        told = tuple(map(label, values))
        self.samples[told] = max(number, self.samples.get(told, number))


def families(state: State, running: Running, caps: Caps) -> tuple[Family, ...]:
    """Give every series that there is now, in the order of the table."""
    found = {
        each.series.name: each
        for part in (_of_scan, _of_violations, _of_failovers, _of_store, _of_service, _of_azure)
        for each in part(state, running, caps)
    }
    folded = _folded(state, caps, sum(len(each.samples) for each in found.values()))
    truncated = Family(series.SERIES_TRUNCATED)
    for one, told in folded:
        counts = Family(one)
        for values, number in told.counts.items():
            counts.add(values, number)
        found[one.name] = counts
        truncated.put((one.name,), told.truncated)
    found[truncated.series.name] = truncated
    return tuple(found[each.name] for each in series.EVERY if each.name in found)


def _folded(state: State, caps: Caps, others: int) -> Iterator[tuple[Series, Folded]]:
    """Add up what is too much; resources get the room that all others leave."""
    findings = fold(state.findings, caps.findings, (0, 1), _worst_finding)
    placements = fold(state.placements, caps.placements, (0, 3), _worst_place)
    left = caps.every - others - len(findings.counts) - len(placements.counts) - 3
    room = max(caps.fewest, min(caps.resources, left))
    yield series.RESOURCES, fold(state.resources, room, (3,), _worst_resource)
    yield series.PLACEMENTS, placements
    yield series.FINDINGS, findings


def _worst_finding(values: Values) -> tuple[object, ...]:
    return (SEVERITIES.index(values[1]) if values[1] else len(SEVERITIES),)


def _worst_place(values: Values) -> tuple[object, ...]:
    return (_ZONES.index(values[3]),)


def _worst_resource(values: Values) -> tuple[object, ...]:
    return (_STATUSES.index(values[3]),)


def _one(one: Series, number: float) -> Family:
    found = Family(one)
    found.put((), number)
    return found


def _by_kind(one: Series, counts: Mapping[str, int]) -> Family:
    found = Family(one)
    for kind, count in counts.items():
        found.add((kind,), count)
    return found


def _of_scan(state: State, running: Running, _caps: Caps) -> Iterator[Family]:
    looked = state.looked
    attempt = running.last_attempt_at or (looked.scan.started_at if looked else None)
    if attempt is not None:
        yield _one(series.SCAN_LAST_ATTEMPT, attempt.timestamp())
    yield _one(series.SCAN_INTERVAL, state.interval_seconds)
    if looked is None:
        return
    yield _one(series.SCAN_COMPLETE, looked.scan.complete)
    yield _one(series.SCAN_LAST_SUCCESS, looked.scan.finished_at.timestamp())
    yield _one(series.SCAN_DURATION, looked.duration_seconds)
    yield _one(series.COVERAGE, _coverage(state))
    yield from _of_subscriptions(looked)


def _of_subscriptions(looked: Looked) -> Iterator[Family]:
    readable, suspect = Family(series.SUBSCRIPTION_READABLE), Family(series.INVENTORY_SUSPECT)
    whole = Family(series.SUBSCRIPTION_WHOLE)
    for each in looked.subscriptions:
        readable.put((each.subscription_id, each.name), is_readable(each))
        at = looked.whole_at.get(each.subscription_id)
        whole.put((each.subscription_id, each.name), at.timestamp() if at else 0)
        told = any(reason.startswith(_SUSPECT) for reason in each.reasons)
        suspect.put((each.subscription_id,), told)
    yield from (readable, whole, suspect)


def _coverage(state: State) -> float:
    """Give the part of the manifest that was read whole; without a manifest nothing is proven."""
    expected = [
        each
        for each in (state.looked.subscriptions if state.looked else ())
        if each.state is not SubscriptionState.UNEXPECTED
    ]
    if not expected or not state.has_manifest:
        return 0.0
    return sum(each.whole for each in expected) / len(expected)


def _of_violations(state: State, _running: Running, caps: Caps) -> Iterator[Family]:
    found = state.violations
    listed = found.rows[: caps.violations]
    info, start = Family(series.VIOLATION_INFO), Family(series.VIOLATION_START)
    for row in listed:
        info.put(_OF_VIOLATION(row), 1)
        start.put((row.resource_id,), found.since[row.resource_id].timestamp())
    cut = {row.resource_id for row in found.rows[caps.violations :]}
    whole = {row.resource_id for row in listed} - cut
    yield from (info, start)
    yield _one(series.VIOLATION_INFO_TRUNCATED, found.resources - len(whole))
    affected = Family(series.VIOLATION_CUSTOMERS)
    for values, number in state.violation_customers.items():
        affected.put(values, number)
    yield affected


def _of_failovers(state: State, _running: Running, caps: Caps) -> Iterator[Family]:
    found = state.failovers
    listed = found.rows[: caps.failovers]
    active = Family(series.FAILOVER_ACTIVE)
    for row in listed:
        active.put(_OF_FAILOVER(row), 1)
    cut = {row.resource_id for row in found.rows[caps.failovers :]}
    whole = {row.resource_id for row in listed} - cut
    yield active
    yield _one(series.FAILOVER_ACTIVE_TRUNCATED, found.episodes - len(whole))
    yield from _of_incidents(state)


def _of_incidents(state: State) -> Iterator[Family]:
    start = Family(series.INCIDENT_START)
    rest = {
        one: Family(one)
        for one in (
            series.INCIDENT_CUSTOMERS,
            series.INCIDENT_ACKNOWLEDGED,
            series.INCIDENT_ORDER_SKIPPED,
            series.FAILOVER_OVERDUE,
        )
    }
    for each in state.failovers.incidents:
        start.put((each.id, each.zone), each.started_at.timestamp())
        rest[series.INCIDENT_CUSTOMERS].put((each.id,), each.customers)
        rest[series.INCIDENT_ACKNOWLEDGED].put((each.id,), each.acknowledged)
        rest[series.INCIDENT_ORDER_SKIPPED].put((each.id,), each.order_skipped)
        rest[series.FAILOVER_OVERDUE].put((each.id,), each.overdue)
    yield from (start, *rest.values())


def _of_store(state: State, _running: Running, _caps: Caps) -> Iterator[Family]:
    yield _by_kind(series.EVENTS, {str(kind): n for kind, n in state.tally.total.items()})
    yield _by_kind(series.EVENTS_UNACKNOWLEDGED, state.unacknowledged)
    yield _one(series.UNKNOWN_TYPES, state.unknown_types)
    yield _one(series.UNASSIGNED, state.unassigned)
    yield _one(series.RETENTION_OVERDUE, state.retention_overdue)
    yield _one(series.STORE_BYTES, state.store_bytes)
    expiry = Family(series.EXEMPTION_EXPIRY)
    for name, moment in state.exemptions.items():
        expiry.put((name,), moment.timestamp())
    yield expiry


def _of_service(_state: State, running: Running, _caps: Caps) -> Iterator[Family]:
    yield _one(series.CONFIG_LOADED, running.config_loaded)
    if running.ledger_ok is not None:
        yield _one(series.LEDGER_OK, running.ledger_ok)
    if running.last_report_at is not None:
        yield _one(series.REPORT_LAST_SUCCESS, running.last_report_at.timestamp())
    build = Family(series.BUILD_INFO)
    build.put((__version__,), 1)
    yield build


def _of_azure(_state: State, running: Running, _caps: Caps) -> Iterator[Family]:
    requests, throttled = Family(series.AZURE_REQUESTS), Family(series.AZURE_THROTTLED)
    for key, count in running.requests.items():
        api, _, code = key.rpartition(" ")
        requests.add((api, code), count)
        throttled.add((api,), count if code == _THROTTLED else 0)
    yield from (requests, throttled)
