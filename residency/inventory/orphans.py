"""Backups of what is gone, apart from those of what is still there, whose own check places them."""

from collections.abc import Iterable, Iterator, Mapping

from residency.check import value
from residency.inventory.deleted_lists import (
    LONG_TERM_OF_INSTANCE,
    LONG_TERM_OF_SERVER,
    RESTORABLE_ACCOUNT,
)
from residency.model import Resource

_ACCOUNTS = "microsoft.documentdb/databaseaccounts"
_DATABASES = {
    "microsoft.sql/servers/databases": LONG_TERM_OF_SERVER,
    "microsoft.sql/managedinstances/databases": LONG_TERM_OF_INSTANCE,
}
_BACKUPS = frozenset({RESTORABLE_ACCOUNT, *_DATABASES.values()})

Key = tuple[str, str, str]


def without_live(things: Iterable[Resource], live: Mapping[str, Resource]) -> Iterator[Resource]:
    """Leave out the backups of what is there and was not deleted since.

    A database that was made anew under an old name is not the one that its old backups are of.
    """
    everything = tuple(things)
    has_backups = any(each.type in _BACKUPS for each in everything)
    known = set(_known(live.values())) if has_backups else set()
    for each in everything:
        if each.type not in _BACKUPS or _is_gone(each) or _key(each) not in known:
            yield each


def _known(live: Iterable[Resource]) -> Iterator[Key]:
    """Give what may have backups."""
    for each in live:
        if each.type == _ACCOUNTS:
            yield RESTORABLE_ACCOUNT, each.subscription_id, each.name.lower()
        elif each.type in _DATABASES:
            server, _, name = each.id.rpartition("/databases/")
            yield _DATABASES[each.type], server.rpartition("/")[2], name


def _key(backup: Resource) -> Key:
    if backup.type == RESTORABLE_ACCOUNT:
        return backup.type, backup.subscription_id, _text(backup, "accountName")
    server = _text(backup, "serverName") or _text(backup, "managedInstanceName")
    return backup.type, server, _text(backup, "databaseName")


def _is_gone(backup: Resource) -> bool:
    return any(_text(backup, name) for name in ("deletionTime", "databaseDeletionTime"))


def _text(backup: Resource, name: str) -> str:
    return str(value(backup.reading.body, f"properties.{name}") or "").lower()
