"""App Service: web apps, function apps, Logic Apps Standard, and their slots.

An app in an Arc-enabled cluster is at the custom location
(https://learn.microsoft.com/azure/app-service/overview-arc-integration). Automatic backups are in
the data centre of the app itself, and custom ones in a storage account anywhere
(https://learn.microsoft.com/azure/app-service/manage-backup). The address of that account comes
with a key, which is not repeated in any evidence.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from checks.api_versions import version_of
from checks.named_places import each_once
from checks.storage_names import at_account
from residency.check import Check, Reader, absent, at_location, facet, text
from residency.model import Holds, Placement, Reading, Resource, Role

BACKUPS = "https://learn.microsoft.com/azure/app-service/manage-backup"
ARC = "https://learn.microsoft.com/azure/app-service/overview-arc-integration"
ACCOUNT = "properties.storageAccountUrl"

WITHOUT_BACKUPS = frozenset({"free", "shared", "dynamic", "flexconsumption"})
"""Plans in which nothing can be backed up, as `properties.sku` names them."""

_SECRETS = ("accountkey=", "sharedaccesssignature=")


def locate(app: Resource, reader: Reader) -> Iterator[Placement]:
    """State where an app runs and keeps its content, and where its custom backups are."""
    yield at_location(app)
    plan = text(app.reading.body, "properties.sku") or ""
    if plan.lower() not in WITHOUT_BACKUPS:
        path = f"{app.id}/backups"
        places = partial(_backups, path, reader)
        yield from facet(Role.BACKUP, path, places, read_at=app.reading.read_at)


def _backups(path: str, reader: Reader) -> Iterator[Placement]:
    listed = reader.list(path, api_version=version_of(path))
    yield from each_once(_backup(each, reader) for each in listed)


def _backup(backup: Reading, reader: Reader) -> Placement:
    address = text(backup.body, ACCOUNT)
    if not address:
        return absent(backup, Role.BACKUP, ACCOUNT, "it names the account of the backup")
    body = {"properties": {"storageAccountUrl": _without_secrets(address)}}
    return at_account(replace(backup, body=body), ACCOUNT, reader, role=Role.BACKUP)


def _without_secrets(address: str) -> str:
    parts = address.partition("?")[0].split(";")
    return ";".join(part for part in parts if not part.strip().lower().startswith(_SECRETS))


CHECKS = (
    Check(
        id="app-service",
        title="Web apps, function apps and their slots, with custom backups",
        resource_types=("microsoft.web/sites", "microsoft.web/sites/slots"),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(
            "Microsoft.Web/sites/read",
            "Microsoft.Web/sites/backups/read",
            "Microsoft.Web/sites/slots/backups/read",
        ),
        docs=(BACKUPS, ARC),
        locate=locate,
        reads=True,
    ),
)
