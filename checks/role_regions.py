"""A list of regions of which a role tells in which one a resource is written.

A promotion or a failover swaps the roles (https://learn.microsoft.com/azure/event-hubs/geo-replication,
https://learn.microsoft.com/azure/iot-hub/tutorial-manual-failover). No page says that `location`
follows, so that it decides no place; it is the region that the primary came from, or else that of a
replica is, if the primary ever moved.
"""

from collections.abc import Iterable, Iterator

from residency import regions
from residency.check import absent, evidence, items, observed, text
from residency.model import Failover, Placement, Reading, Role

WRITTEN = "primary"


def by_role(reading: Reading, listed: str, *, place: str, role: str) -> Iterator[Placement]:
    """State the one region that the role calls primary, and every other as a replica.

    Args:
        reading: The resource as its provider tells it.
        listed: The path of the list.
        place: The field of an item that names its region.
        role: The field of an item that tells its role.
    """
    every = items(reading.body, listed)
    written = [item for item in every if _role(reading, f"{item}.{role}") == WRITTEN]
    if len(written) != 1:
        why = "not one region has the role primary"
        yield absent(reading, Role.PRIMARY, listed, why, decides_primary=True)
    for item in every:
        path = f"{item}.{place}"
        if [item] == written:
            others = [f"{other}.{place}" for other in every if other != item]
            moved = _failover(reading, path, ("location", *others))
            yield observed(reading, Role.PRIMARY, path, writer=True, failover=moved)
        else:
            yield observed(reading, Role.REPLICA, path)


def _role(reading: Reading, path: str) -> str:
    return (text(reading.body, path) or "").lower()


def _failover(reading: Reading, written: str, formers: Iterable[str]) -> Failover | None:
    """Tell from where the primary may have come: where it was made, or else a replica."""
    here = regions.find(text(reading.body, written))
    for path in formers:
        named = text(reading.body, path)
        former = regions.find(named)
        if here is not None and former is not None and former != here:
            proof = evidence(reading, path, named)
            return Failover(path=(former.name,), since=None, evidence=proof)
    return None
