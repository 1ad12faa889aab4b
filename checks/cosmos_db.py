"""Azure Cosmos DB accounts: write region, further regions and backups.

`location` is where the account's metadata was created, not where it is written; the write region
of failover priority 0 is (https://learn.microsoft.com/azure/templates/microsoft.documentdb/databaseaccounts).
No field keeps the former write region, so a failover shows only as a change of these lists, which
the provider tells before Resource Graph does.
Per-partition automatic failover can write single partitions in another region of the account
without any change here; that region is stated as a replica all the same
(https://learn.microsoft.com/azure/cosmos-db/how-to-configure-per-partition-automatic-failover).
A region that is being added or removed holds data, so its provisioning state does not count.
"""

from collections.abc import Iterator

from checks.cosmos_backups import (
    CONTINUOUS_PAGE,
    PERIODIC_PAGE,
    REDUNDANCY_PAGE,
    WRITES,
    backups,
)
from checks.cosmos_services import GATEWAYS, services
from checks.current import current
from residency.check import Check, Reader, absent, items, observed, value
from residency.model import UNKNOWN_REGION, Holds, Placement, Reading, Resource, Role

TEMPLATE = "https://learn.microsoft.com/azure/templates/microsoft.documentdb/databaseaccounts"
EVERY = "properties.locations"
LISTS = (WRITES, "properties.readLocations", EVERY, "properties.failoverPolicies")


def locate(account: Resource, reader: Reader) -> Iterator[Placement]:
    """State the write region, every further region, the backups and what handles data beside."""
    told, unread = current(account, reader)
    live = tuple(_live(told.reading))
    yield from (*live, *unread)
    yield from backups(told.reading, live)
    yield from services(account, reader)


def _live(reading: Reading) -> Iterator[Placement]:
    """The write region, and each other region that any of the lists names, once."""
    written = _write_region(reading)
    named: set[str] = set()
    if written is None:
        why = "no single write region with failover priority 0"
        yield absent(reading, Role.PRIMARY, WRITES, why, decides_primary=True)
    else:
        primary = observed(reading, Role.PRIMARY, f"{written}.locationName", writer=True)
        named.add(_name(primary))
        yield primary
    if not items(reading.body, EVERY):
        yield absent(reading, Role.REPLICA, EVERY, "it names every region of the account")
    for path in LISTS:
        for item in items(reading.body, path):
            replica = observed(reading, Role.REPLICA, f"{item}.locationName")
            if _name(replica) not in named:
                named.add(_name(replica))
                yield replica


def _name(place: Placement) -> str:
    """What tells two regions apart: the normal form, or the raw spelling of an unknown one."""
    return place.evidence.value if place.region == UNKNOWN_REGION else place.region


def _write_region(reading: Reading) -> str | None:
    """The only write region, or of several the one with failover priority 0."""
    listed = items(reading.body, WRITES)
    first = [item for item in listed if value(reading.body, f"{item}.failoverPriority") == 0]
    candidates = listed if len(listed) == 1 else first
    return candidates[0] if len(candidates) == 1 else None


CHECKS = (
    Check(
        id="cosmos-db",
        title="Cosmos DB account",
        resource_types=("microsoft.documentdb/databaseaccounts",),
        holds=Holds.STORES,
        can_fail_over=True,
        permissions=(
            "Microsoft.DocumentDB/databaseAccounts/read",
            "Microsoft.DocumentDB/databaseAccounts/services/read",
        ),
        docs=(
            TEMPLATE,
            PERIODIC_PAGE,
            REDUNDANCY_PAGE,
            CONTINUOUS_PAGE,
            GATEWAYS,
        ),
        locate=locate,
        reads=True,
    ),
)
