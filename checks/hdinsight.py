"""Azure HDInsight: clusters run in their region and keep their files in storage accounts.

https://learn.microsoft.com/azure/hdinsight/hdinsight-business-continuity lists what a cluster
consists of. A metastore of the customer's own is named only in the configurations of the cluster,
which a POST would show (https://learn.microsoft.com/rest/api/hdinsight/configurations/list).
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import API_VERSIONS
from checks.by_name import STORAGE, at_named
from residency.check import (
    Check,
    Reader,
    absent,
    at_location,
    at_resource,
    documented,
    facet,
    items,
    text,
    with_fields,
)
from residency.model import UNKNOWN_REGION, Holds, Placement, Resource, Role

CONTINUITY = "https://learn.microsoft.com/azure/hdinsight/hdinsight-business-continuity"
STORED = "https://learn.microsoft.com/azure/hdinsight/hdinsight-hadoop-compare-storage-options"
METASTORES = "https://learn.microsoft.com/azure/hdinsight/hdinsight-use-external-metadata-stores"
TYPE = "microsoft.hdinsight/clusters"

ACCOUNTS = "properties.storageProfile.storageaccounts"


def locate(cluster: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a cluster runs, where its files are, and that its metastore may be elsewhere."""
    yield at_location(cluster)
    files = partial(_files, cluster, reader)
    yield from facet(Role.EXPORT, cluster.id, files, read_at=cluster.reading.read_at)
    fact = "table definitions may be in a database that no GET names"
    yield documented(
        cluster.reading,
        Role.EXPORT,
        UNKNOWN_REGION,
        page=METASTORES,
        fact=fact,
        metadata_only=True,
    )


def _files(cluster: Resource, reader: Reader) -> Iterator[Placement]:
    reading = with_fields(cluster, reader, ACCOUNTS, api_version=API_VERSIONS[TYPE])
    accounts = items(reading.body, ACCOUNTS)
    if not accounts:
        yield absent(reading, Role.EXPORT, ACCOUNTS, "every cluster keeps its files in one")
    for account in accounts:
        if text(reading.body, f"{account}.resourceId"):
            yield at_resource(reading, f"{account}.resourceId", reader)
        else:
            yield at_named(reading, f"{account}.name", reader, STORAGE)


CHECKS = (
    Check(
        id="hdinsight",
        title="HDInsight cluster: where it runs, its files, its metastore",
        resource_types=(TYPE,),
        holds=Holds.PROCESSES,
        can_fail_over=False,
        permissions=("Microsoft.HDInsight/clusters/read",),
        docs=(CONTINUITY, STORED, METASTORES),
        locate=locate,
        reads=True,
    ),
)
