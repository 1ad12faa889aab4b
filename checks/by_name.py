"""Resources that Azure names by their own name or by an address, and not by an id.

Storage accounts, namespaces, SQL servers, Cosmos DB accounts and apps have names that are unique in
all of Azure, as they are the first part of an address
(https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules). A name
that two resources of a type share names neither. An address may carry a signature, so that only the
name is cited.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from residency.check import Reader, evidence, text, unknown, where_written
from residency.model import Placement, Reading, Reason, Resource, Role

STORAGE = "microsoft.storage/storageaccounts"
COSMOS_DB = "microsoft.documentdb/databaseaccounts"

_NAME = re.compile(r"(?:[a-z]+://|tcp:)?([a-z0-9][a-z0-9-]*)")


def at_named(
    reading: Reading, path: str, reader: Reader, resource_type: str, *, role: Role = Role.EXPORT
) -> Placement:
    """State that data is at the resource that the field at `path` names, by name or address.

    One that was not seen (no rights, another tenant) leaves the place unknown, with its name.
    """
    found = _NAME.match((text(reading.body, path) or "").lower())
    name = found[1] if found else ""
    by_name = reader.once(f"{resource_type} by name", partial(_by_name, resource_type, reader))
    target = by_name.get(name)
    if target is None:
        gap = unknown(reading, role, path, why=Reason.FACET_UNREADABLE, target=name or None)
        return replace(gap, evidence=evidence(reading, path, name))
    return where_written(target, role)


def _by_name(resource_type: str, reader: Reader) -> Mapping[str, Resource | None]:
    found: dict[str, Resource | None] = {}
    for resource in reader.of_type(resource_type):
        name = resource.name.lower()
        found[name] = None if name in found else resource
    return found
