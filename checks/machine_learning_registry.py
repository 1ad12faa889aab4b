"""Registries of Azure Machine Learning: assets that are copied to every region of the registry.

https://learn.microsoft.com/azure/machine-learning/how-to-manage-registries: the primary region
never changes, further ones are added and removed, and each has storage accounts of a redundancy of
their own.
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import API_VERSIONS
from residency.check import (
    Check,
    Reader,
    absent,
    at_location,
    facet,
    items,
    observed,
    pair_copy,
    text,
    unknown,
    with_fields,
)
from residency.model import UNKNOWN_REGION, Holds, Placement, Reading, Resource, Role

PAGE = "https://learn.microsoft.com/azure/machine-learning/how-to-manage-registries"
TYPE = "microsoft.machinelearningservices/registries"

DETAILS = "properties.regionDetails"
GEO, IN_REGION = ("grs", "gzrs"), ("lrs", "zrs")
"""How the kinds of accounts end that have a copy in the pair, and those that have none."""


def locate(registry: Resource, reader: Reader) -> Iterator[Placement]:
    """State the primary region of a registry and each region that its assets are copied to."""
    primary = at_location(registry)
    yield primary
    copies = partial(_copies, registry, reader, primary.region)
    yield from facet(Role.REPLICA, registry.id, copies, read_at=registry.reading.read_at)


def _copies(registry: Resource, reader: Reader, primary: str) -> Iterator[Placement]:
    reading = with_fields(registry, reader, DETAILS, api_version=API_VERSIONS[TYPE])
    details = items(reading.body, DETAILS)
    if not details:
        yield absent(reading, Role.REPLICA, DETAILS, "it names every region of the registry")
    for each in details:
        copy = observed(reading, Role.REPLICA, f"{each}.location")
        if copy.region != primary or copy.region == UNKNOWN_REGION:
            yield copy
        yield from _pair(reading, each)


def _pair(reading: Reading, detail: str) -> Iterator[Placement]:
    """State the copy in the pair of a region, if any of its accounts is geo-redundant."""
    accounts = items(reading.body, f"{detail}.storageAccountDetails")
    kinds = [f"{each}.systemCreatedStorageAccount.storageAccountType" for each in accounts]
    said = [kind for path in kinds if (kind := text(reading.body, path))]
    geo = [kind for kind in said if kind.lower().endswith(GEO)]
    if geo:
        fact = f"the storage of the registry is {geo[0]}"
        yield from pair_copy(reading, Role.REPLICA, f"{detail}.location", page=PAGE, fact=fact)
    for path in kinds:
        if not (text(reading.body, path) or IN_REGION[0]).lower().endswith((*GEO, *IN_REGION)):
            yield unknown(reading, Role.REPLICA, path)


CHECKS = (
    Check(
        id="machine-learning-registry",
        title="Machine Learning registry: the regions of its assets",
        resource_types=(TYPE,),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=("Microsoft.MachineLearningServices/registries/read",),
        docs=(PAGE,),
        locate=locate,
        reads=True,
    ),
)
