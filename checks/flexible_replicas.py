"""Where the replicas of a flexible server of PostgreSQL or MySQL are.

The inventory shows those in subscriptions that are read, and the server's own list shows all
(https://learn.microsoft.com/rest/api/postgresql/replicas/list-by-server,
https://learn.microsoft.com/rest/api/mysql/flexibleserver/replicas/list-by-server).
"""

from collections.abc import Iterator
from functools import partial

from checks.flexible_roles import SOURCE, Engine, Standing, standing
from residency.check import Reader, cited, facet, observed, text
from residency.model import Placement, Resource, Role


def known(engine: Engine, server: Resource, reader: Reader) -> Iterator[Placement]:
    """State the replicas that name this server as their source, without a call."""
    for follower in _followers(engine, server, reader):
        yield observed(cited(follower), Role.REPLICA, "location")


def listed(engine: Engine, server: Resource, reader: Reader) -> Iterator[Placement]:
    """State the further replicas of the server's own list.

    One that the inventory has is also where the inventory says, even if it names no source there.
    """
    path = f"{server.id}/replicas"
    places = partial(_further, engine, server, reader, path)
    return facet(Role.REPLICA, path, places, read_at=server.reading.read_at)


def _further(engine: Engine, server: Resource, reader: Reader, path: str) -> Iterator[Placement]:
    stated = {follower.id for follower in _followers(engine, server, reader)}
    for replica in reader.list(path, api_version=engine.api_version):
        replica_id = (text(replica.body, "id") or "").lower()
        if replica_id in stated:
            continue
        yield observed(replica, Role.REPLICA, "location")
        if (found := reader.find(replica_id)) is not None:
            yield observed(cited(found), Role.REPLICA, "location")


def _followers(engine: Engine, server: Resource, reader: Reader) -> Iterator[Resource]:
    """The servers of the inventory that name this one as their source and may follow it."""
    for other in reader.of_type(engine.resource_type):
        named = (text(other.reading.body, SOURCE) or "").lower() == server.id
        if named and standing(engine, other) in {Standing.REPLICA, Standing.UNCLEAR}:
            yield other
