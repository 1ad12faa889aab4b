"""Where the replicas of a server are that are servers themselves.

The inventory shows those in subscriptions that are read, and the server's own list shows all; which
of them still follow it, their provider tells
(https://learn.microsoft.com/rest/api/postgresql/replicas/list-by-server,
https://learn.microsoft.com/rest/api/mysql/flexibleserver/replicas/list-by-server).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from checks.api_versions import version_of
from checks.current import current
from checks.flexible_roles import Engine, Standing, standing
from residency.check import Reader, cited, facet, observed, text, unreadable
from residency.errors import CheckError
from residency.model import Placement, Resource, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sources:
    """Which servers of an engine name which other as their source.

    Attributes:
        unclear: The first server that does not tell it: it may follow any other.
    """

    followers: Mapping[str, Sequence[Resource]]
    unclear: Placement | None


def known(engine: Engine, server: Resource, reader: Reader) -> Iterator[Placement]:
    """State the replicas that name this server as their source, or may do so, without a call."""
    for follower in _followers(engine, server, reader):
        yield observed(cited(follower), Role.REPLICA, "location")
    yield from unclear(engine, reader)


def unclear(engine: Engine, reader: Reader) -> Iterator[Placement]:
    """State that a server does not tell what its source is, so that it may follow any other."""
    found = _sources(engine, reader).unclear
    if found is not None:
        yield found


def listed(engine: Engine, server: Resource, reader: Reader) -> Iterator[Placement]:
    """State the further replicas of the server's own list.

    One that the inventory has is also where the inventory says, even if it names no source there.
    """
    path = f"{server.id}/replicas"
    places = partial(_further, engine, server, reader, path)
    return facet(Role.REPLICA, path, places, read_at=server.reading.read_at)


def _further(engine: Engine, server: Resource, reader: Reader, path: str) -> Iterator[Placement]:
    stated = {follower.id for follower in _followers(engine, server, reader)}
    for replica in reader.list(path, api_version=version_of(path)):
        replica_id = (text(replica.body, "id") or "").lower()
        if replica_id in stated:
            continue
        found = reader.find(replica_id)
        if text(replica.body, "location") or found is None:
            yield observed(replica, Role.REPLICA, "location")
        if found is not None:
            yield observed(cited(found), Role.REPLICA, "location")


def _followers(engine: Engine, server: Resource, reader: Reader) -> Iterator[Resource]:
    """The servers of the inventory that name this one as their source and may follow it still."""
    for other in _sources(engine, reader).followers.get(server.id, ()):
        told, _ = current(other, reader)
        source = (text(told.reading.body, engine.source) or "").lower()
        follows = standing(engine, told) in {Standing.REPLICA, Standing.UNCLEAR}
        if follows and source in {"", server.id}:
            yield told


def _sources(engine: Engine, reader: Reader) -> _Sources:
    key = f"sources of {engine.resource_type}"
    return reader.once(key, partial(_by_source, engine, reader))


def _by_source(engine: Engine, reader: Reader) -> _Sources:
    followers: dict[str, list[Resource]] = {}
    unclear: Placement | None = None
    for server in reader.of_type(engine.resource_type):
        try:
            source = (text(server.reading.body, engine.source) or "").lower()
        except CheckError as error:
            unclear = unclear or _may_follow_any(server, error)
        else:
            followers.setdefault(source, []).append(server)
    return _Sources(followers=followers, unclear=unclear)


def _may_follow_any(server: Resource, error: CheckError) -> Placement:
    read_at = server.reading.read_at
    return unreadable(Role.REPLICA, error, path=server.id, read_at=read_at, decides_primary=True)
