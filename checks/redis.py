"""Azure Cache for Redis: linked caches, and where a cache persists its data.

A Premium cache can be linked to one other, which follows it
(https://learn.microsoft.com/azure/azure-cache-for-redis/cache-how-to-geo-replication). A link tells
the role of the other cache, so that a secondary there is written here. Unlinking ends a link and
leaves both caches with the data, each written by itself: nothing then names the other.
"""

from collections.abc import Iterator, Sequence
from functools import partial

from checks.api_versions import API_VERSIONS
from checks.sql_sides import Partner, Side
from checks.sql_topology import copies
from checks.storage_names import at_account
from residency.check import (
    Check,
    Reader,
    absent,
    at_location,
    facet,
    text,
    unknown,
    unreadable,
    value,
    with_fields,
)
from residency.errors import AzureError
from residency.model import Holds, Placement, Reading, Resource, Role

DOCS = "https://learn.microsoft.com/azure/azure-cache-for-redis/"
LINKS = f"{DOCS}cache-how-to-geo-replication"
PERSISTENCE = f"{DOCS}cache-how-to-premium-persistence"

TYPE = "microsoft.cache/redis"
CONFIGURATION = "properties.redisConfiguration"
ROLE = "properties.serverRole"
PARTNER = Partner(location="properties.linkedRedisCacheLocation", role=ROLE)
OWN_ROLES = {"primary": "secondary", "secondary": "primary"}
IN_MEMORY = frozenset({"basic", "standard"})
"""The tiers that neither link nor persist; any other may."""

ON, OFF = "true", "false"
STORES = {
    "rdb-backup-enabled": ("rdb-storage-connection-string",),
    "aof-backup-enabled": ("aof-storage-connection-string-0", "aof-storage-connection-string-1"),
}


def locate(cache: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a cache is written, where its linked cache is, and where its data is kept."""
    tier = (text(cache.reading.body, "properties.sku.name") or "").lower()
    if tier in IN_MEMORY:
        yield at_location(cache)
        return
    yield from _live(cache, reader)
    persisted = partial(_persisted, cache, reader)
    yield from facet(Role.BACKUP, cache.id, persisted, read_at=cache.reading.read_at)


def _live(cache: Resource, reader: Reader) -> Iterator[Placement]:
    path = f"{cache.id}/linkedServers"
    links: Sequence[Reading] = ()
    try:
        links = reader.list(path, api_version=API_VERSIONS[f"{TYPE}/linkedservers"])
    except AzureError as error:
        read_at = cache.reading.read_at
        yield unreadable(Role.REPLICA, error, path=path, read_at=read_at, decides_primary=True)
    yield from copies(cache, [_side(link) for link in links])


def _side(link: Reading) -> Side:
    role = OWN_ROLES.get((text(link.body, ROLE) or "").lower(), "")
    return Side(reading=link, path=ROLE, role=role, partners=(PARTNER,))


def _persisted(cache: Resource, reader: Reader) -> Iterator[Placement]:
    """State the accounts that snapshots or logs are written to, by what the settings name."""
    reading = with_fields(cache, reader, CONFIGURATION, api_version=API_VERSIONS[TYPE])
    if value(reading.body, CONFIGURATION) is None:
        yield absent(reading, Role.BACKUP, CONFIGURATION, "it tells whether data is persisted")
    for switch, accounts in STORES.items():
        switched = f"{CONFIGURATION}.{switch}"
        is_on = (text(reading.body, switched) or OFF).lower()
        if is_on not in {ON, OFF}:
            yield unknown(reading, Role.BACKUP, switched)
        elif is_on == ON:
            first, *further = (f"{CONFIGURATION}.{account}" for account in accounts)
            named = [path for path in further if text(reading.body, path)]
            for path in (first, *named):
                yield at_account(reading, path, reader, role=Role.BACKUP)


CHECKS = (
    Check(
        id="redis",
        title="Azure Cache for Redis: linked caches and persistence",
        resource_types=(TYPE,),
        holds=Holds.STORES,
        can_fail_over=True,
        permissions=("Microsoft.Cache/redis/read", "Microsoft.Cache/redis/linkedServers/read"),
        docs=(LINKS, PERSISTENCE),
        locate=locate,
        reads=True,
    ),
)
