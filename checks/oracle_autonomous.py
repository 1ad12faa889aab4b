"""Autonomous databases of Oracle in Azure: which of two peers is written, and their backups.

A database can have a peer in another region. Each of the two is a resource, and tells its own role
and the other's id (https://learn.microsoft.com/azure/templates/oracle.database/autonomousdatabases);
a switch swaps the roles. Backups are kept at Oracle or in Azure, and no field says where.
"""

from collections.abc import Iterator
from dataclasses import replace

from checks.api_versions import API_VERSIONS
from residency.check import (
    Check,
    Reader,
    absent,
    at_location,
    at_resource,
    documented,
    evidence,
    flag,
    items,
    moment,
    text,
    unknown,
    unreadable,
    value,
)
from residency.errors import AzureError
from residency.model import UNKNOWN_REGION, Failover, Holds, Placement, Reading, Resource, Role

TYPE = "oracle.database/autonomousdatabases"
PAGE = f"https://learn.microsoft.com/azure/templates/{TYPE}"
ROLE, PEERS, SOURCE = "properties.role", "properties.peerDbIds", "properties.sourceId"
CHANGED = "properties.timeDisasterRecoveryRoleChanged"
GUARDED = "properties.isRemoteDataGuardEnabled"
RECOVERY = "properties.remoteDisasterRecoveryConfiguration"
KIND, PEER_KIND = "properties.dataBaseType", "crossregiondisasterrecovery"
WRITTEN = "primary"
FOLLOWS = frozenset({"standby", "disabledstandby", "backupcopy", "snapshotstandby"})


def locate(database: Resource, reader: Reader) -> Iterator[Placement]:
    """State where an autonomous database is written, where its peer is, and its backups."""
    try:
        told = reader.get(database.id, api_version=API_VERSIONS[TYPE])
    except AzureError as error:
        yield at_location(database, Role.REPLICA)
        at = database.reading.read_at
        yield unreadable(Role.PRIMARY, error, path=database.id, read_at=at, decides_primary=True)
    else:
        yield from _copies(database, told, _peers(told, reader))
    fact = "backups are kept at Oracle or in Azure, and no field names a region"
    yield documented(database.reading, Role.BACKUP, UNKNOWN_REGION, page=PAGE, fact=fact)


def _peers(told: Reading, reader: Reader) -> list[Placement]:
    """Give the databases in other regions; one that is not named is somewhere."""
    named: tuple[str, ...] = items(told.body, PEERS)
    is_peer = (text(told.body, KIND) or "").lower() == PEER_KIND
    if not named and is_peer:
        named = (SOURCE,)
    peers = [at_resource(told, path, reader, role=Role.REPLICA) for path in named]
    has_peer = flag(told.body, GUARDED) or bool(value(told.body, RECOVERY))
    if has_peer and not peers:
        peers.append(absent(told, Role.REPLICA, PEERS, "it names the standby in another region"))
    return [replace(peer, target=None) for peer in peers]


def _copies(database: Resource, told: Reading, peers: list[Placement]) -> Iterator[Placement]:
    own = at_location(database)
    role = (text(told.body, ROLE) or "").lower()
    if role == WRITTEN or not (peers or role):
        failover = _failover(own, peers, told)
        yield replace(own, writer=role == WRITTEN, failover=failover)
        yield from peers
    elif role in FOLLOWS and len(peers) == 1:
        (peer,) = peers
        failover = _failover(peer, [own], told)
        yield replace(own, role=Role.REPLICA)
        yield replace(
            peer,
            role=Role.PRIMARY,
            writer=True,
            failover=failover,
            decides_primary=peer.unresolved is not None,
        )
    else:
        yield replace(own, role=Role.REPLICA)
        yield unknown(told, Role.PRIMARY, ROLE, decides_primary=True)
        yield from peers


def _failover(written: Placement, others: list[Placement], told: Reading) -> Failover | None:
    """Name the one other region that swaps roles with this one: where the primary may have been."""
    known = {place.region for place in (written, *others)}
    if len(others) != 1 or len(known) == 1 or UNKNOWN_REGION in known:
        return None
    role = evidence(told, ROLE, text(told.body, ROLE))
    return Failover(path=(others[0].region,), since=moment(told.body, CHANGED), evidence=role)


CHECKS = (
    Check(
        id="oracle-autonomous",
        title="Autonomous database of Oracle, its peer and its backups",
        resource_types=(TYPE,),
        holds=Holds.STORES,
        can_fail_over=True,
        permissions=("Oracle.Database/autonomousDatabases/read",),
        docs=(PAGE,),
        locate=locate,
        reads=True,
    ),
)
