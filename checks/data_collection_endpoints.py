"""Data collection endpoints of Azure Monitor: where data comes in.

An endpoint that Azure makes for a replicated workspace can be switched to the second region
together with it (https://learn.microsoft.com/azure/azure-monitor/logs/workspace-replication); then
`activeLocation` says where data flows, and `location` stays.
"""

from collections.abc import Iterator

from checks.current import current
from residency import regions
from residency.check import (
    Check,
    Reader,
    absent,
    at_location,
    evidence,
    items,
    observed,
    text,
    value,
)
from residency.model import Failover, Holds, Placement, Reading, Resource, Role

TYPE = "microsoft.insights/datacollectionendpoints"
DOCS = "https://learn.microsoft.com/azure/azure-monitor/"
FAILOVER = "properties.failoverConfiguration"
ACTIVE = f"{FAILOVER}.activeLocation"


def locate(endpoint: Resource, reader: Reader) -> Iterator[Placement]:
    """State where an endpoint takes data in, and the regions that it can be switched to."""
    told, unread = current(endpoint, reader)
    yield from unread
    reading = told.reading
    if not value(reading.body, FAILOVER):
        yield at_location(told)
        return
    if text(reading.body, ACTIVE):
        failover = _failover(reading)
        yield observed(reading, Role.PRIMARY, ACTIVE, writer=True, failover=failover)
    else:
        why = "it tells which of the regions takes data in"
        yield absent(reading, Role.PRIMARY, ACTIVE, why, decides_primary=True)
    active = regions.find(text(reading.body, ACTIVE))
    for item in items(reading.body, f"{FAILOVER}.locations"):
        path = f"{item}.location"
        if active is None or regions.find(text(reading.body, path)) != active:
            yield observed(reading, Role.PROCESSING, path)


def _failover(reading: Reading) -> Failover | None:
    former = regions.find(text(reading.body, "location"))
    if former is None or former == regions.find(text(reading.body, ACTIVE)):
        return None
    proof = evidence(reading, ACTIVE, text(reading.body, ACTIVE))
    return Failover(path=(former.name,), since=None, evidence=proof)


CHECKS = (
    Check(
        id="data-collection-endpoints",
        title="Data collection endpoints: where data comes in",
        resource_types=(TYPE,),
        holds=Holds.PROCESSES,
        can_fail_over=True,
        permissions=("Microsoft.Insights/dataCollectionEndpoints/read",),
        docs=(
            f"{DOCS}data-collection/data-collection-endpoint-overview",
            f"{DOCS}logs/workspace-replication",
        ),
        locate=locate,
        reads=True,
    ),
)
