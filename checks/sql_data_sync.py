"""SQL Data Sync: rows of a hub database and its members that are copied from one to the other.

A sync group belongs to its hub. The hub sends its rows to a member, or the member to the hub, or
both; what it receives it sends on to the other members
(https://learn.microsoft.com/azure/azure-sql/database/sql-data-sync-data-sql-server-sql-database).
A metadata database is in the region of the hub, and all groups in one region and subscription share
it (https://learn.microsoft.com/azure/azure-sql/database/sql-data-sync-sql-server-configure): where
Azure lists none, no database there is asked for its groups. A member that was never synced counts
as well: its group is there to send.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from checks.api_versions import version_of
from checks.sql_sync_members import MEMBERS, database_of, place_of
from residency import regions
from residency.check import Reader, facet, resource_id, unknown, value, where_written
from residency.model import Placement, Reading, Resource, Role

PAGES = (
    (
        "https://learn.microsoft.com/azure/azure-sql/database/"
        "sql-data-sync-data-sql-server-sql-database"
    ),
    "https://learn.microsoft.com/azure/azure-sql/database/sql-data-sync-sql-server-configure",
    "https://learn.microsoft.com/rest/api/sql/sync-groups/list-sync-database-ids",
    MEMBERS,
)
PERMISSIONS = (
    "Microsoft.Sql/locations/syncDatabaseIds/read",
    "Microsoft.Sql/servers/databases/syncGroups/read",
    "Microsoft.Sql/servers/databases/syncGroups/syncMembers/read",
)
DIRECTION = "properties.syncDirection"
RECEIVES = frozenset({"bidirectional", "onewayhubtomember"})
SENDS = frozenset({"bidirectional", "onewaymembertohub"})


def synced(hub: Resource, reader: Reader) -> Iterator[Placement]:
    """State where the sync groups of a database copy its rows, and those of their members."""
    region = regions.find(hub.location)
    where = region.name if region else hub.location
    scope = f"/subscriptions/{hub.subscription_id}/providers/Microsoft.Sql/locations/{where}"
    path = f"{scope}/syncDatabaseIds"
    return facet(
        Role.EXPORT, path, partial(_synced, hub, path, reader), read_at=hub.reading.read_at
    )


def _synced(hub: Resource, path: str, reader: Reader) -> Iterator[Placement]:
    if not reader.list(path, api_version=version_of(path)):
        return
    groups = f"{hub.id}/syncGroups"
    of_hub = partial(_groups, hub, groups, reader)
    yield from facet(Role.EXPORT, groups, of_hub, read_at=hub.reading.read_at)


def _groups(hub: Resource, path: str, reader: Reader) -> Iterator[Placement]:
    for group in reader.list(path, api_version=version_of(path)):
        of_group = partial(_members, hub, group, reader)
        yield from facet(Role.EXPORT, group.path, of_group, read_at=group.read_at)


def _members(hub: Resource, group: Reading, reader: Reader) -> Iterator[Placement]:
    path = f"{resource_id(group.body, 'id')}/syncMembers"
    members = reader.list(path, api_version=version_of(path))
    for member in members:
        yield from _sent_to(member, reader)
    for member in members:
        others = [other for other in members if other is not member]
        sent = partial(_sent_by, member, hub, others, reader)
        yield from facet(Role.EXPORT, member.path, sent, read_at=member.read_at)


def _sent_to(member: Reading, reader: Reader, subject: str | None = None) -> Iterator[Placement]:
    """State that rows of the hub, or of another member, are at a member that the hub sends to.

    `subject` is the other member.
    """
    places = partial(_received, member, reader, subject)
    return facet(Role.EXPORT, member.path, places, read_at=member.read_at, subject=subject)


def _received(member: Reading, reader: Reader, subject: str | None) -> Iterator[Placement]:
    direction = _direction(member)
    if direction in RECEIVES:
        yield replace(place_of(member, reader), subject=subject)
    elif direction not in SENDS:
        yield unknown(member, Role.EXPORT, DIRECTION, subject=subject)


def _sent_by(
    member: Reading, hub: Resource, others: Sequence[Reading], reader: Reader
) -> Iterator[Placement]:
    """State that the rows of a member are at the hub, and where the hub sends them on to.

    Of a member that was not seen there is nothing that could be said to be elsewhere.
    """
    database = database_of(member, reader)
    direction = _direction(member)
    if database is None or direction in RECEIVES - SENDS:
        return
    if direction not in SENDS:
        yield unknown(member, Role.EXPORT, DIRECTION, subject=database.id)
        return
    yield replace(where_written(hub, Role.EXPORT), subject=database.id)
    for other in others:
        yield from _sent_to(other, reader, database.id)


def _direction(member: Reading) -> str:
    return str(value(member.body, DIRECTION)).lower()
