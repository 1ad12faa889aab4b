"""Long-term backups of Azure SQL: each has the redundancy that it was made with.

https://learn.microsoft.com/azure/azure-sql/database/long-term-retention-overview. Those of a region
are one list, whatever their server or instance
(https://learn.microsoft.com/rest/api/sql/long-term-retention-backups/list-by-location). Of a
database that is gone they are resources by themselves (checks/deleted_backups.py).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from checks.api_versions import version_of
from checks.indexed import indexed
from residency import regions
from residency.check import Reader, evidence, facet, observed, pair_copy, text, unknown
from residency.errors import CheckError
from residency.model import Placement, Reading, Resource, Role

LONG_TERM = "https://learn.microsoft.com/azure/azure-sql/database/long-term-retention-overview"
REDUNDANCY = "properties.backupStorageRedundancy"
IN_REGION, IN_PAIR_TOO = frozenset({"local", "zone"}), frozenset({"geo", "geozone"})

SERVER_LIST = ("longTermRetentionBackups", "properties.serverName")
INSTANCE_LIST = ("longTermRetentionManagedInstanceBackups", "properties.managedInstanceName")


def long_term(
    store: Resource, owner: str, kind: tuple[str, str], reader: Reader
) -> Iterator[Placement]:
    """State the long-term backups of a database, or of all databases of an instance.

    `owner` names it, lower-cased: the server or instance, and after a slash the database.
    """
    region = regions.find(store.location)
    where = region.name if region else store.location
    scope = f"/subscriptions/{store.subscription_id}/providers/Microsoft.Sql/locations/{where}"
    path = f"{scope}/{kind[0]}"
    places = partial(_long_term, store, owner, path, kind[1], reader)
    return facet(Role.BACKUP, path, places, read_at=store.reading.read_at)


def _long_term(
    store: Resource, owner: str, path: str, server: str, reader: Reader
) -> Iterator[Placement]:
    listed = reader.list(path, api_version=version_of(path))
    names = partial(_owners, server)
    distinct: dict[str, Reading] = {}
    for backup in indexed(reader, path, listed, names).of(owner):
        distinct.setdefault((text(backup.body, REDUNDANCY) or "").lower(), backup)
    for redundancy, backup in distinct.items():
        yield from _kept(store.reading, redundancy, backup)


def _owners(server: str, backup: Reading) -> Sequence[str]:
    named = (text(backup.body, server), text(backup.body, "properties.databaseName"))
    owner, database = ((found or "").lower() for found in named)
    if not owner or not database:
        raise CheckError("a long-term backup does not say of which database it is")
    return owner, f"{owner}/{database}"


def _kept(store: Reading, redundancy: str, backup: Reading) -> Iterator[Placement]:
    if redundancy not in IN_REGION | IN_PAIR_TOO:
        yield unknown(backup, Role.BACKUP, REDUNDANCY)
        return
    proof = evidence(backup, REDUNDANCY, text(backup.body, REDUNDANCY))
    here = observed(store, Role.BACKUP, "location")
    yield here if here.unresolved else replace(here, evidence=proof)
    if redundancy in IN_PAIR_TOO:
        fact = f"{backup.path} {REDUNDANCY} is {redundancy}"
        copies = tuple(pair_copy(store, Role.BACKUP, "location", page=LONG_TERM, fact=fact))
        yield from copies or (unknown(backup, Role.BACKUP, REDUNDANCY),)
