"""Backups of Azure SQL Database that outlive a setting or a database.

A database that can be recovered from a geo-backup has a copy in the pair
(https://learn.microsoft.com/azure/azure-sql/database/recovery-using-backups), and one that was
dropped keeps its backups on its server
(https://learn.microsoft.com/rest/api/sql/restorable-dropped-databases/list-by-server).
"""

from collections.abc import Iterator, Sequence
from functools import partial

from checks.api_versions import version_of
from checks.geo_backup import in_region, region_and_pair
from checks.indexed import indexed
from checks.sql_backups import PAGE
from checks.sql_long_term import IN_PAIR_TOO, IN_REGION, REDUNDANCY
from residency.check import Reader, absent, facet, pair_copy, text, unknown
from residency.errors import CheckError
from residency.model import Placement, Reading, Resource, Role

GEO_RESTORE = "https://learn.microsoft.com/azure/azure-sql/database/recovery-using-backups"


def geo_backups(database: Resource, reader: Reader) -> Iterator[Placement]:
    """State the copy in the pair from which Azure offers to recover a database."""
    path = f"{database.id.rsplit('/databases/', 1)[0]}/recoverableDatabases"
    places = partial(_geo_backups, database, path, reader)
    return facet(Role.BACKUP, path, places, read_at=database.reading.read_at)


def _geo_backups(database: Resource, path: str, reader: Reader) -> Iterator[Placement]:
    listed = reader.list(path, api_version=version_of(path))
    for backup in indexed(reader, path, listed, _name).of(database.id.rsplit("/", 1)[-1]):
        fact = f"{backup.path}: Azure offers to recover it from a geo-backup"
        pair = pair_copy(database.reading, Role.BACKUP, "location", page=GEO_RESTORE, fact=fact)
        yield from tuple(pair) or (unknown(backup, Role.BACKUP, "name"),)


def _name(backup: Reading) -> Sequence[str]:
    name = text(backup.body, "name")
    if not name:
        raise CheckError("a recoverable database has no name")
    return (name.lower(),)


def dropped(server: Resource, reader: Reader) -> Iterator[Placement]:
    """State the backups of the databases that were dropped from a server."""
    path = f"{server.id}/restorableDroppedDatabases"
    places = partial(_dropped, path, reader)
    return facet(Role.BACKUP, path, places, read_at=server.reading.read_at)


def _dropped(path: str, reader: Reader) -> Iterator[Placement]:
    for database in reader.list(path, api_version=version_of(path)):
        match (text(database.body, REDUNDANCY) or "").lower():
            case "":
                why = "geo-redundant is only the default"
                yield absent(database, Role.BACKUP, REDUNDANCY, why)
            case found if found in IN_REGION:
                yield in_region(database, "location", REDUNDANCY)
            case found if found in IN_PAIR_TOO:
                yield from region_and_pair(database, "location", REDUNDANCY, page=PAGE)
            case _:
                yield unknown(database, Role.BACKUP, REDUNDANCY)
