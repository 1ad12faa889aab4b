"""Where a server is written, replicated and backed up whose replicas are servers themselves.

That is so for flexible and single servers, and for the clusters of Azure DocumentDB. Roles flip on
a failover, so that each is read from its provider.

High availability, PostgreSQL's `restart` with failover and MySQL's `failover` action move a server
between zones of one region, so they are no facts about a place.
https://learn.microsoft.com/azure/postgresql/high-availability/concepts-high-availability
https://learn.microsoft.com/azure/mysql/flexible-server/concepts-high-availability
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import assert_never

from checks.current import current
from checks.flexible_replicas import known, listed, unclear
from checks.flexible_roles import Engine, Standing, standing
from checks.geo_backup import in_region, region_and_pair
from residency.check import (
    Reader,
    absent,
    at_location,
    cited,
    evidence,
    text,
    unknown,
)
from residency.model import (
    UNKNOWN_REGION,
    Failover,
    Placement,
    Reading,
    Reason,
    Resource,
    Role,
)


def places(engine: Engine, server: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a server is written, where its replicas are and where its backups are."""
    told, unread = current(server, reader)
    yield from _live(engine, told, reader)
    yield from unread
    yield from _backups(engine, told.reading)


def _live(engine: Engine, server: Resource, reader: Reader) -> Iterator[Placement]:
    match standing(engine, server):
        case Standing.ALONE:
            yield at_location(server)
            yield from known(engine, server, reader)
        case Standing.WRITTEN:
            replicas = (*known(engine, server, reader), *listed(engine, server, reader))
            yield _primary(engine, server, server.reading, replicas)
            yield from replicas
        case Standing.REPLICA:
            yield at_location(server, Role.REPLICA)
            yield _source(engine, server, reader, frozenset({server.id}))
            yield from unclear(engine, reader)
        case Standing.UNCLEAR:
            yield at_location(server, Role.REPLICA)
            yield unknown(server.reading, Role.PRIMARY, engine.role, decides_primary=True)
        case other:
            assert_never(other)


def _primary(
    engine: Engine, server: Resource, reading: Reading, replicas: Sequence[Placement]
) -> Placement:
    """The server that is written, and where the role of its replicas says it was written before.

    A switchover makes the former primary a replica, so if all replicas elsewhere are in one region,
    that is where the primary came from, as with the partner of a failover group.
    """
    place = replace(at_location(server), evidence=evidence(reading, "location", server.location))
    role = text(reading.body, engine.role)
    if role != engine.written_role:
        return place
    elsewhere = {replica.region for replica in replicas} - {place.region}
    failover = None
    if len(elsewhere) == 1 and UNKNOWN_REGION not in {place.region, *elsewhere}:
        proof = evidence(reading, engine.role, role)
        failover = Failover(path=tuple(elsewhere), since=None, evidence=proof)
    return replace(place, writer=True, failover=failover)


def _source(engine: Engine, replica: Resource, reader: Reader, seen: frozenset[str]) -> Placement:
    """Where a replica's data is written: at its source, or at the source's own source."""
    named = text(replica.reading.body, engine.source)
    seen_source = reader.find(named.lower()) if named else None
    if seen_source is None:
        why = Reason.FACET_UNREADABLE if named else Reason.REGION_UNKNOWN
        return unknown(replica.reading, Role.PRIMARY, engine.source, why=why)
    found, unread = current(seen_source, reader)
    if unread:
        return unread[0]
    match standing(engine, found):
        case Standing.ALONE | Standing.WRITTEN:
            return _primary(engine, found, cited(found), tuple(known(engine, found, reader)))
        case Standing.REPLICA if found.id not in seen:
            return _source(engine, found, reader, seen | {found.id})
        case _:
            return unknown(cited(found), Role.PRIMARY, engine.role)


def _backups(engine: Engine, reading: Reading) -> Iterator[Placement]:
    if engine.geo_backup is None:
        why = "no field and no page tells in which region backups are kept"
        yield absent(reading, Role.BACKUP, "properties.backup", why)
        return
    match text(reading.body, engine.geo_backup):
        case "Enabled":
            path = engine.geo_backup
            yield from region_and_pair(reading, "location", path, page=engine.backup_page)
        case "Disabled":
            yield in_region(reading, "location", engine.geo_backup)
        case _:
            yield unknown(reading, Role.BACKUP, engine.geo_backup)
