"""One customer's month as it was recorded: read once, around the month, and judged elsewhere.

It is read from a day before the month to a day after it, so that a gap, a bridge and a failover at
an edge are as long as they truly were; what is told is then cut off at the edges.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from residency.documents.zones import recorded_policies
from residency.errors import ConfigError
from residency.model import Placement, Reason
from residency.policy.attribution import glob
from residency.report.month import Month, day_begins
from residency.settings import DEFAULT_POLICY, Customer, Policy, Settings
from residency.store.reading.answer import Answer, answer
from residency.store.reading.concern import Asked, concerned, scans_within
from residency.store.reading.explained import POLICY
from residency.store.reading.looked import scans_without_manifest
from residency.store.reading.placements import NEVER_SHOWN, facts_of, placement_of
from residency.store.reading.scans import Clock
from residency.store.reading.standing import EXEMPTION, Reader
from residency.store.reading.stays import Had, stays_of
from residency.store.reading.versions import Kept, versions
from residency.store.reading.withheld import Withheld, withheld_from
from residency.store.scans import last_log
from residency.store.times import Span

AFTER_CONTRACT = timedelta(days=60)
"""So long after its end the data of a contract is there still, and is reported on."""

_AROUND = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerMonth:
    """What was recorded of one customer's month.

    Attributes:
        period: The part of the month that the contract, and the time to erase after it, has.
        answer: All that happened, from a day before that part to a day after it.
        had: The resources with their stays, over the same time.
        ends: When each scan of that time ended, oldest first.
        logs: For which time the activity log of each subscription is known.
        policies: The versions of the policy that binds this customer, oldest first.
        instructed: The versions of the exemptions that this customer itself asked for.
        kept: Takes what might name another customer out of a text.
        has_manifest: Whether every scan of the period knew which subscriptions must be seen.
    """

    customer: str
    month: Month
    period: Span
    answer: Answer
    had: tuple[Had, ...]
    places: Mapping[int, Placement]
    ends: tuple[datetime, ...]
    logs: Mapping[str, Span]
    policies: tuple[Kept, ...]
    instructed: tuple[Kept, ...]
    settings: Settings
    kept: Withheld
    has_manifest: bool

    def places_of(self, facts: tuple[int, ...]) -> tuple[Placement, ...]:
        """Give the places of facts by their numbers."""
        return tuple(self.places[number] for number in facts)

    def is_instructed(self, resource_id: str, reason: Reason, scan: int) -> bool:
        """Whether this customer asked for what is wrong with a resource, as a scan knew."""
        return any(
            each.stretch.holds_in(scan)
            and reason in each.body["reasons"]
            and any(glob(pattern, resource_id) for pattern in each.body["resources"])
            for each in self.instructed
        )

    def policy_at(self, scan: int) -> Policy:
        """Give the policy that bound this customer in a scan; else the one that does now."""
        return self._policy(each for each in self.policies if each.stretch.holds_in(scan))

    def policy_by(self, moment: datetime) -> Policy:
        """Give the policy of the last scan that had ended by a moment; else the one of now."""
        return self._policy(each for each in self.policies if each.stretch.holds_at(moment))

    def _policy(self, kept: Iterable[Kept]) -> Policy:
        known = tuple(recorded_policies(kept).values())
        return known[0] if known else policy_of(self.settings, self.customer)


def policy_of(settings: Settings, customer: str) -> Policy:
    """Give the policy of a customer's contract, as configured."""
    name = settings.estate.customers[customer].policy
    return settings.policy if name == DEFAULT_POLICY else settings.policies[name]


def period_of(month: Month, customer: Customer) -> Span:
    """Give the part of a month that is reported on; it is empty where there was no contract."""
    since, until = month.since, month.until
    if customer.starts:
        since = max(since, day_begins(customer.starts, month.timezone))
    if customer.ended:
        ends = day_begins(customer.ended + timedelta(days=1) + AFTER_CONTRACT, month.timezone)
        until = min(until, ends)
    return Span(since, max(since, until))


def recorded(
    connection: Reader, settings: Settings, customer: str, month: Month, now: datetime
) -> CustomerMonth:
    """Read one customer's month.

    Raises:
        ConfigError: The month is not over by `now`, so that nothing can be said of all of it.
        StoreError: The store cannot be read.
    """
    if now < month.until:
        raise ConfigError(f"{month} is not over: its report can be made from {month.until} on")
    known = settings.estate.customers[customer]
    period = period_of(month, known)
    asked = Asked(
        customer=customer,
        products=frozenset(known.products),
        since=period.since - _AROUND,
        until=min(period.until + _AROUND, now),
        longest=2 * settings.scan.interval,
        lag=settings.scan.activity_log_lag,
    )
    clock = Clock(connection)
    had = _had(connection, asked, clock)
    return CustomerMonth(
        customer=customer,
        month=month,
        period=period,
        answer=answer(connection, asked, settings.estate.customers),
        had=had,
        places=_places(connection, had),
        ends=tuple(_ends(clock, asked)),
        logs=last_log(connection),
        policies=_policies(connection, known.policy),
        instructed=tuple(_instructed(connection, customer)),
        settings=settings,
        kept=_kept(connection, settings, customer, had),
        has_manifest=not scans_without_manifest(connection, period),
    )


def _had(connection: Reader, asked: Asked, clock: Clock) -> tuple[Had, ...]:
    scans = scans_within(connection, asked.since, asked.until)
    return stays_of(connection, asked, concerned(connection, asked, scans), scans, clock)


def _kept(connection: Reader, settings: Settings, customer: str, had: tuple[Had, ...]) -> Withheld:
    own = {each.resource.id for each in had if each.assigned}
    return withheld_from(connection, customer, settings.estate.customers, own)


def _places(connection: Reader, had: tuple[Had, ...]) -> Mapping[int, Placement]:
    numbers = {number for each in had for stay in each.stays for number in stay.facts}
    rows = facts_of(connection, numbers)
    return {number: placement_of(row, NEVER_SHOWN) for number, row in rows.items()}


def _ends(clock: Clock, asked: Asked) -> Iterator[datetime]:
    for scan in sorted(clock.ended_within(asked.since, asked.until)):
        ended = clock.ended[scan]
        if ended is not None:
            yield ended


def _instructed(connection: Reader, customer: str) -> Iterator[Kept]:
    for each in versions(connection, {EXEMPTION}):
        instruction = each.body.get("instruction")
        if instruction and instruction["customer"] == customer:
            yield each


def _policies(connection: Reader, name: str) -> tuple[Kept, ...]:
    return tuple(each for each in versions(connection, {POLICY}) if each.id == name)
