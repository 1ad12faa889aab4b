"""Oracle Database@Azure: machines, clusters and storage of Oracle in data centres of Azure.

They are in the region of the resource
(https://learn.microsoft.com/azure/oracle/oracle-db/oracle-database-regions). Databases on clusters
are made at Oracle, and so are their standbys and backups
(https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/oracle-iaas/oracle-disaster-recovery-oracle-database-azure),
of which Azure Resource Manager shows nothing.
"""

from collections.abc import Iterator

from residency.check import Check, Reader, at_location, documented
from residency.model import UNKNOWN_REGION, Holds, Placement, Resource, Role

REGIONS_PAGE = "https://learn.microsoft.com/azure/oracle/oracle-db/oracle-database-regions"
RECOVERY_PAGE = (
    "https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/oracle-iaas/"
    "oracle-disaster-recovery-oracle-database-azure"
)


def locate_cluster(cluster: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a cluster is, and that its databases may have copies elsewhere."""
    del reader
    yield at_location(cluster)
    for role in (Role.REPLICA, Role.BACKUP):
        fact = f"a {role} of a database is set up at Oracle"
        yield documented(cluster.reading, role, UNKNOWN_REGION, page=RECOVERY_PAGE, fact=fact)


def locate_machines(machines: Resource, reader: Reader) -> Iterator[Placement]:
    """State where machines, or the storage of clusters, are."""
    del reader
    yield at_location(machines)


CHECKS = (
    Check(
        id="oracle-clusters",
        title="Clusters and systems of Oracle, on which databases are",
        resource_types=(
            "oracle.database/cloudvmclusters",
            "oracle.database/dbsystems",
            "oracle.database/exadbvmclusters",
        ),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(
            "Oracle.Database/cloudVmClusters/read",
            "Oracle.Database/dbSystems/read",
            "Oracle.Database/exadbVmClusters/read",
        ),
        docs=(REGIONS_PAGE, RECOVERY_PAGE),
        locate=locate_cluster,
        uses_properties=False,
    ),
    Check(
        id="oracle-machines",
        title="Machines and storage of Oracle in data centres of Azure",
        resource_types=(
            "oracle.database/cloudexadatainfrastructures",
            "oracle.database/exascaledbstoragevaults",
        ),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(
            "Oracle.Database/cloudExadataInfrastructures/read",
            "Oracle.Database/exascaleDbStorageVaults/read",
        ),
        docs=(REGIONS_PAGE,),
        locate=locate_machines,
        uses_properties=False,
    ),
)
