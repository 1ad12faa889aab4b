"""Log Analytics: workspaces with their second region, and the clusters that some are kept in."""

from collections.abc import Iterator

from checks.current import current
from checks.log_exports import PAGES, exports
from checks.log_places import PAGE, TYPE, in_second_region, logs
from checks.sentinel import PAGE as SENTINEL
from checks.sentinel import sentinel, states_path
from residency.check import Check, Reader, at_location, facet
from residency.model import Holds, Placement, Resource, Role

CLUSTER = "microsoft.operationalinsights/clusters"
CLUSTERS = "https://learn.microsoft.com/azure/azure-monitor/logs/logs-dedicated-clusters"


def locate(workspace: Resource, reader: Reader) -> Iterator[Placement]:
    """State where the logs of a workspace are kept and handled, and where they are sent."""
    yield from logs(workspace, reader)
    yield from exports(workspace, reader)
    yield from facet(
        Role.PROCESSING,
        states_path(workspace.id),
        lambda: sentinel(workspace, reader),
        read_at=workspace.reading.read_at,
    )


def locate_cluster(cluster: Resource, reader: Reader) -> Iterator[Placement]:
    """State the region of a cluster and the one that it is replicated to.

    Which of the two is written is a matter of each workspace, and told there.
    """
    told, unread = current(cluster, reader)
    yield from unread
    yield at_location(told)
    yield from in_second_region(told.reading)


CHECKS = (
    Check(
        id="log-analytics",
        title="Log Analytics workspaces: replication, exports and Microsoft Sentinel",
        resource_types=(TYPE,),
        holds=Holds.STORES,
        can_fail_over=True,
        permissions=(
            "Microsoft.OperationalInsights/workspaces/read",
            "Microsoft.OperationalInsights/workspaces/dataExports/read",
            "Microsoft.OperationalInsights/workspaces/linkedServices/read",
            "Microsoft.OperationalInsights/workspaces/linkedStorageAccounts/read",
            "Microsoft.SecurityInsights/onboardingStates/read",
        ),
        docs=(PAGE, *PAGES, SENTINEL),
        locate=locate,
        reads=True,
    ),
    Check(
        id="log-analytics-cluster",
        title="Log Analytics dedicated clusters",
        resource_types=(CLUSTER,),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=("Microsoft.OperationalInsights/clusters/read",),
        docs=(CLUSTERS, PAGE),
        locate=locate_cluster,
        reads=True,
    ),
)
