"""Azure App Configuration: stores, their replicas and delivery by Front Door.

Every replica can be written to, and any region can have one
(https://learn.microsoft.com/azure/azure-app-configuration/concept-geo-replication). What Front Door
delivers is cached at its points around the world
(https://learn.microsoft.com/azure/azure-app-configuration/concept-hyperscale-client-configuration).
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import API_VERSIONS
from residency.check import (
    Check,
    Reader,
    at_location,
    documented,
    facet,
    observed,
    text,
    with_fields,
)
from residency.model import Holds, Placement, Resource, Role

DOCS = "https://learn.microsoft.com/azure/azure-app-configuration/"
REPLICAS = f"{DOCS}concept-geo-replication"
DELIVERY = f"{DOCS}concept-hyperscale-client-configuration"
TYPE = "microsoft.appconfiguration/configurationstores"
FRONT_DOOR = "properties.azureFrontDoor"


def _locate_store(store: Resource, reader: Reader) -> Iterator[Placement]:
    yield at_location(store)
    read_at, path = store.reading.read_at, f"{store.id}/replicas"
    yield from facet(Role.REPLICA, path, partial(_replicas, path, reader), read_at=read_at)
    edge = partial(_delivered, store, reader)
    yield from facet(Role.PROCESSING, store.id, edge, read_at=read_at)


def _replicas(path: str, reader: Reader) -> Iterator[Placement]:
    for replica in reader.list(path, api_version=API_VERSIONS[f"{TYPE}/replicas"]):
        yield observed(replica, Role.REPLICA, "location")


def _delivered(store: Resource, reader: Reader) -> Iterator[Placement]:
    told = with_fields(store, reader, FRONT_DOOR, api_version=API_VERSIONS[TYPE])
    if text(told.body, f"{FRONT_DOOR}.resourceId"):
        fact = "Front Door, which delivers the settings, caches them around the world"
        yield documented(told, Role.PROCESSING, "global", page=DELIVERY, fact=fact)


def _locate_replica(replica: Resource, reader: Reader) -> Iterator[Placement]:
    del reader
    yield observed(replica.reading, Role.REPLICA, "location")


CHECKS = (
    Check(
        id="app-configuration",
        title="App Configuration store, its replicas and its delivery",
        resource_types=(TYPE,),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(
            "Microsoft.AppConfiguration/configurationStores/read",
            "Microsoft.AppConfiguration/configurationStores/replicas/read",
        ),
        docs=(REPLICAS, DELIVERY),
        locate=_locate_store,
        reads=True,
    ),
    Check(
        id="app-configuration-replicas",
        title="Replica of an App Configuration store",
        resource_types=(f"{TYPE}/replicas",),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=("Microsoft.AppConfiguration/configurationStores/replicas/read",),
        docs=(REPLICAS,),
        locate=_locate_replica,
        uses_properties=False,
    ),
)
