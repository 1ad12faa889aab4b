"""Azure AI Search: indexes in the service's region, and the names of objects outside of it.

A service is in a single region, with its replicas and partitions
(https://learn.microsoft.com/azure/reliability/reliability-ai-search). Microsoft excepts one thing:
the names of indexes, fields, data sources and the like are kept in its telemetry outside of the
region (https://learn.microsoft.com/azure/search/search-security-overview). What indexers and skills
reach is in no resource of Azure Resource Manager.
"""

from collections.abc import Iterator

from residency.check import Check, Reader, at_location, documented
from residency.model import UNKNOWN_REGION, Holds, Placement, Resource, Role

RELIABILITY = "https://learn.microsoft.com/azure/reliability/reliability-ai-search"
RESIDENCY = "https://learn.microsoft.com/azure/search/search-security-overview"


def locate(service: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a service keeps its indexes, and that names of objects go elsewhere."""
    del reader
    yield at_location(service)
    yield documented(
        service.reading,
        Role.EXPORT,
        UNKNOWN_REGION,
        page=RESIDENCY,
        fact="names of objects are stored and processed outside of the service's region",
        metadata_only=True,
    )


CHECKS = (
    Check(
        id="ai-search",
        title="AI Search service: its indexes, and the names of objects",
        resource_types=("microsoft.search/searchservices",),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=("Microsoft.Search/searchServices/read",),
        docs=(RELIABILITY, RESIDENCY),
        locate=locate,
        uses_properties=False,
    ),
)
