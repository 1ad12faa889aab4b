"""Exemptions and declarations with their lives: from the configuration, and as scans found them.

Their windows are instants: one that has expired counts no more from then on, whatever the last scan
found.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, select

from residency.model import Basis
from residency.policy.attribution import glob
from residency.settings import Settings
from residency.settings.values import expiry
from residency.store.reading.scans import last_scan
from residency.store.reading.versions import Kept, versions
from residency.store.tables import FACT, PLACEMENT, RESOURCE, STANDING, STATE

EXEMPTION, DECLARATION = "exemption", "declaration"
SOON = timedelta(days=30)


class Life(StrEnum):
    """Where in its life something is.

    `planned`: in the configuration, and no scan has judged by it yet. `withdrawn`: the last scan
    judged by it, and it is not in the configuration any more.
    """

    PLANNED = "planned"
    LIVE = "live"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """An exemption or declaration.

    Attributes:
        body: What it says: as configured, else as the last scan that knew it had it.
        edited: The configuration says something else than what the last scan judged by.
        matches: How many resources that stand it names; None where that was not counted, or there
            was no scan.
        covers: For how many of those it counted in the last scan; None where that had it not, or
            where it was not counted.
        versions: As scans had it, oldest first.
    """

    kind: str
    id: str
    life: Life
    expires: datetime
    body: Mapping[str, Any]
    edited: bool
    matches: int | None
    covers: int | None
    versions: tuple[Kept, ...]

    @property
    def in_vain(self) -> bool:
        """Whether it counts, or would, and there is nothing that it names."""
        return self.life not in {Life.EXPIRED, Life.WITHDRAWN} and self.matches == 0

    @property
    def idle(self) -> bool:
        """Whether it counts and names resources, and for none of those it was needed."""
        return self.life in {Life.LIVE, Life.EXPIRING} and bool(self.matches) and self.covers == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Resource:
    id: str
    type: str
    exemptions: frozenset[str]
    declared: frozenset[str]


def lives(
    connection: Connection, settings: Settings, now: datetime, *, counted: bool = True
) -> tuple[Lived, ...]:
    """Give all exemptions and declarations: those configured, then those that were.

    Args:
        connection: Sees one state throughout.
        settings: What is configured.
        now: The time that decides whether something has expired.
        counted: Whether to count what each names, for which all that stands is read.
    """
    recorded: dict[tuple[str, str], list[Kept]] = {}
    for each in versions(connection, {EXEMPTION, DECLARATION}):
        recorded.setdefault((each.kind, each.id), []).append(each)
    configured = dict(_configured(settings))
    keys = [*configured, *(key for key in recorded if key not in configured)]
    if not keys:
        return ()
    reads = counted and last_scan(connection) is not None
    standing = tuple(_standing(connection)) if reads else None
    return tuple(
        _lived(key, configured.get(key), recorded.get(key, ()), standing, now) for key in keys
    )


def _configured(settings: Settings) -> Iterator[tuple[tuple[str, str], Mapping[str, Any]]]:
    for exemption in settings.exemptions:
        yield (EXEMPTION, exemption.id), exemption.model_dump(mode="json")
    for number, declaration in enumerate(settings.declarations):
        yield (DECLARATION, str(number)), declaration.model_dump(mode="json")


def _lived(
    key: tuple[str, str],
    configured: Mapping[str, Any] | None,
    recorded: Sequence[Kept],
    standing: Collection[_Resource] | None,
    now: datetime,
) -> Lived:
    kind, name = key
    body = configured if configured is not None else recorded[-1].body
    expires = expiry(body["expires"])
    stands = bool(recorded) and recorded[-1].stands
    named = None if standing is None else [each for each in standing if _names(body, each)]
    counted = (
        sum(_counts(kind, name, body, each) for each in named)
        if named is not None and stands
        else None
    )
    return Lived(
        kind=kind,
        id=name,
        life=_life(expires, now, configured=configured is not None, stands=stands),
        expires=expires,
        body=body,
        edited=configured is not None and stands and recorded[-1].body != configured,
        matches=None if named is None else len(named),
        covers=counted,
        versions=tuple(recorded),
    )


def _life(expires: datetime, now: datetime, *, configured: bool, stands: bool) -> Life:
    if now > expires:
        return Life.EXPIRED
    if not configured:
        return Life.WITHDRAWN
    if not stands:
        return Life.PLANNED
    return Life.EXPIRING if expires - now <= SOON else Life.LIVE


def _names(body: Mapping[str, Any], resource: _Resource) -> bool:
    return any(glob(pattern, resource.id) for pattern in body["resources"]) or any(
        glob(pattern, resource.type) for pattern in body.get("types", ())
    )


def _counts(kind: str, name: str, body: Mapping[str, Any], resource: _Resource) -> bool:
    """Whether the last scan used it for a resource."""
    if kind == EXEMPTION:
        return name in resource.exemptions
    return body["source"] in resource.declared


def _standing(connection: Connection) -> Iterator[_Resource]:
    """Read what stands, with what counts for it."""
    declared: dict[int, set[str]] = {}
    places = (
        select(PLACEMENT.c.resource, FACT.c.path)
        .join(FACT, FACT.c.pk == PLACEMENT.c.fact)
        .where(PLACEMENT.c.to_scan.is_(None) & (FACT.c.basis == Basis.DECLARED))
    )
    for resource, source in connection.execute(places):
        declared.setdefault(resource, set()).add(source)
    query = (
        select(RESOURCE.c.pk, RESOURCE.c.id, RESOURCE.c.type, STATE.c.exemptions)
        .join(STANDING, STANDING.c.resource == RESOURCE.c.pk)
        .join(STATE, STATE.c.pk == STANDING.c.state)
        .where(STANDING.c.to_scan.is_(None))
    )
    known: dict[str, frozenset[str]] = {}
    nothing: frozenset[str] = frozenset()
    for pk, name, kind, exemptions in connection.execute(query):
        if exemptions not in known:
            known[exemptions] = _texts(json.loads(exemptions))
        yield _Resource(
            id=name,
            type=kind,
            exemptions=known[exemptions],
            declared=_texts(declared[pk]) if pk in declared else nothing,
        )


def _texts(values: Iterable[str]) -> frozenset[str]:
    return frozenset(values)
