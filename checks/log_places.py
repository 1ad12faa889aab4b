"""Where the logs of a Log Analytics workspace are kept, and which copy is written.

A workspace that is replicated sends what comes in to a second region; whoever manages it can
switch it over, and then the second region is written and the first one follows
(https://learn.microsoft.com/azure/azure-monitor/logs/workspace-replication). `location` stays.
"""

from collections.abc import Iterator
from dataclasses import replace

from checks.current import current
from residency import regions
from residency.check import (
    Reader,
    absent,
    at_location,
    cited,
    evidence,
    flag,
    moment,
    observed,
    text,
    unknown,
    value,
)
from residency.model import Failover, Placement, Reading, Resource, Role

TYPE = "microsoft.operationalinsights/workspaces"
PAGE = "https://learn.microsoft.com/azure/azure-monitor/logs/workspace-replication"
REPLICATED = "properties.replication.enabled"
SECOND = "properties.replication.location"
STATE = "properties.failover.state"
SINCE = "properties.failover.lastModifiedDate"


def logs(workspace: Resource, reader: Reader) -> Iterator[Placement]:
    """State the regions that have the logs of a workspace, as its provider tells them."""
    told, unread = current(workspace, reader)
    yield from unread
    if flag(told.reading.body, REPLICATED):
        yield from _by_state(told)
        return
    yield at_location(told)
    yield from in_second_region(told.reading)


def in_second_region(reading: Reading) -> Iterator[Placement]:
    """State the copy in the second region, also where none says whether the one named is used."""
    body = reading.body
    if flag(body, REPLICATED) or (value(body, REPLICATED) is None and text(body, SECOND)):
        yield observed(reading, Role.REPLICA, SECOND)


def logs_elsewhere(workspace: Resource, reader: Reader) -> Iterator[Placement]:
    """State the same for another resource that keeps its data in the workspace."""
    yield from logs(replace(workspace, reading=cited(workspace)), reader)


def _by_state(workspace: Resource) -> Iterator[Placement]:
    reading = workspace.reading
    state = (text(reading.body, STATE) or "").lower()
    if state == "inactive":
        yield at_location(workspace)
        yield observed(reading, Role.REPLICA, SECOND)
    elif state == "active":
        yield observed(reading, Role.PRIMARY, SECOND, writer=True, failover=_failover(reading))
        yield at_location(workspace, Role.REPLICA)
    else:
        yield _in_doubt(reading, state)
        yield at_location(workspace, Role.REPLICA)
        yield observed(reading, Role.REPLICA, SECOND)


def _in_doubt(reading: Reading, state: str) -> Placement:
    """While it is being switched, or after that failed, either region may be the one written."""
    if state:
        return unknown(reading, Role.PRIMARY, STATE, decides_primary=True)
    why = "it tells which of the two regions is written"
    return absent(reading, Role.PRIMARY, STATE, why, decides_primary=True)


def _failover(reading: Reading) -> Failover | None:
    former = regions.find(text(reading.body, "location"))
    if former is None:
        return None
    proof = evidence(reading, STATE, text(reading.body, STATE))
    return Failover(path=(former.name,), since=moment(reading.body, SINCE), evidence=proof)
