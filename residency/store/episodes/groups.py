"""Which resources are ends of one group, and which entries of the log concern a resource.

Both ends of a link, a failover group or a mirror are resources of their own and tell the same
failover. What they share stands in the evidence of their placements: the name of a failover group,
which is its address and so given out once
(https://learn.microsoft.com/azure/azure-sql/database/failover-group-sql-db), the id of a link, that
both servers list (https://learn.microsoft.com/rest/api/sql/replication-links/list-by-server), the
protected item of a vault, or the id of the other end.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from residency.model import Evidence, Operation, Placement, Role

_NAMED = re.compile(r"/(failovergroups|instancefailovergroups|replicationlinks)/([^/]+)")
_ITEM = re.compile(r".*/replicationprotecteditems/[^/]+")
_ORIGIN = re.compile(r"(.*/origingroups/[^/]+)/origins/[^/]+")
_CACHE = re.compile(r"/providers/microsoft\.cache/redis/([^/]+)$")
_LINKED_CACHE = re.compile(r"/redis/([^/]+)/linkedservers/([^/]+)")
_OTHER_REGION = re.compile(r"(/providers/[^/]+)/locations/[^/]+(/workspaces/)")
_LIVE = frozenset({Role.PRIMARY, Role.REPLICA})


def groups_of(resource_id: str, placements: Iterable[Placement]) -> frozenset[str]:
    """Name the groups that a resource is an end of; two resources that share one belong together.

    A database is told apart from the others of its failover group by its name, which both ends
    share. A resource that fails over by itself (a storage account, Cosmos DB) is in no group.
    """
    own = resource_id.lower()
    found: set[str] = set()
    for place in placements:
        if place.role in _LIVE and not place.metadata_only:
            for cited in _cited(place):
                found.update(_shared(own, cited))
    return frozenset(found)


def handles_of(resource_id: str, placements: Iterable[Placement]) -> frozenset[str]:
    """Name what an operation may be called on that concerns where this resource is written."""
    cited = (
        named
        for place in placements
        if place.role in _LIVE and place.unresolved is None and not place.metadata_only
        for named in _cited(place)
    )
    own = resource_id.lower()
    return frozenset({own, *(f"redis:{name}" for name in _CACHE.findall(own)), *operated_on(cited)})


def operated_on(cited: Iterable[str]) -> frozenset[str]:
    """Name what an operation may be called on, by the lower-cased ids that evidence cites."""
    return frozenset(
        normal(named)
        for named in cited
        if "/replicationfabrics/" not in named or _ITEM.match(named)
    )


def normal(operated_id: str) -> str:
    """Give what was operated on as its other end would name it."""
    lowered = operated_id.lower().rstrip("/")
    named = _NAMED.search(lowered)
    if named:
        return f"{named[1]}:{named[2]}"
    origin = _ORIGIN.match(lowered)  # one takes over because another of its group is changed
    if origin:
        return origin[1]
    item = _ITEM.match(lowered)
    return item[0] if item else _OTHER_REGION.sub(r"\1\2", lowered)


@dataclass(frozen=True, slots=True)
class Index:
    """Operations by what they were called on, and by everything above that."""

    by_handle: Mapping[str, Sequence[Operation]]

    def concerning(self, handles: Iterable[str]) -> tuple[Operation, ...]:
        """Give the operations that were called on one of the handles, or on a child of one."""
        found = (each for handle in handles for each in self.by_handle.get(handle, ()))
        return tuple(dict.fromkeys(found))


def indexed(operations: Iterable[Operation]) -> Index:
    """Index the operations of a log."""
    found: dict[str, list[Operation]] = {}
    for each in operations:
        named = normal(each.resource_id)
        for handle in (named, *_above(named), *_linked_caches(named)):
            found.setdefault(handle, []).append(each)
    return Index(found)


def roots_of(handles: Iterable[str]) -> frozenset[str]:
    """Name the resources at the top of the handles: the server of a database, the vault of an item.

    An operation on anything of theirs may have been the cause, so it forbids to infer another one.
    """
    return frozenset(root_of(each) for each in handles if each.startswith("/"))


def root_of(resource_id: str) -> str:
    """Give the resource at the top of an id: `…/servers/a` of `…/servers/a/databases/b`."""
    scope, found, rest = resource_id.lower().partition("/providers/")
    return f"{scope}{found}{'/'.join(rest.split('/')[:3])}"


def _above(resource_id: str) -> Iterator[str]:
    above = resource_id
    slashes = root_of(resource_id).count("/")
    while above.count("/") > slashes:
        above = above.rpartition("/")[0]
        yield above


def _linked_caches(operated_id: str) -> Iterator[str]:
    """Name both caches of a link, of which one becomes writable when the other's is deleted.

    The name of a cache is its address and so given out once
    (https://learn.microsoft.com/azure/azure-cache-for-redis/cache-how-to-geo-replication).
    """
    found = _LINKED_CACHE.search(operated_id)
    yield from (f"redis:{name}" for name in (found.groups() if found else ()))


def _cited(place: Placement) -> Iterator[str]:
    """Give the ids that the evidence of a placement names, lower-cased."""
    told: Sequence[Evidence] = (
        (place.evidence, place.failover.evidence) if place.failover else (place.evidence,)
    )
    yield from ids_in(each.path for each in told)
    if place.target and place.target.lower().startswith("/subscriptions/"):
        yield place.target.lower()


def ids_in(paths: Iterable[str]) -> Iterator[str]:
    """Give the lower-cased ids that paths of evidence begin with."""
    for path in paths:
        named = path.partition(" ")[0].lower()
        if named.startswith("/subscriptions/"):
            yield named


def _shared(own: str, cited: str) -> Iterator[str]:
    named, item, caches = _NAMED.search(cited), _ITEM.match(cited), _LINKED_CACHE.search(cited)
    if named:
        is_link = named[1] == "replicationlinks"
        yield f"{named[1]}:{named[2]}" if is_link else f"{named[1]}:{named[2]}:{_database(own)}"
    elif item:
        yield f"{item[0]}:{_type(own)}"
    elif caches:
        yield "redis:" + ":".join(sorted(caches.groups()))
    elif _type(cited) == _type(own) and cited != own:
        yield "ends:" + ":".join(sorted((own, cited)))


def _database(own: str) -> str:
    return own.rpartition("/databases/")[2] if "/databases/" in own else ""


def _type(resource_id: str) -> str:
    """Give the type that an id is of: `microsoft.sql/servers/databases`."""
    provider, *rest = resource_id.partition("/providers/")[2].split("/")
    return "/".join((provider, *rest[::2]))
