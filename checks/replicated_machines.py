"""Where the machines that Azure Site Recovery protects run, and where their copies are.

A machine's replica is a placement on the machine; after a failover so is its primary, with the
region that it came from (https://learn.microsoft.com/azure/site-recovery/azure-to-azure-tutorial-failover-failback).
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial

from checks.site_recovery import (
    ACTIVE,
    DETAILS,
    INITIAL,
    Fabrics,
    Side,
    active_side,
    fabrics_of,
    place,
    read_items,
)
from residency.check import (
    Reader,
    evidence,
    facet,
    moment,
    text,
    unknown,
    value,
)
from residency.model import Failover, Placement, Reading, Role

FAILED_OVER_AT = "properties.lastSuccessfulFailoverTime"
FIRST_REAL_YEAR = 2000
"""Site Recovery writes a time of 1752 or 1753 where it has none."""


def running(item: Reading, fabrics: Fabrics) -> Placement:
    """State where the machine of an item runs, and the failover that brought it there."""
    side = active_side(item)
    if side is None:
        return unknown(item, Role.PRIMARY, ACTIVE, decides_primary=True)
    here = place(item, Role.PRIMARY, side, fabrics)
    return replace(here, writer=True, failover=_failover(item, side, here.region, fabrics))


def _failover(item: Reading, side: Side, region: str, fabrics: Fabrics) -> Failover | None:
    former = [Side.INITIAL] if value(item.body, INITIAL) else []
    former += [Side.PRIMARY] if side is Side.RECOVERY else []
    path = tuple(dict.fromkeys(place(item, Role.PRIMARY, each, fabrics).region for each in former))
    if not path or path[0] == region:
        return None
    proof = ACTIVE if side is Side.RECOVERY else INITIAL
    return Failover(
        path=path, since=_time(item), evidence=evidence(item, proof, text(item.body, proof))
    )


def _time(item: Reading) -> datetime | None:
    found = moment(item.body, FAILED_OVER_AT)
    return found if found and found.year >= FIRST_REAL_YEAR else None


def replicas(vault_id: str, reader: Reader) -> Iterator[Placement]:
    """State, on the machines that a vault's items protect, where their copies are.

    What protects a machine that is no Azure resource is stated on the vault itself, and so is an
    item that cannot be read; it hides no other.
    """
    fabrics = fabrics_of(vault_id, reader)
    for item in read_items(vault_id, reader):
        places = partial(_item_places, item, fabrics)
        yield from facet(Role.REPLICA, item.path, places, read_at=item.read_at)


def _item_places(item: Reading, fabrics: Fabrics) -> Iterator[Placement]:
    source = _machine(item, "fabricObjectId") or _machine(item, "azureVirtualMachineId")
    sides = partial(_sides, item, source, fabrics)
    yield from facet(Role.REPLICA, item.path, sides, read_at=item.read_at, subject=source)


def _sides(item: Reading, source: str | None, fabrics: Fabrics) -> Iterator[Placement]:
    side = active_side(item)
    if side is not Side.RECOVERY:
        yield replace(place(item, Role.REPLICA, Side.RECOVERY, fabrics), subject=source)
    if side is Side.PRIMARY and not value(item.body, INITIAL):
        return
    runs = running(item, fabrics)
    if side is not Side.PRIMARY or runs.failover:
        yield replace(runs, subject=source)
    recovered = _machine(item, "recoveryFabricObjectId")
    if side is Side.RECOVERY and recovered:
        yield replace(runs, subject=recovered)


def _machine(item: Reading, key: str) -> str | None:
    found = (text(item.body, f"{DETAILS}.{key}") or "").lower()
    return found if found.startswith("/subscriptions/") else None
