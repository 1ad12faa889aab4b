"""What an API Management service sends on: its loggers, and caches outside it.

A logger sends what is logged of calls to Application Insights or an event hub; one of the kind
azureMonitor follows the diagnostic settings, which are not part of it
(https://learn.microsoft.com/azure/api-management/api-management-howto-log-event-hubs). An external
cache keeps answers of APIs
(https://learn.microsoft.com/azure/api-management/api-management-howto-cache-external); its id is
given as a whole address.
"""

from collections.abc import Iterator
from dataclasses import replace

from checks.api_versions import version_of
from residency.check import Reader, at_resource, text
from residency.model import Placement, Reading

DOCS = "https://learn.microsoft.com/azure/api-management/"
LOGGERS_PAGE = f"{DOCS}api-management-howto-log-event-hubs"
CACHES_PAGE = f"{DOCS}api-management-howto-cache-external"
TARGET = "properties.resourceId"
BY_DIAGNOSTIC_SETTINGS = "azuremonitor"


def loggers(path: str, reader: Reader) -> Iterator[Placement]:
    """State where each logger sends what it logs; one without an id is unknown."""
    for logger in reader.list(path, api_version=version_of(path)):
        kind = text(logger.body, "properties.loggerType") or ""
        if kind.lower() != BY_DIAGNOSTIC_SETTINGS:
            yield at_resource(logger, TARGET, reader)


def caches(path: str, reader: Reader) -> Iterator[Placement]:
    """State where each external cache is; one that is named by a secret alone is unknown."""
    for cache in reader.list(path, api_version=version_of(path)):
        yield at_resource(_with_id(cache), TARGET, reader)


def _with_id(cache: Reading) -> Reading:
    raw = text(cache.body, TARGET)
    if raw is None:
        return cache
    _, slash, rest = raw.partition("/subscriptions/")
    return replace(cache, body={"properties": {"resourceId": f"{slash}{rest}"}})
