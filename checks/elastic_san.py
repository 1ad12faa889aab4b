"""Azure Elastic SAN: a single-region service without any replication to another region.

https://learn.microsoft.com/azure/reliability/reliability-elastic-san
"""

from collections.abc import Iterable

from checks.type_table import own_location
from checks.whole import whole
from residency.check import Check, Reader
from residency.model import Holds, Placement, Resource


def locate(part: Resource, reader: Reader) -> Iterable[Placement]:
    """State that a SAN, a volume group or a volume is where the SAN is."""
    yield own_location(whole(part, reader))


CHECKS: tuple[Check, ...] = (
    Check(
        id="elastic-san",
        title="Elastic SAN: volume groups and volumes",
        resource_types=(
            "microsoft.elasticsan/elasticsans",
            "microsoft.elasticsan/elasticsans/volumegroups",
            "microsoft.elasticsan/elasticsans/volumegroups/volumes",
        ),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(
            "Microsoft.ElasticSan/elasticSans/read",
            "Microsoft.ElasticSan/elasticSans/volumeGroups/read",
            "Microsoft.ElasticSan/elasticSans/volumeGroups/volumes/read",
        ),
        docs=("https://learn.microsoft.com/azure/reliability/reliability-elastic-san",),
        locate=locate,
        uses_properties=False,
    ),
)
