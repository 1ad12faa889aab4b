"""The example estate that the demo scans: a Dutch vendor, and what went wrong (docs/demo.md)."""

from datetime import datetime

from residency.simulator.estate import (
    made_to_order,
    platform,
    products,
    story_failovers,
    story_outside,
    story_unproven,
)
from residency.simulator.estate.bodies import TENANT_ID, before, joined
from residency.simulator.estate.groups import PRODUCTS, SUBSCRIPTIONS, resource_groups
from residency.simulator.estate.stack import product_stack
from residency.simulator.estate.storage import with_replication_stats
from residency.simulator.world import Estate

__all__ = ["example_estate"]

MANAGEMENT_GROUP = "mg-example-software"
SYNCED_HOURS_AGO = 0.05


def example_estate(now: datetime) -> Estate:
    """Build the tenant of Example Software BV as it stands at `now` (with a time zone).

    The same `now` gives the same estate: ids come from names, and only what happened lately
    depends on the time.
    """
    stacks = [product_stack(product) for product in PRODUCTS]
    whole = joined(
        (
            *(stack.part for stack in stacks),
            platform.shared_platform(tuple(stack.network for stack in stacks)),
            products.milestones(),
            products.dashboards(),
            products.procs(),
            made_to_order.molenkamp(),
            story_outside.outside(),
            story_failovers.failovers(now, replicated=stacks[-1].machines[0]),
            story_failovers.misplaced(),
            story_unproven.unproven(),
        )
    )
    synced_at = before(now, hours=SYNCED_HOURS_AGO)
    return Estate(
        tenant_id=TENANT_ID,
        management_group=MANAGEMENT_GROUP,
        subscriptions=SUBSCRIPTIONS,
        resource_groups=resource_groups(),
        resources=tuple(with_replication_stats(body, synced_at) for body in whole.resources),
        children=whole.children,
        denied=whole.denied,
    )
