"""Which `api-version` a resource type takes.

Azure keeps a closed list for each type. Here each namespace has the oldest and the newest version
that is known, and anything well-formed in between is taken.
https://learn.microsoft.com/azure/azure-resource-manager/management/resource-providers-and-types
"""

import re
from collections.abc import Mapping, Sequence

from residency.simulator.answers import Refusal

_FORM = re.compile(r"^(\d{4}-\d{2}-\d{2})(-(preview|alpha|beta|privatepreview))?$")
_ANY = ("2014-04-01", "2026-12-31")
_SPANS = {
    "microsoft.resourcegraph": ("2018-09-01", "2024-04-01"),
    "microsoft.resources": ("2014-04-01", "2025-04-01"),
    "microsoft.authorization": ("2015-07-01", "2022-05-01"),
    "microsoft.management": ("2020-02-01", "2024-02-01"),
    "microsoft.insights": ("2014-04-01", "2024-10-01"),
    "microsoft.resourcehealth": ("2015-01-01", "2025-05-01"),
    "microsoft.storage": ("2015-06-15", "2026-09-01"),
    "microsoft.sql": ("2014-04-01", "2025-01-01"),
    "microsoft.documentdb": ("2015-04-08", "2026-03-15"),
    "microsoft.eventhub": ("2014-09-01", "2026-01-01"),
    "microsoft.servicebus": ("2014-09-01", "2026-01-01"),
    "microsoft.keyvault": ("2015-06-01", "2026-05-15"),
    "microsoft.recoveryservices": ("2016-06-01", "2026-11-01"),
    "microsoft.dataprotection": ("2021-01-01", "2026-06-01"),
}


def check_api_version(version: str | None, provider: str, kind: str, location: str) -> None:
    """Refuse a version that the type does not have.

    Args:
        version: The `api-version` of the request.
        provider: The namespace as it was asked.
        kind: The type without its namespace.
        location: Where the resource is, for Azure's message.

    Raises:
        Refusal: It is missing, malformed, or none of the type's.
    """
    if not version:
        message = "The api-version query parameter (?api-version=) is required for all requests."
        raise Refusal(400, "MissingApiVersionParameter", message)
    match = _FORM.match(version)
    if match is None:
        message = f"The api-version '{version}' is invalid. It needs the form YYYY-MM-DD."
        raise Refusal(400, "InvalidApiVersionParameter", message)
    newest, oldest = newest_and_oldest(provider)
    if not oldest <= match[1] <= newest:
        raise _refused(version, kind, location, f"'{oldest}' to '{newest}'")


def check_offered(
    version: str | None, offered: Mapping[str, Sequence[str]], provider: str, kind: str
) -> None:
    """Refuse a version that is none of a closed list, for the types that have one.

    Args:
        version: The `api-version` of the request.
        offered: Lower-cased resource type to all the versions that it takes.
        provider: The namespace as it was asked.
        kind: The type without its namespace.

    Raises:
        Refusal: It is not in the list.
    """
    versions = offered.get(f"{provider}/{kind}".lower())
    if versions is not None and version not in versions:
        raise _refused(str(version), kind, "", ", ".join(versions))


def newest_and_oldest(provider: str) -> tuple[str, str]:
    """Give the newest and the oldest version of a namespace."""
    oldest, newest = _SPANS.get(provider.lower(), _ANY)
    return newest, oldest


def _refused(version: str, kind: str, location: str, offered: str) -> Refusal:
    message = (
        f"No registered resource provider found for location '{location}' and API version "
        f"'{version}' for type '{kind}'. The supported api-versions are {offered}."
    )
    return Refusal(400, "NoRegisteredProviderFound", message)
