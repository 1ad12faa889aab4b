"""The resources as one scan left them, a part at a time by their ids, and which of them are wanted.

What a scan left never changes, so that parts that are read one after the other fit together while
other scans are committed.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import select

from residency.model import Placement, Status
from residency.store.reading.history import Judged, Named, judged_of, named
from residency.store.reading.placements import NEVER_SHOWN, facts_of, placement_of
from residency.store.reading.scans import parts
from residency.store.reading.standing import Reader, rows
from residency.store.tables import RESOURCE, STATE

_WINDOW = 1_000
"""So many resources are looked at one by one before all that fit are gathered and put in order."""

_HELD = "({0}.from_scan <= :scan AND ({0}.to_scan IS NULL OR {0}.to_scan > :scan))"
_COLUMNS = "r.pk, r.id, r.type, r.name, r.subscription_id, r.resource_group, s.state"
_AFTER = "r.id > :after AND r.id < :end"

_NEAR = f"""
SELECT {_COLUMNS} FROM (
  SELECT r.pk FROM resource AS r WHERE {_AFTER} ORDER BY r.id LIMIT {_WINDOW}
) AS near
CROSS JOIN standing AS s ON s.resource = near.pk CROSS JOIN resource AS r ON r.pk = near.pk
WHERE {_HELD.format("s")} AND %s ORDER BY r.id LIMIT :most
"""  # noqa: S608 - of our own texts
_IS_MORE = f"""
SELECT 1 FROM resource AS r WHERE {_AFTER} ORDER BY r.id LIMIT 1 OFFSET {_WINDOW}
"""  # noqa: S608 - of our own texts
_ALONG = f"""
SELECT {_COLUMNS} FROM resource AS r CROSS JOIN standing AS s ON s.resource = r.pk
WHERE {_AFTER} AND {_HELD.format("s")} AND %s ORDER BY r.id LIMIT :most
"""  # noqa: S608 - of our own texts
_ANYWHERE = f"""
SELECT {_COLUMNS} FROM standing AS s CROSS JOIN resource AS r ON r.pk = s.resource
WHERE {_HELD.format("s")} AND %s AND {_AFTER} ORDER BY r.id LIMIT :most
"""  # noqa: S608 - of our own texts
_PLACED = f"""
SELECT p.resource FROM placement AS p WHERE {_HELD.format("p")} AND p.fact IN (
  SELECT pk FROM fact WHERE json_array(region, country, more ->> '$.unresolved')
    IN (SELECT value FROM json_each(%s))
)
"""  # noqa: S608 - of our own texts
_PLACES = f"""
SELECT p.resource, p.fact FROM placement AS p
WHERE p.resource IN (SELECT value FROM json_each(:those)) AND {_HELD.format("p")}
"""  # noqa: S608 - of our own texts
_KINDS = "SELECT DISTINCT region, country, more ->> '$.unresolved' FROM fact"
_FIRST, _LAST = "", "\U0010ffff"


class PlaceKind(NamedTuple):
    """What decides in which zone a place is."""

    region: str
    country: str | None
    unresolved: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """The kinds of places that are wanted of resources in some states; None: in any."""

    states: frozenset[int] | None
    kinds: frozenset[PlaceKind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which resources are wanted. What is None or empty does not narrow.

    Attributes:
        states: Of these states.
        stale_states: Of these states, if of a stale type; None: as `states`.
        stale: The types that are stale, or with `but` those that are not.
        but: Whether `stale` names the types that are not stale.
        subscription: Of this subscription.
        type: Of this type.
        search: With this in their id.
        bound: With a place of a kind that is wanted of their state.
    """

    states: frozenset[int] | None = None
    stale_states: frozenset[int] | None = None
    stale: frozenset[str] = frozenset()
    but: bool = False
    subscription: str = ""
    type: str = ""
    search: str = ""
    bound: tuple[Bound, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A resource, how a scan judged it, and where its data was."""

    resource: Named
    judged: Judged
    places: tuple[Placement, ...]


def states_of(
    reader: Reader,
    statuses: Collection[Status] | None = None,
    product: str | None = None,
    customer: str | None = None,
    environment: str | None = None,
) -> frozenset[int]:
    """Give the states of a status, and of whose resources are meant; None: of any."""
    ranked = None if statuses is None else json.dumps(sorted(statuses))
    told = ranked, ranked, product, product, customer, customer, environment, environment
    query = """
    SELECT pk FROM state
    WHERE (? IS NULL OR status IN (SELECT value FROM json_each(?)))
    AND (? IS NULL OR product = ?)
    AND (? IS NULL OR EXISTS (SELECT 1 FROM json_each(customers) AS c WHERE c.value = ?))
    AND (? IS NULL OR environment = ?)
    """
    return frozenset(pk for (pk,) in rows(reader, query, *told))


def customers_by_state(reader: Reader) -> Mapping[int, tuple[str, ...]]:
    """Give whose resources are, by the number of their state."""
    query = select(STATE.c.pk, STATE.c.customers)
    return {pk: tuple(json.loads(told)) for pk, told in reader.execute(query)}


def place_kinds(reader: Reader) -> frozenset[PlaceKind]:
    """Give every kind of place that was ever seen."""
    return frozenset(PlaceKind(*row) for row in rows(reader, _KINDS))


def resources_at(
    reader: Reader, scan: int, wanted: Wanted, after: str, most: int
) -> tuple[Listed, ...]:
    """Read the first wanted resources after an id, in the order of their ids.

    Args:
        reader: Sees one state throughout.
        scan: The number of the scan.
        wanted: Which.
        after: The id of the last one that is not wanted; empty: from the first on.
        most: How many at most.
    """
    first, last = _range(wanted.subscription)
    told = {"scan": scan, "after": max(after, first), "end": last, "most": most}
    found = _read(reader, _NEAR % _where(wanted, told, one_by_one=True), told)
    if len(found) < most and _read(reader, _IS_MORE, told):
        # What looks only at ids is quicker along their index.
        query = _ALONG if wanted.search and wanted.bound is None else _ANYWHERE
        found = _read(reader, query % _where(wanted, told, one_by_one=False), told)
    return _listed(reader, scan, found)


def resource_called(reader: Reader, resource_id: str) -> Named | None:
    """Find a resource that was ever seen by its whole id; None where there is none."""
    wanted = RESOURCE.c.id == resource_id.lower().rstrip("/")
    found = reader.execute(select(RESOURCE).where(wanted)).first()
    return named(found) if found else None


def _range(subscription: str) -> tuple[str, str]:
    """Give what the ids of a subscription lie between."""
    if not subscription:
        return _FIRST, _LAST
    return f"/subscriptions/{subscription}/", f"/subscriptions/{subscription}/{_LAST}"


def _where(wanted: Wanted, told: dict[str, object], *, one_by_one: bool) -> str:
    """Write what is wanted as SQL; values that callers gave go into `told`."""
    found = ["1"]
    if wanted.search:
        told["search"] = wanted.search
        found.append("instr(r.id, :search)")
    if wanted.states is not None:
        fresh, stale = _in(wanted.states), _in(wanted.stale_states or frozenset())
        told["stale"] = json.dumps(sorted(wanted.stale))
        named = "r.type IN (SELECT value FROM json_each(:stale))"
        is_stale = f"NOT {named}" if wanted.but else named
        same = wanted.stale_states is None or not (wanted.stale or wanted.but)
        found.append(fresh if same else f"CASE WHEN {is_stale} THEN {stale} ELSE {fresh} END")
    if wanted.type:
        told["type"] = wanted.type
        found.append("r.type = :type")
    if wanted.bound is not None:
        found.append(_in_zone(wanted.bound, told, one_by_one=one_by_one))
    return " AND ".join(found)


def _in(states: Iterable[int]) -> str:
    return f"s.state IN ({','.join(map(str, sorted(states)))})"


def _in_zone(bound: Sequence[Bound], told: dict[str, object], *, one_by_one: bool) -> str:
    alternatives = []
    for number, each in enumerate(bound):
        name = f"kinds{number}"
        kinds = [json.dumps(kind, separators=(",", ":"), ensure_ascii=False) for kind in each.kinds]
        told[name] = json.dumps(sorted(kinds))
        placed = _PLACED % f":{name}"
        one = f"EXISTS ({placed} AND p.resource = s.resource)"
        having = one if one_by_one else f"s.resource IN ({placed})"
        # One alternative alone lets the database begin with what is placed so.
        alternatives.append(having if each.states is None else f"({_in(each.states)} AND {having})")
    match alternatives:
        case []:
            return "0"
        case [only]:
            return only
        case _:
            return f"({' OR '.join(alternatives)})"


def _read(reader: Reader, query: str, told: Mapping[str, object]) -> Sequence[Any]:
    found: Sequence[Any] = reader.exec_driver_sql(query, dict(told)).cursor.fetchall()
    return found


def _listed(reader: Reader, scan: int, found: Sequence[Any]) -> tuple[Listed, ...]:
    resources = [(Named(*row[:-1]), row[-1]) for row in found]
    states: dict[int, Judged] = {}
    for part in parts({state for _, state in resources}):
        for row in reader.execute(select(STATE).where(STATE.c.pk.in_(part))):
            states[row.pk] = judged_of(row)
    places = _places(reader, scan, [each.pk for each, _ in resources])
    return tuple(
        Listed(resource=each, judged=states[state], places=tuple(places.get(each.pk, ())))
        for each, state in resources
    )


def _places(reader: Reader, scan: int, those: Sequence[int]) -> Mapping[int, list[Placement]]:
    """Read where resources were, in the order in which their history tells it."""
    placed = _read(reader, _PLACES, {"those": json.dumps(those), "scan": scan})
    facts = facts_of(reader, {fact for _, fact in placed})
    ranked = sorted((facts[fact]["role"], facts[fact]["region"], fact, pk) for pk, fact in placed)
    found: dict[int, list[Placement]] = {}
    for _, _, fact, pk in ranked:
        found.setdefault(pk, []).append(placement_of(facts[fact], NEVER_SHOWN))
    return found
