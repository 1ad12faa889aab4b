"""The least time that a scan can take: what Azure's quotas alone make of the calls that it needs.

A scan that takes little longer than its floor can only be made faster by asking less.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from residency.simulator.graph_tables import table_of
from residency.simulator.journal import Call, subscription_of
from residency.simulator.limits import region_of, storage_call
from residency.simulator.quotas import (
    ARM_READS_BUCKET,
    ARM_READS_PER_SECOND,
    GRAPH_QUERIES,
    GRAPH_WINDOW_SECONDS,
    STORAGE_LISTS,
    STORAGE_READS,
    STORAGE_WINDOW_SECONDS,
)
from residency.simulator.world import Body, Estate, Subscription

_GRAPH = "resourcegraph"
_ACCOUNTS = "microsoft.storage/storageaccounts"
_ROWS_A_PAGE = 1000
_SUBSCRIPTIONS_A_QUERY = 100
_THROTTLED = 429

RESOURCES_QUERY = "query resources"
"""The kind of call, in the journal, that reads the table of all resources."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """The calls that a scan makes, counted as Azure counts them.

    Attributes:
        queries: Of Resource Graph, every page one.
        reads: Of Azure Resource Manager by subscription, those of Microsoft.Storage among them;
            the tenant's own under an empty name.
        storage: Of Microsoft.Storage by subscription, region, and whether it is a list.
    """

    queries: int
    reads: Mapping[str, int]
    storage: Mapping[tuple[str, str, bool], int]


def floor_seconds(demand: Demand) -> float:
    """Give the least wall time in which these calls can be made.

    Each quota starts full, nothing else uses it, and a call takes no time: the first 15 queries go
    at once and 15 more every 5 s; 250 reads in a subscription go at once and then 25 a second; of
    Microsoft.Storage 800 reads and 100 lists in a subscription and region go at once, and as many
    more every 300 s. Quotas do not wait for one another, so the floor is that of the slowest. That
    is a lower bound: what has to be asked before the next can be (the inventory, before what each
    resource needs) comes on top.
    """
    return max(
        _windows(demand.queries, GRAPH_QUERIES, GRAPH_WINDOW_SECONDS),
        *(max(0.0, (n - ARM_READS_BUCKET) / ARM_READS_PER_SECOND) for n in demand.reads.values()),
        *(
            _windows(n, STORAGE_LISTS if is_list else STORAGE_READS, STORAGE_WINDOW_SECONDS)
            for (_, _, is_list), n in demand.storage.items()
        ),
        0.0,
    )


def _windows(calls: int, limit: int, window_seconds: float) -> float:
    return window_seconds * max(0, (calls - 1) // limit)


def demand_of_calls(calls: Iterable[Call], resources: Iterable[Body]) -> Demand:
    """Count the calls of a journal; one that was refused for quota used nothing.

    Args:
        calls: Such as `Simulator.requests`.
        resources: Where the storage accounts among them tell their regions.
    """
    answered = [call for call in calls if call.status != _THROTTLED]
    queries = sum(call.api == _GRAPH for call in answered)
    paths = [call.path for call in answered if call.api != _GRAPH]
    return _demand(queries, paths, resources)


def demand_of_scan(
    calls: Iterable[Call], resources: Sequence[Body], subscriptions: Sequence[Subscription]
) -> Demand:
    """Count what a scan needed to ask, so that asking too much does not raise its floor.

    Args:
        calls: Those of the scan. One that was made again counts once, and of the table
            `resources` only as many pages as it fills.
        resources: All that are there.
        subscriptions: All that are there.
    """
    answered = [call for call in calls if call.status != _THROTTLED]
    others = sum(call.api == _GRAPH and call.kind != RESOURCES_QUERY for call in answered)
    paths = {
        (call.path.lower(), *sorted(call.query.items())): call.path
        for call in answered
        if call.api != _GRAPH
    }
    return _demand(others + least_pages(resources, subscriptions), paths.values(), resources)


def least_pages(resources: Iterable[Body], subscriptions: Sequence[Subscription]) -> int:
    """Count the fewest calls that read the table `resources` whole, a thousand rows a page."""
    shown = {one.id.lower() for one in subscriptions if one.listed and one.readable}
    shown -= {one.id.lower() for one in subscriptions if not one.in_graph}
    rows = sum(
        table_of(body) == "resources" and subscription_of(str(body["id"])) in shown
        for body in resources
    )
    return max(-(-len(shown) // _SUBSCRIPTIONS_A_QUERY), -(-rows // _ROWS_A_PAGE))


def demand_of_estate(
    estate: Estate, queries: int, subscription_lists: int, lists: Mapping[str, int]
) -> Demand:
    """Count the calls that a scan of an estate needs.

    Args:
        estate: What is scanned.
        queries: How many queries are asked of all subscriptions; that for the resources among
            them takes as many pages as they fill.
        subscription_lists: How many lists are read of each subscription, beside that of its
            storage accounts.
        lists: Resource type, lower-cased, to how many lists are read of each such resource.
    """
    batches = -(-len(estate.subscriptions) // _SUBSCRIPTIONS_A_QUERY)
    pages = max(batches, -(-len(estate.resources) // _ROWS_A_PAGE))
    of_all = (
        f"/subscriptions/{one.id}/{what}"
        for one in estate.subscriptions
        for what in (*("list",) * subscription_lists, f"providers/{_ACCOUNTS}")
    )
    of_each = (
        f"{body['id']}/list"
        for body in estate.resources
        for _ in range(lists.get(str(body["type"]).lower(), 0))
    )
    return _demand((queries - 1) * batches + pages, [*of_all, *of_each], estate.resources)


def _demand(queries: int, paths: Iterable[str], resources: Iterable[Body]) -> Demand:
    regions = {
        str(body["id"]).lower(): region_of(body)
        for body in resources
        if str(body["type"]).lower() == _ACCOUNTS
    }
    reads: Counter[str] = Counter()
    storage: Counter[tuple[str, str, bool]] = Counter()
    for path in paths:
        subscription = subscription_of(path)
        reads[subscription] += 1
        if (asked := storage_call(path.lower())) is not None:
            region = regions.get(asked.account, "")
            storage[subscription, region, asked.is_list] += 1
    return Demand(queries=queries, reads=reads, storage=storage)
