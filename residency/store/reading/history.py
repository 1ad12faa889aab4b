"""What stood of one resource, from which scan until which."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select

from residency.errors import StoreError
from residency.model import Holds, Placement, Reason, Severity, Status
from residency.policy import Attribution
from residency.store.reading.placements import placement_of
from residency.store.reading.scans import Stretch, Stretches
from residency.store.tables import FACT, PLACEMENT, RESOURCE, STANDING, STATE

_MOST_NAMED = 10
_KEPT = 4_096


class Named(NamedTuple):
    """A resource that was ever seen; `pk` is its row. A tuple, because many are read at once."""

    pk: int
    id: str
    type: str
    name: str
    subscription_id: str
    resource_group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the policy said of a resource, and whose it was.

    Not `seen`: the scans did not see it, and nothing said that it was gone.
    """

    status: Status
    severity: Severity | None
    reasons: tuple[Reason, ...]
    exemptions: tuple[str, ...]
    holds: Holds | None
    attribution: Attribution
    seen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """A judgement, and how long it stood."""

    stretch: Stretch
    judged: Judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A place, and how long it stood; its evidence dates from the first scan that found it."""

    stretch: Stretch
    placement: Placement


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All that stood of one resource, oldest first."""

    resource: Named
    states: tuple[Stood, ...]
    places: tuple[Placed, ...]

    def at(self, moment: datetime) -> "History":
        """Give what stood by the last scan that had ended at a time; nothing where it was not."""
        return History(
            resource=self.resource,
            states=tuple(each for each in self.states if each.stretch.holds_at(moment)),
            places=tuple(each for each in self.places if each.stretch.holds_at(moment)),
        )


def resource_named(connection: Connection, wanted: str) -> Named:
    """Find a resource by its id, or by the end of one from a slash on, if only one ends so.

    Raises:
        StoreError: No resource that was ever seen, or several; these are named.
    """
    name = wanted.lower().rstrip("/")
    columns = select(RESOURCE)
    exact = connection.execute(columns.where(RESOURCE.c.id == name)).first()
    if exact is not None:
        return named(exact)
    ending = RESOURCE.c.id.endswith("/" + name.lstrip("/"), autoescape=True)
    query = columns.where(ending).order_by(RESOURCE.c.id).limit(_MOST_NAMED + 1)
    found = connection.execute(query).all()
    if len(found) == 1:
        return named(found[0])
    if not found:
        raise StoreError(f"{wanted} was never seen by a scan of this store: check the id")
    ids = [row.id for row in found[:_MOST_NAMED]]
    more = ["…"] if len(found) > _MOST_NAMED else []
    raise StoreError(
        "\n  ".join([f"{wanted} is the end of several ids; give more of it:", *ids, *more])
    )


def history_of(connection: Connection, resource: Named) -> History:
    """Read all that stood of a resource."""
    states = _states(connection, resource)
    places = _places(connection, resource)
    stretches = Stretches(connection, [*states, *places])
    return History(
        resource=resource,
        states=tuple(Stood(stretch=stretches.of(row), judged=judged_of(row)) for row in states),
        places=tuple(_placed(row, stretches.of(row)) for row in places),
    )


def _states(connection: Connection, resource: Named) -> Sequence[Row[Any]]:
    query = (
        select(STANDING.c.from_scan, STANDING.c.to_scan, STATE)
        .join(STATE, STATE.c.pk == STANDING.c.state)
        .where(STANDING.c.resource == resource.pk)
        .order_by(STANDING.c.from_scan)
    )
    return connection.execute(query).all()


def _places(connection: Connection, resource: Named) -> Sequence[Row[Any]]:
    query = (
        select(PLACEMENT.c.from_scan, PLACEMENT.c.to_scan, FACT)
        .join(FACT, FACT.c.pk == PLACEMENT.c.fact)
        .where(PLACEMENT.c.resource == resource.pk)
        .order_by(PLACEMENT.c.from_scan, FACT.c.role, FACT.c.region, FACT.c.pk)
    )
    return connection.execute(query).all()


def _placed(row: Row[Any], stretch: Stretch) -> Placed:
    place = placement_of(row._asdict(), stretch.first.started_at)
    return Placed(stretch=stretch, placement=place)


def named(row: Any) -> Named:  # noqa: ANN401 - a row of `resource`
    """Give the resource of a row."""
    return Named(
        pk=row.pk,
        id=row.id,
        type=row.type,
        name=row.name,
        subscription_id=row.subscription_id,
        resource_group=row.resource_group,
    )


def judged_of(row: Any) -> Judged:  # noqa: ANN401 - a row of `state`
    """Give the judgement of a row."""
    return Judged(
        status=Status(row.status),
        severity=Severity(row.severity) if row.severity else None,
        reasons=tuple(map(Reason, json.loads(row.reasons))),
        exemptions=tuple(json.loads(row.exemptions)),
        holds=Holds(row.holds) if row.holds else None,
        attribution=attribution_of(row.product, row.customers, row.environment),
        seen=row.seen,
    )


@lru_cache(maxsize=_KEPT)
def attribution_of(product: str | None, customers: str, environment: str) -> Attribution:
    """Give whose a resource is, of the columns of `state`: many rows say the same."""
    told = tuple(json.loads(customers))
    return Attribution(product=product, customers=told, environment=environment)
