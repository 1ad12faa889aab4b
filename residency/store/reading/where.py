"""Where one customer's data stood, counted by place: no resource is named."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from residency.policy import country_of
from residency.store.reading.concern import Concerned, Scans
from residency.store.reading.placements import facts_of, placement_of

_HAD = """
SELECT resource, fact, from_scan, to_scan FROM placement
WHERE resource IN (SELECT value FROM json_each(?)) AND (to_scan IS NULL OR to_scan > ?)
AND from_scan <= ?
"""
_NEVER_SHOWN = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """How many resources had a copy of a role at a place, at some time of what is asked for."""

    role: str
    region: str
    country: str | None
    basis: str
    resources: int
    unassigned: int


def where_of(connection: Connection, found: Sequence[Concerned], scans: Scans) -> tuple[Where, ...]:
    """Count the places of what concerns a customer, by role and region."""
    by_pk = {each.resource.pk: each for each in found}
    had = set(_had(connection, by_pk, scans))
    facts = facts_of(connection, {fact for _, fact in had})
    counted: dict[tuple[str, str, str, str], Counter[bool]] = {}
    kinds = {pk: _kind(facts[pk]) for pk in facts}
    for resource, kind in {(resource, kinds[fact]) for resource, fact in had}:
        counted.setdefault(kind, Counter())[by_pk[resource].assigned] += 1
    return tuple(
        Where(
            role=role,
            region=region,
            country=country or None,
            basis=basis,
            resources=counts[True],
            unassigned=counts[False],
        )
        for (role, region, country, basis), counts in sorted(counted.items())
    )


def _kind(row: Mapping[str, object]) -> tuple[str, str, str, str]:
    place = placement_of(row, _NEVER_SHOWN)
    return place.role, place.region, country_of(place) or "", place.basis


def _had(
    connection: Connection, by_pk: Mapping[int, Concerned], scans: Scans
) -> Iterator[tuple[int, int]]:
    """Give the facts that stood of each resource while it concerned the customer."""
    told = (json.dumps(list(by_pk)), scans.first, scans.last)
    rows = connection.exec_driver_sql(_HAD, told).cursor.fetchall()
    for resource, fact, since, until in rows:
        for stood in by_pk[resource].stood:
            began = until is None or stood.from_scan < until
            if began and (stood.to_scan is None or since < stood.to_scan):
                yield resource, fact
                break
