"""Where one customer's data stood, counted by place: no resource is named."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from residency.policy import country_of
from residency.store.reading.concern import Concerned, Scans
from residency.store.reading.placements import NEVER_SHOWN, facts_of, placement_of

_HAD = """
SELECT resource, fact, from_scan, to_scan FROM placement
WHERE resource IN (SELECT value FROM json_each(?)) AND (to_scan IS NULL OR to_scan > ?)
AND from_scan <= ?
"""


_Kind = tuple[str, str, str, str]
"""Role, region, country and basis of a place."""


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
    had = _had(connection, by_pk, scans)
    kinds: dict[_Kind, set[int]] = {}
    for fact, row in facts_of(connection, had).items():
        kinds.setdefault(_kind(row), set()).update(had[fact])
    assigned = {each.resource.pk for each in found if each.assigned}
    return tuple(
        Where(
            role=role,
            region=region,
            country=country or None,
            basis=basis,
            resources=len(resources & assigned),
            unassigned=len(resources - assigned),
        )
        for (role, region, country, basis), resources in sorted(kinds.items())
    )


def _kind(row: Mapping[str, object]) -> _Kind:
    place = placement_of(row, NEVER_SHOWN)
    return place.role, place.region, country_of(place) or "", place.basis


def _had(
    connection: Connection, by_pk: Mapping[int, Concerned], scans: Scans
) -> Mapping[int, set[int]]:
    """Give the resources of which each fact stood while they concerned the customer."""
    told = (json.dumps(list(by_pk)), scans.first, scans.last)
    rows = connection.exec_driver_sql(_HAD, told).cursor.fetchall()
    found: dict[int, set[int]] = {}
    for resource, fact, since, until in rows:
        if fact in found and resource in found[fact]:
            continue
        for began, ended, _ in by_pk[resource].stood:
            if (until is None or began < until) and (ended is None or since < ended):
                found.setdefault(fact, set()).add(resource)
                break
    return found
