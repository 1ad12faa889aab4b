"""Data services of Azure Arc: databases that run at the customer's own site.

Azure keeps metadata of them in the region that `location` names, and no customer data
(https://learn.microsoft.com/sql/sql-server/azure-arc/data-collection). A failover group or an
availability group joins instances that are all at such sites
(https://learn.microsoft.com/azure/azure-arc/data/overview).
"""

from collections.abc import Iterator

from residency.check import Check, Reader, absent, at_site, is_at_site, observed
from residency.model import Holds, Placement, Resource, Role

COLLECTED = "https://learn.microsoft.com/sql/sql-server/azure-arc/data-collection"
OVERVIEW = "https://learn.microsoft.com/azure/azure-arc/data/overview"
SITE = "extendedLocation"


def locate(service: Resource, reader: Reader) -> Iterator[Placement]:
    """State that the data is at a site of the customer's, and its metadata in the region."""
    del reader
    if is_at_site(service):
        yield at_site(service.reading, Role.PRIMARY, f"{SITE}.name")
    else:
        why = "it runs at a site of the customer's, which no field places"
        yield absent(service.reading, Role.PRIMARY, SITE, why)
    yield observed(service.reading, Role.PROCESSING, "location", metadata_only=True)


KINDS = (
    "dataControllers",
    "postgresInstances",
    "sqlManagedInstances",
    "sqlServerInstances",
    "sqlServerInstances/availabilityGroups",
    "sqlServerInstances/databases",
)

CHECKS = (
    Check(
        id="arc-data",
        title="Azure Arc-enabled data services: at the customer's own site",
        resource_types=tuple(f"microsoft.azurearcdata/{kind.lower()}" for kind in KINDS),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=tuple(f"Microsoft.AzureArcData/{kind}/read" for kind in KINDS),
        docs=(COLLECTED, OVERVIEW),
        locate=locate,
        uses_properties=False,
    ),
)
