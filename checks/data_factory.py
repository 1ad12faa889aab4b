"""Azure Data Factory: the factory, the copy of what it knows, and where its runtimes move data.

The definitions and the monitoring data of a factory are replicated to the paired region, which
Microsoft may fail over to; no field tells that it did. Brazil South and Southeast Asia keep them in
the region (https://learn.microsoft.com/azure/reliability/reliability-data-factory,
https://learn.microsoft.com/azure/data-factory/concepts-data-redundancy). The data itself is in the
stores that a factory moves it between.
"""

from collections.abc import Iterator

from checks.api_versions import API_VERSIONS
from checks.pipelines import (
    DOCS,
    LINEAGE,
    MANAGED_NETWORK,
    RUNTIMES,
    SOURCE_CONTROL,
    SSIS,
    lineage,
    runtimes,
    source_control,
)
from residency import regions
from residency.check import Check, Reader, at_location, pair_copy
from residency.model import Holds, Placement, Resource, Role

RELIABILITY = "https://learn.microsoft.com/azure/reliability/reliability-data-factory"
REDUNDANCY = f"{DOCS}concepts-data-redundancy"
TYPE = "microsoft.datafactory/factories"

WITHOUT_COPY = frozenset({"brazilsouth", "southeastasia"})
"""Regions with a pair that Microsoft excepts from the replication of factories."""


def locate(factory: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a factory is, its copy, its runtimes, and where it tells of its data."""
    yield at_location(factory)
    if regions.normalise(factory.location) not in WITHOUT_COPY:
        yield from pair_copy(
            factory.reading,
            Role.REPLICA,
            "location",
            page=REDUNDANCY,
            fact="definitions and monitoring data are also stored in the paired region",
            metadata_only=True,
        )
    version = API_VERSIONS[f"{TYPE}/integrationruntimes"]
    yield from runtimes(factory, reader, api_version=version)
    yield from lineage(factory, reader)
    yield from source_control(factory, "properties.repoConfiguration")


CHECKS = (
    Check(
        id="data-factory",
        title="Data Factory: the copy of its metadata, its integration runtimes, its lineage",
        resource_types=(TYPE,),
        holds=Holds.PROCESSES,
        can_fail_over=False,
        permissions=(
            "Microsoft.DataFactory/factories/read",
            "Microsoft.DataFactory/factories/integrationRuntimes/read",
        ),
        docs=(RELIABILITY, REDUNDANCY, RUNTIMES, MANAGED_NETWORK, SSIS, LINEAGE, SOURCE_CONTROL),
        locate=locate,
        reads=True,
    ),
)
