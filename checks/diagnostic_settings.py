"""Diagnostic settings: the logs and metrics of any resource that are sent on.

A setting belongs to one resource and is listed there alone, not in Resource Graph; it sends to a
workspace, a storage account, event hubs or a partner, which may be in another region or
subscription (https://learn.microsoft.com/azure/azure-monitor/platform/diagnostic-settings). Of a
storage account each of its four services has settings of its own
(https://learn.microsoft.com/azure/storage/blobs/monitor-blob-storage).
"""

from collections.abc import Iterator, Mapping
from functools import partial

from checks.api_versions import version_of
from residency.check import (
    EVERY_TYPE,
    Check,
    Reader,
    absent,
    at_resource,
    facet,
    items,
    text,
    unknown,
    value,
)
from residency.errors import AzureError
from residency.model import Holds, Placement, Reading, Resource, Role

PERMISSION = "Microsoft.Insights/diagnosticSettings/read"
PAGE = "https://learn.microsoft.com/azure/azure-monitor/platform/diagnostic-settings"
NOT_SUPPORTED = "ResourceTypeNotSupported"
"""Azure's code for a type whose resources can have no setting."""

SERVICES = tuple(f"/{kind}Services/default" for kind in ("blob", "file", "queue", "table"))
PARTS: Mapping[str, tuple[str, ...]] = {"microsoft.storage/storageaccounts": ("", *SERVICES)}
"""What has settings of its own, by type; any other type has only the resource itself."""

RESOURCES = ("workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "serviceBusRuleId")
GONE = ("/deleted", "/locations/")
"""What was deleted sends nothing; it stands in lists of the subscription, most by location."""

PARTNER = "properties.marketplacePartnerId"
"""A partner's data is at the partner; the location of its resource in Azure is not where."""


def settings_path(part_id: str) -> str:
    """Give the path of the list of settings of one resource, or of one service of it."""
    return f"{part_id}/providers/Microsoft.Insights/diagnosticSettings"


VERSION = version_of(settings_path(""))


def exports(resource: Resource, reader: Reader) -> Iterator[Placement]:
    """State where the diagnostic settings of one resource send its logs and metrics.

    Asks Azure once, five times of a storage account; what can have none by type and kind, once.
    """
    if any(mark in resource.type for mark in GONE):
        return
    kind = f"{resource.type} {value(resource.reading.body, 'kind')}"
    for part in PARTS.get(resource.type, ("",)):
        path = settings_path(f"{resource.id}{part}")
        places = partial(_sent, f"{kind}{part}", path, reader)
        yield from facet(Role.EXPORT, path, places, read_at=resource.reading.read_at)


def _sent(kind: str, path: str, reader: Reader) -> Iterator[Placement]:
    can_have = partial(_can_have_settings, path, reader)
    if not reader.once(f"{kind} can have diagnostic settings", can_have):
        return
    for setting in _settings(path, reader):
        if _is_on(setting):
            yield from _destinations(setting, reader)


def _settings(path: str, reader: Reader) -> tuple[Reading, ...]:
    return tuple(reader.list(path, api_version=VERSION))


def _can_have_settings(path: str, reader: Reader) -> bool:
    """Ask the first of a type and kind; what else goes wrong there says nothing of the others."""
    try:
        _settings(path, reader)
    except AzureError as error:
        return error.code != NOT_SUPPORTED
    return True


def _is_on(setting: Reading) -> bool:
    paths = (*items(setting.body, "properties.logs"), *items(setting.body, "properties.metrics"))
    return not paths or any(value(setting.body, f"{path}.enabled") is not False for path in paths)


def _destinations(setting: Reading, reader: Reader) -> Iterator[Placement]:
    paths = [f"properties.{name}" for name in RESOURCES]
    named = [path for path in paths if text(setting.body, path)]
    for path in named:
        yield at_resource(setting, path, reader)
    partner = text(setting.body, PARTNER)
    if partner:
        yield unknown(setting, Role.EXPORT, PARTNER, target=partner.lower())
    elif not named:
        yield absent(setting, Role.EXPORT, "properties", "every setting names a destination")


CHECKS = (
    Check(
        id="diagnostic-settings",
        title="Diagnostic settings of any resource that may hold data",
        resource_types=EVERY_TYPE,
        holds=Holds.NONE,
        can_fail_over=False,
        permissions=(PERMISSION,),
        docs=(PAGE,),
        locate=exports,
        reads=True,
        uses_properties=False,
    ),
)
