"""Classic storage accounts, which are retired: the primary region decides, and not `location`.

After a failover the account keeps the `location` that it was made in; the regions are those of
https://learn.microsoft.com/previous-versions/azure/mt165917(v=azure.11).
"""

from collections.abc import Iterator
from dataclasses import replace

from checks.current import current
from residency import regions
from residency.check import Check, Reader, absent, evidence, observed, text, unknown
from residency.model import UNKNOWN_REGION, Failover, Holds, Placement, Resource, Role

PAGE = "https://learn.microsoft.com/previous-versions/azure/mt165917(v=azure.11)"
PRIMARY, SECONDARY = "properties.geoPrimaryRegion", "properties.geoSecondaryRegion"
KIND = "properties.accountType"
ONE_REGION = frozenset({"standard-lrs", "standard-zrs", "premium-lrs"})
TWO_REGIONS = frozenset({"standard-grs", "standard-ragrs"})


def locate(account: Resource, reader: Reader) -> Iterator[Placement]:
    """State the primary region, how the account came there, and the secondary region."""
    told, unread = current(account, reader)
    yield from unread
    yield _primary(told)
    yield from _replica(told)


def _primary(account: Resource) -> Placement:
    reading = account.reading
    if not text(reading.body, PRIMARY):
        why = "location may be where the account once was"
        return absent(reading, Role.PRIMARY, PRIMARY, why)
    place = observed(reading, Role.PRIMARY, PRIMARY)
    made = regions.find(account.location)
    if made is None or place.region in {UNKNOWN_REGION, made.name}:
        return place
    proof = evidence(reading, "location", account.location)
    return replace(place, failover=Failover(path=(made.name,), since=None, evidence=proof))


def _replica(account: Resource) -> Iterator[Placement]:
    reading = account.reading
    kind = (text(reading.body, KIND) or "").lower()
    if text(reading.body, SECONDARY):
        yield observed(reading, Role.REPLICA, SECONDARY)
    elif kind in TWO_REGIONS:
        why = f"an account of the type '{kind}' has a second region"
        yield absent(reading, Role.REPLICA, SECONDARY, why)
    elif kind not in ONE_REGION:
        yield unknown(reading, Role.REPLICA, KIND)


CHECKS: tuple[Check, ...] = (
    Check(
        id="classic-storage",
        title="Classic storage accounts: primary and secondary region, failovers",
        resource_types=("microsoft.classicstorage/storageaccounts",),
        holds=Holds.STORES,
        can_fail_over=True,
        permissions=("Microsoft.ClassicStorage/storageAccounts/read",),
        docs=(PAGE,),
        locate=locate,
        reads=True,
    ),
)
