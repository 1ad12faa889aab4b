"""Azure Managed Instance for Apache Cassandra: clusters and their data centres.

Each data centre names its region, whatever the cluster's own
(https://learn.microsoft.com/azure/managed-instance-apache-cassandra/create-multi-region-cluster).
All of them can be written. Of several one is stated as primary, that at the cluster's location, and
the others as replicas. A hybrid cluster has data centres at the customer's sites as well
(https://learn.microsoft.com/azure/managed-instance-apache-cassandra/configure-hybrid-cluster).
Backups are in an internal storage account and not geo-redundant, and no page says in which region
(https://learn.microsoft.com/azure/managed-instance-apache-cassandra/management-operations).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from checks.api_versions import API_VERSIONS
from checks.current import current
from residency.check import (
    Check,
    Reader,
    absent,
    at_location,
    facet,
    items,
    observed,
    region_of,
    unknown,
    with_fields,
)
from residency.model import Holds, Placement, Reading, Resource, Role

DOCS = "https://learn.microsoft.com/azure/managed-instance-apache-cassandra/"
CLUSTER = "microsoft.documentdb/cassandraclusters"
CENTRE = f"{CLUSTER}/datacenters"
REGION = "properties.dataCenterLocation"
EXTERNAL = ("properties.externalDataCenters", "properties.externalSeedNodes")


def _locate_cluster(cluster: Resource, reader: Reader) -> Iterator[Placement]:
    told, unread = current(cluster, reader)
    path = f"{cluster.id}/dataCenters"
    live = partial(_live, told, path, reader)
    read_at = cluster.reading.read_at
    yield from facet(Role.PRIMARY, path, live, read_at=read_at, decides_primary=True)
    for sites in EXTERNAL:
        if items(told.reading.body, sites):
            yield unknown(told.reading, Role.REPLICA, sites)
            break
    yield from unread
    why = "no field or page tells in which region the internal storage account is"
    yield absent(told.reading, Role.BACKUP, "properties.backupSchedules", why)


def _live(cluster: Resource, path: str, reader: Reader) -> Iterator[Placement]:
    centres = reader.list(path, api_version=API_VERSIONS[CENTRE])
    if not centres:
        yield at_location(cluster)
        return
    places = [observed(centre, Role.REPLICA, REGION) for centre in centres]
    yield from _with_primary(cluster, places, centres[0])


def _with_primary(
    cluster: Resource, places: Sequence[Placement], first: Reading
) -> Iterator[Placement]:
    here = places[0].region if len(places) == 1 else region_of(cluster)
    if not any(place.region == here for place in places):
        yield unknown(first, Role.PRIMARY, REGION, decides_primary=True)
    for place in places:
        yield replace(place, role=Role.PRIMARY) if place.region == here else place


def _locate_centre(centre: Resource, reader: Reader) -> Iterator[Placement]:
    places = partial(_at_centre, centre, reader)
    return facet(Role.PRIMARY, centre.id, places, read_at=centre.reading.read_at)


def _at_centre(centre: Resource, reader: Reader) -> Iterator[Placement]:
    reading = with_fields(centre, reader, REGION, api_version=API_VERSIONS[CENTRE])
    yield observed(reading, Role.PRIMARY, REGION)


CHECKS = (
    Check(
        id="cassandra",
        title="Azure Managed Instance for Apache Cassandra",
        resource_types=(CLUSTER,),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(
            "Microsoft.DocumentDB/cassandraClusters/read",
            "Microsoft.DocumentDB/cassandraClusters/dataCenters/read",
        ),
        docs=tuple(
            f"{DOCS}{page}"
            for page in (
                "create-multi-region-cluster",
                "configure-hybrid-cluster",
                "management-operations",
            )
        ),
        locate=_locate_cluster,
        reads=True,
    ),
    Check(
        id="cassandra-data-centres",
        title="Data centres of Azure Managed Instance for Apache Cassandra",
        resource_types=(CENTRE,),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=("Microsoft.DocumentDB/cassandraClusters/dataCenters/read",),
        docs=(f"{DOCS}create-multi-region-cluster",),
        locate=_locate_centre,
        reads=True,
    ),
)
