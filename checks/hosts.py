"""Applications by the names under which they can be reached.

Only names that are fields of a resource are known: those of web apps and slots, static web apps,
container apps and API Management, and the hosts of storage accounts, which begin with the name of
the account (https://learn.microsoft.com/azure/storage/common/storage-account-overview). A domain
that leads to them through DNS alone is not.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from checks.by_name import STORAGE
from residency.check import Reader, items, value
from residency.model import Resource

_FIELDS = {
    "microsoft.web/sites": ("properties.defaultHostName", "properties.hostNames[]"),
    "microsoft.web/sites/slots": ("properties.defaultHostName", "properties.hostNames[]"),
    "microsoft.web/staticsites": ("properties.defaultHostname", "properties.customDomains[]"),
    "microsoft.app/containerapps": (
        "properties.configuration.ingress.fqdn",
        "properties.configuration.ingress.customDomains[].name",
    ),
    "microsoft.apimanagement/service": (
        "properties.gatewayUrl",
        "properties.hostnameConfigurations[].hostName",
    ),
}
_STORAGE_HOSTS = ".core.windows.net"


def application_at(host: str, reader: Reader) -> Resource | None:
    """Find what answers under a host name; None where no resource that was seen has the name."""
    wanted = _plain(host)
    if wanted.endswith(_STORAGE_HOSTS):
        accounts = reader.once("storage accounts by host", lambda: dict(_accounts(reader)))
        return accounts.get(wanted.partition(".")[0])
    known = reader.once("applications by host name", lambda: dict(_named(reader)))
    return known.get(wanted)


def _accounts(reader: Reader) -> Iterator[tuple[str, Resource]]:
    yield from ((account.name.lower(), account) for account in reader.of_type(STORAGE))


def _named(reader: Reader) -> Iterator[tuple[str, Resource]]:
    for resource_type, fields in _FIELDS.items():
        for resource in reader.of_type(resource_type):
            for field in fields:
                yield from ((name, resource) for name in _names(resource, field))


def _names(resource: Resource, field: str) -> Iterator[str]:
    body = resource.reading.body
    head, is_each, tail = field.partition("[]")
    for path in (f"{item}{tail}" for item in items(body, head)) if is_each else (head,):
        found = value(body, path)
        if isinstance(found, str) and found:
            yield _plain(found)


def _plain(host: str) -> str:
    """Give the bare host of a name or an address, in lower case."""
    found = urlsplit(host if "//" in host else f"//{host}").hostname
    return (found or "").rstrip(".")
