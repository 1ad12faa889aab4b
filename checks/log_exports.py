"""What leaves a Log Analytics workspace: exported tables, linked accounts, a linked cluster.

- Export rules copy what comes in to a storage account or to event hubs
  (https://learn.microsoft.com/azure/azure-monitor/logs/logs-data-export). One that is off copies
  none.
- Linked accounts keep custom logs, saved queries and alerts
  (https://learn.microsoft.com/azure/azure-monitor/logs/private-storage).
- A linked cluster keeps the tables themselves
  (https://learn.microsoft.com/azure/azure-monitor/logs/logs-dedicated-clusters). A linked
  Automation account gets none of them.
"""

from collections.abc import Callable, Iterator
from functools import partial

from checks.api_versions import version_of
from residency.check import Reader, at_resource, facet, items, text, value
from residency.model import Placement, Reading, Resource, Role

PAGES = (
    "https://learn.microsoft.com/azure/azure-monitor/logs/logs-data-export",
    "https://learn.microsoft.com/azure/azure-monitor/logs/logs-dedicated-clusters",
    "https://learn.microsoft.com/azure/azure-monitor/logs/private-storage",
)
CLUSTER = "properties.writeAccessResourceId"
ACCOUNTS = "properties.storageAccountIds"


def exports(workspace: Resource, reader: Reader) -> Iterator[Placement]:
    """State where everything goes that is copied or kept outside a workspace."""
    for name, paths in _LISTS.items():
        path = f"{workspace.id}/{name}"
        places = partial(_listed, path, paths, reader)
        yield from facet(Role.EXPORT, path, places, read_at=workspace.reading.read_at)


def _listed(
    path: str, paths: Callable[[Reading], Iterator[str]], reader: Reader
) -> Iterator[Placement]:
    for item in reader.list(path, api_version=version_of(path)):
        for field in paths(item):
            yield at_resource(item, field, reader)


def _exported(rule: Reading) -> Iterator[str]:
    if value(rule.body, "properties.enable") is not False:
        yield "properties.destination.resourceId"


def _linked_accounts(link: Reading) -> Iterator[str]:
    yield from items(link.body, ACCOUNTS)


def _linked_cluster(link: Reading) -> Iterator[str]:
    if text(link.body, CLUSTER):
        yield CLUSTER


_LISTS: dict[str, Callable[[Reading], Iterator[str]]] = {
    "dataExports": _exported,
    "linkedStorageAccounts": _linked_accounts,
    "linkedServices": _linked_cluster,
}
