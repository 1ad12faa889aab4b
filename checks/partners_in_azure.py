"""Services of partners that run in Azure, in the region of the resource.

They are in a subnet or a network of the customer, which is named when they are made
(https://learn.microsoft.com/azure/partner-solutions/nginx/create,
https://learn.microsoft.com/azure/partner-solutions/palo-alto/create), and a subnet is in one region
(https://learn.microsoft.com/azure/virtual-network/virtual-networks-overview). NGINX can write logs
to a storage account (https://learn.microsoft.com/azure/templates/nginx.nginxplus/nginxdeployments).
The log settings of a firewall of Palo Alto Networks are given to a POST only, which a reader may
not send (https://learn.microsoft.com/rest/api/cloudngfw/).
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from checks.api_versions import API_VERSIONS
from checks.by_name import STORAGE, at_named
from residency.check import Check, Reader, at_location, documented, facet, text, with_fields
from residency.model import UNKNOWN_REGION, Holds, Placement, Resource, Role

SOLUTIONS = "https://learn.microsoft.com/azure/partner-solutions/"
TEMPLATES = "https://learn.microsoft.com/azure/templates/"

NGINX = "nginx.nginxplus/nginxdeployments"
LOGS = "properties.logging.storageAccount.accountName"

FIREWALL = "paloaltonetworks.cloudngfw/firewalls"
FIREWALL_PAGE = "https://learn.microsoft.com/rest/api/cloudngfw/"
PALO_ALTO = "Palo Alto Networks"
BY_PANORAMA, BY_STRATA = "properties.isPanoramaManaged", "properties.isStrataCloudManaged"


def locate_gateway(gateway: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a gateway of NGINX runs and where it writes logs."""
    yield at_location(gateway)
    places = partial(_logs, gateway, reader)
    yield from facet(Role.EXPORT, gateway.id, places, read_at=gateway.reading.read_at)


def _logs(gateway: Resource, reader: Reader) -> Iterator[Placement]:
    told = with_fields(gateway, reader, LOGS, api_version=API_VERSIONS[NGINX])
    if text(told.body, LOGS):
        yield at_named(told, LOGS, reader, STORAGE)


def locate_firewall(firewall: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a firewall runs, and the places of its logs that cannot be read."""
    yield at_location(firewall)
    yield _sent(firewall, "log settings are given to a POST only", None)
    places = partial(_managers, firewall, reader)
    yield from facet(Role.EXPORT, firewall.id, places, read_at=firewall.reading.read_at)


def _managers(firewall: Resource, reader: Reader) -> Iterator[Placement]:
    version = API_VERSIONS[FIREWALL]
    told = with_fields(firewall, reader, BY_PANORAMA, BY_STRATA, api_version=version)
    if _is_true(text(told.body, BY_PANORAMA)):
        server = text(told.body, "properties.panoramaConfig.panoramaServer")
        yield _sent(firewall, f"managed by the Panorama server '{server}'", server)
    if _is_true(text(told.body, BY_STRATA)):
        yield _sent(firewall, "managed by Strata Cloud Manager", PALO_ALTO)


def _is_true(raw: str | None) -> bool:
    return (raw or "").lower() == "true"


def _sent(firewall: Resource, fact: str, target: str | None) -> Placement:
    reading = firewall.reading
    gap = documented(reading, Role.EXPORT, UNKNOWN_REGION, page=FIREWALL_PAGE, fact=fact)
    return replace(gap, target=target)


def locate_storage(storage: Resource, reader: Reader) -> Iterator[Placement]:
    """State where files or disks are."""
    del reader
    yield at_location(storage)


CHECKS = (
    Check(
        id="nginx",
        title="Gateway of F5 NGINX in Azure and its logs",
        resource_types=(NGINX,),
        holds=Holds.PROCESSES,
        can_fail_over=False,
        permissions=("Nginx.NginxPlus/nginxDeployments/read",),
        docs=(f"{SOLUTIONS}nginx/create", f"{TEMPLATES}{NGINX}"),
        locate=locate_gateway,
        reads=True,
    ),
    Check(
        id="palo-alto-firewall",
        title="Firewall of Palo Alto Networks in Azure and its logs",
        resource_types=(FIREWALL,),
        holds=Holds.PROCESSES,
        can_fail_over=False,
        permissions=("PaloAltoNetworks.Cloudngfw/firewalls/read",),
        docs=(f"{SOLUTIONS}palo-alto/create", FIREWALL_PAGE),
        locate=locate_firewall,
        reads=True,
    ),
    Check(
        id="partner-storage",
        title="Files of Qumulo and disks of Pure Storage in Azure",
        resource_types=("purestorage.block/storagepools", "qumulo.storage/filesystems"),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=("PureStorage.Block/storagePools/read", "Qumulo.Storage/fileSystems/read"),
        docs=(
            f"{TEMPLATES}purestorage.block/storagepools",
            f"{TEMPLATES}qumulo.storage/filesystems",
        ),
        locate=locate_storage,
        uses_properties=False,
    ),
)
