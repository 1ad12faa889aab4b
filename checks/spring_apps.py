"""Azure Spring Apps: an instance in its region, and the shares that its applications mount.

https://learn.microsoft.com/azure/spring-apps/basic-standard/how-to-custom-persistent-storage
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import API_VERSIONS
from checks.by_name import STORAGE, at_named
from residency.check import Check, Reader, at_location, facet
from residency.model import Holds, Placement, Resource, Role

PAGE = (
    "https://learn.microsoft.com/azure/spring-apps/basic-standard/how-to-custom-persistent-storage"
)
TYPE = "microsoft.appplatform/spring"


def locate(instance: Resource, reader: Reader) -> Iterator[Placement]:
    """State the region of an instance, and the accounts of its shares."""
    yield at_location(instance)
    path = f"{instance.id}/storages"
    places = partial(_shares, path, reader)
    yield from facet(Role.EXPORT, path, places, read_at=instance.reading.read_at)


def _shares(path: str, reader: Reader) -> Iterator[Placement]:
    for storage in reader.list(path, api_version=API_VERSIONS[f"{TYPE}/storages"]):
        yield at_named(storage, "properties.accountName", reader, STORAGE)


CHECKS = (
    Check(
        id="spring-apps",
        title="Spring Apps and the shares that they mount",
        resource_types=(TYPE,),
        holds=Holds.PROCESSES,
        can_fail_over=False,
        permissions=(
            "Microsoft.AppPlatform/Spring/read",
            "Microsoft.AppPlatform/Spring/storages/read",
        ),
        docs=(PAGE,),
        locate=locate,
        reads=True,
    ),
)
