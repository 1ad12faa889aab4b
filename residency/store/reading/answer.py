"""One customer's question: was our data moved, was it touched, and when was it not seen.

The answer claims no more than was seen, and is of one customer alone: free texts are told only of
resources that are its own or that it shares, and without what might name another.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from residency.cycles import few_collections
from residency.settings import Customer
from residency.store.engine import give_room
from residency.store.reading.concern import Asked, concerned, scans_within
from residency.store.reading.coverage import coverage, silences
from residency.store.reading.moves import FailedOver, Moved, failovers_of, moves_of
from residency.store.reading.operations import Touched, touches_of
from residency.store.reading.scans import Clock, count_between
from residency.store.reading.spans import Spans
from residency.store.reading.unseen import (
    NotSeen,
    What,
    log_known_until,
    logs_unread,
    others_not_whole,
    resources_unseen,
    subscriptions_unread,
)
from residency.store.reading.where import Where, where_of
from residency.store.reading.withheld import withheld_from


class Verdict(StrEnum):
    """What is answered; `no` only where all was seen that could be.

    `possibly`: it was seen of resources alone of which nothing says whose they are.
    """

    YES = "yes"
    POSSIBLY = "possibly"
    NO = "no"
    NOT_ESTABLISHED = "not-established"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """All that is known of one customer's data in a time.

    Attributes:
        resources: How many resources are its own or shared by its products.
        unassigned: How many nothing says of whose they are; they concern every customer.
        scans: How many scans ended in that time.
        log_known_until: Up to when the activity log of every subscription is known; None where
            that of one is not.
        others_not_whole: How many other subscriptions were not read whole; not that any data of
            this customer is known to be there.
    """

    asked: Asked
    resources: int
    unassigned: int
    scans: int
    moved: tuple[Moved, ...]
    failovers: tuple[FailedOver, ...]
    touched: tuple[Touched, ...]
    not_seen: tuple[NotSeen, ...]
    where: tuple[Where, ...]
    log_known_until: datetime | None
    others_not_whole: int

    @property
    def was_moved(self) -> Verdict:
        """Whether data was seen to be placed elsewhere, or a copy to come or go."""
        if any(each.resource for each in self.moved) or any(
            each.resources for each in self.failovers
        ):
            return Verdict.YES
        if self.moved or self.failovers:
            return Verdict.POSSIBLY
        blind = any(each.what is not What.LOG for each in self.not_seen)
        return Verdict.NOT_ESTABLISHED if blind or not self.resources else Verdict.NO

    @property
    def was_touched(self) -> Verdict:
        """Whether the activity log names an operation that concerns where data is."""
        if self.touched:
            own = any(each.resources for each in self.touched)
            return Verdict.YES if own else Verdict.POSSIBLY
        return Verdict.NOT_ESTABLISHED if self.log_unread else Verdict.NO

    @property
    def log_unread(self) -> bool:
        """Whether the activity log is unknown of some time, beyond what it is always late."""
        unread = any(each.what is What.LOG for each in self.not_seen)
        known = self.log_known_until
        return unread or known is None or known <= self.asked.since


@few_collections()
def answer(connection: Connection, asked: Asked, customers: Mapping[str, Customer]) -> Answer:
    """Answer for one customer; `customers` are all that are configured, to keep the others out."""
    give_room(connection)
    scans = scans_within(connection, asked.since, asked.until)
    found = concerned(connection, asked, scans)
    clock = Clock(connection)
    spans = Spans(asked, clock)
    covered = coverage(connection)
    subscriptions = frozenset(each.resource.subscription_id for each in found)
    assigned = [each for each in found if each.assigned]
    kept = withheld_from(
        connection, asked.customer, customers, {each.resource.id for each in assigned}
    )
    return Answer(
        asked=asked,
        resources=len(assigned),
        unassigned=len(found) - len(assigned),
        scans=count_between(connection, asked.since, asked.until),
        moved=moves_of(connection, asked, found, clock, kept),
        failovers=failovers_of(connection, asked, found, spans, kept),
        touched=touches_of(connection, found, spans, kept),
        not_seen=(
            *_silences(connection, asked),
            *subscriptions_unread(connection, asked, covered, subscriptions, kept),
            *resources_unseen(found, spans, kept),
            *logs_unread(connection, asked, covered, subscriptions, kept),
        ),
        where=where_of(connection, found, scans),
        log_known_until=log_known_until(connection, asked, subscriptions),
        others_not_whole=others_not_whole(connection, asked, covered, subscriptions),
    )


def _silences(connection: Connection, asked: Asked) -> tuple[NotSeen, ...]:
    return tuple(
        NotSeen(what=What.ALL, since=each.since, until=each.until, reasons=(each.why,))
        for each in silences(connection, asked.since, asked.until, asked.longest)
    )
