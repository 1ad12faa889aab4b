"""What lets others read a storage account, or a storage account read others.

A data share gives named identities access; where they are no field says
(https://learn.microsoft.com/azure/templates/microsoft.storage/storageaccounts/datashares). A
connector reads a share that is named as `azds://<region>:<share>:<id>`
(https://learn.microsoft.com/azure/templates/microsoft.storage/storageaccounts/connectors). A blob
access point shows what another system holds.
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import version_of
from residency import regions
from residency.check import (
    Check,
    Reader,
    absent,
    at_location,
    evidence,
    facet,
    items,
    text,
    unknown,
    value,
    with_fields,
)
from residency.model import Basis, Holds, Placement, Reading, Resource, Role

TEMPLATES = "https://learn.microsoft.com/azure/templates/microsoft.storage/storageaccounts"
READERS = "properties.accessPolicies"
SHARE = "properties.source.connection.dataShareUri"
ACCOUNTS = "microsoft.storage/storageaccounts"


def locate_share(share: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a share is, and that it is read from elsewhere if anybody may read it."""
    yield at_location(share)
    places = partial(_readers, share, reader)
    yield from facet(Role.EXPORT, share.id, places, read_at=share.reading.read_at)


def _readers(share: Resource, reader: Reader) -> Iterator[Placement]:
    told = with_fields(share, reader, READERS, api_version=version_of(share.id))
    if value(told.body, READERS) is None:
        yield absent(told, Role.EXPORT, READERS, "it names who may read the share")
    elif items(told.body, READERS):
        yield unknown(told, Role.EXPORT, READERS)


def locate_connector(connector: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a connector is, and the region that it reads from."""
    yield at_location(connector)
    places = partial(_read, connector, reader)
    yield from facet(Role.PROCESSING, connector.id, places, read_at=connector.reading.read_at)


def _read(connector: Resource, reader: Reader) -> Iterator[Placement]:
    told = with_fields(connector, reader, SHARE, api_version=version_of(connector.id))
    region = regions.find(_region_in(told))
    if region is None:
        yield unknown(told, Role.PROCESSING, SHARE)
        return
    proof = evidence(told, SHARE, text(told.body, SHARE))
    yield Placement(role=Role.PROCESSING, region=region.name, basis=Basis.OBSERVED, evidence=proof)


def _region_in(told: Reading) -> str | None:
    scheme, _, rest = (text(told.body, SHARE) or "").partition("://")
    return rest.partition(":")[0] if scheme.lower() == "azds" else None


def locate_access_point(point: Resource, reader: Reader) -> Iterator[Placement]:
    """State where an access point is, and that what it shows is at a place unknown to Azure."""
    del reader
    yield at_location(point)
    yield unknown(point.reading, Role.PROCESSING, "properties.source.sourceType")


CHECKS: tuple[Check, ...] = tuple(
    Check(
        id=f"storage-{name}",
        title=title,
        resource_types=(f"{ACCOUNTS}/{kind.lower()}",),
        holds=Holds.PROCESSES,
        can_fail_over=False,
        permissions=(f"Microsoft.Storage/storageAccounts/{kind}/read",),
        docs=(page,),
        locate=locate,
        reads=reads,
    )
    for name, title, kind, page, locate, reads in (
        (
            "data-share",
            "Data shares of storage accounts, and whether others may read them",
            "dataShares",
            f"{TEMPLATES}/datashares",
            locate_share,
            True,
        ),
        (
            "connector",
            "Connectors of storage accounts, and where they read from",
            "connectors",
            f"{TEMPLATES}/connectors",
            locate_connector,
            True,
        ),
        (
            "access-point",
            "Blob access points, which show what another system holds",
            "blobAccessPointConfigurations",
            "https://learn.microsoft.com/rest/api/storagerp/",
            locate_access_point,
            False,
        ),
    )
)
