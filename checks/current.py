"""A resource as its provider tells it now, for what a failover changes: roles and write regions.

Resource Graph shows a change later than the provider
(https://learn.microsoft.com/azure/governance/resource-graph/overview), so that its row alone would
miss a failover that has just happened.
"""

from dataclasses import replace

from checks.api_versions import version_of
from residency.check import Reader, unreadable
from residency.errors import AzureError
from residency.model import Placement, Resource, Role


def current(resource: Resource, reader: Reader) -> tuple[Resource, tuple[Placement, ...]]:
    """Give the resource as its provider tells it.

    Where Azure refuses that: the resource as the inventory has it, and that it stays open which
    copy is written.
    """
    try:
        told = reader.get(resource.id, api_version=version_of(resource.id))
    except AzureError as error:
        read_at = resource.reading.read_at
        return resource, (
            unreadable(
                Role.PRIMARY, error, path=resource.id, read_at=read_at, decides_primary=True
            ),
        )
    return replace(resource, reading=told), ()
