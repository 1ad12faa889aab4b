"""What handles the data of Azure Cosmos DB accounts beside them: services and fleetspaces.

A dedicated gateway caches what it reads, in the regions that it names
(https://learn.microsoft.com/azure/cosmos-db/dedicated-gateway). A fleetspace shares throughput
among accounts in its data regions; the accounts are stated by themselves
(https://learn.microsoft.com/azure/cosmos-db/fleet-pools).
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import API_VERSIONS
from residency.check import Check, Reader, absent, facet, items, observed, with_fields
from residency.model import Holds, Placement, Reading, Resource, Role

GATEWAYS = "https://learn.microsoft.com/azure/cosmos-db/dedicated-gateway"
POOLS = "https://learn.microsoft.com/azure/cosmos-db/fleet-pools"
SERVICE = "microsoft.documentdb/databaseaccounts/services"
FLEETSPACE = "microsoft.documentdb/fleets/fleetspaces"
LOCATIONS = "properties.locations"
DATA_REGIONS = "properties.dataRegions"


def services(account: Resource, reader: Reader) -> Iterator[Placement]:
    """State where the services of an account handle its data."""
    path = f"{account.id}/services"
    places = partial(_listed, path, reader)
    return facet(Role.PROCESSING, path, places, read_at=account.reading.read_at)


def _listed(path: str, reader: Reader) -> Iterator[Placement]:
    for service in reader.list(path, api_version=API_VERSIONS[SERVICE]):
        yield from _regions(service, LOCATIONS, ".location")


def _regions(reading: Reading, path: str, name: str) -> Iterator[Placement]:
    named = items(reading.body, path)
    if not named:
        yield absent(reading, Role.PROCESSING, path, "it names each region")
    for item in named:
        yield observed(reading, Role.PROCESSING, f"{item}{name}")


def _locate_service(service: Resource, reader: Reader) -> Iterator[Placement]:
    return _by_itself(service, reader, LOCATIONS, ".location")


def _locate_fleetspace(fleetspace: Resource, reader: Reader) -> Iterator[Placement]:
    return _by_itself(fleetspace, reader, DATA_REGIONS, "")


def _by_itself(one: Resource, reader: Reader, path: str, name: str) -> Iterator[Placement]:
    def places() -> Iterator[Placement]:
        reading = with_fields(one, reader, path, api_version=API_VERSIONS[one.type])
        yield from _regions(reading, path, name)

    return facet(Role.PROCESSING, one.id, places, read_at=one.reading.read_at)


CHECKS = (
    Check(
        id="cosmos-db-services",
        title="Services of Cosmos DB accounts, such as dedicated gateways",
        resource_types=(SERVICE,),
        holds=Holds.PROCESSES,
        can_fail_over=False,
        permissions=("Microsoft.DocumentDB/databaseAccounts/services/read",),
        docs=(GATEWAYS,),
        locate=_locate_service,
        reads=True,
    ),
    Check(
        id="cosmos-db-fleetspaces",
        title="Fleetspaces: throughput that Cosmos DB accounts share",
        resource_types=(FLEETSPACE,),
        holds=Holds.PROCESSES,
        can_fail_over=False,
        permissions=("Microsoft.DocumentDB/fleets/fleetspaces/read",),
        docs=(POOLS,),
        locate=_locate_fleetspace,
        reads=True,
    ),
)
