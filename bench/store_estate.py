"""The estate of the bench of the store: `Judged` values, as a scan gives them, and their scans."""

from datetime import UTC, datetime, timedelta
from functools import cache

from residency.model import (
    Basis,
    Evidence,
    Holds,
    Placement,
    Reading,
    Resource,
    Role,
    Status,
    SubscriptionState,
    Verdict,
    Zone,
)
from residency.policy import Attribution, Judged, JudgedPlacement, Judgement
from residency.store import ScanRecord, SubscriptionRecord

SUBSCRIPTIONS, CUSTOMERS, PRODUCTS = 50, 200, 3
LARGE, LARGE_PART = 1, 20
ORDINARY = 7
"""Numbers of the customer with one resource of so many, and of one with its even share."""

BEGAN = datetime(2026, 10, 1, 0, 0, 30, tzinfo=UTC)
REGIONS = ("northeurope", "germanywestcentral", "francecentral", "swedencentral")
READING = Reading(api="arm", path="", body={}, read_at=BEGAN)


@cache
def judgement(turn: int, proof: str = "") -> Judgement:
    """Give the judgement that resources share which say the same; `proof` is one's own."""
    places = (
        (Role.PRIMARY, "westeurope", "properties.primaryLocation", "westeurope"),
        (Role.REPLICA, REGIONS[turn], proof or "properties.secondaryLocation", REGIONS[turn]),
    )
    return Judgement(
        status=Status.COMPLIANT if turn == 0 else Status.FALLBACK,
        severity=None,
        reasons=(),
        placements=tuple(
            JudgedPlacement(
                placement=Placement(
                    role=role,
                    region=region,
                    basis=Basis.OBSERVED,
                    evidence=Evidence(api="arm", path=path, value=value, read_at=BEGAN),
                ),
                country="NL",
                zone=Zone.HOME,
            )
            for role, region, path, value in places
        ),
    )


@cache
def attribution(product: int, customer: int | None) -> Attribution:
    return Attribution(
        product=f"product-{product}",
        customers=() if customer is None else (f"customer-{customer}",),
        environment="production",
    )


def customer_of(number: int) -> int | None:
    """Give whose a resource is; one in four is shared by those who use its product."""
    if number % 4 == 0:
        return None
    return LARGE if number % LARGE_PART == LARGE else number % CUSTOMERS


def judged(number: int, turn: int) -> Judged:
    """Give resource `number`; its replica is in the region of its `turn`.

    One in ten has evidence that names itself, which it shares with no other.
    """
    subscription = f"{number % SUBSCRIPTIONS:08}-0000-4000-8000-000000000000"
    resource_id = (
        f"/subscriptions/{subscription}/resourcegroups/rg-{number % 997}"
        f"/providers/microsoft.storage/storageaccounts/a{number}"
    )
    return Judged(
        resource=Resource(
            id=resource_id,
            type="microsoft.storage/storageaccounts",
            name=f"a{number}",
            subscription_id=subscription,
            resource_group=f"rg-{number % 997}",
            reading=READING,
        ),
        holds=Holds.STORES,
        attribution=attribution(number % PRODUCTS, customer_of(number)),
        judgement=judgement(turn, resource_id if number % 10 == 0 else ""),
    )


def record(estate: tuple[Judged, ...], number: int) -> ScanRecord:
    at = BEGAN + number * timedelta(minutes=15)
    return ScanRecord(
        id=f"scan-{number}",
        started_at=at,
        finished_at=at + timedelta(seconds=40),
        complete=True,
        verdict=Verdict.COMPLIANT,
        policy_sha256="0" * 64,
        reasons=(),
        subscriptions=tuple(
            SubscriptionRecord(
                id=f"{each:08}-0000-4000-8000-000000000000",
                name=f"subscription {each}",
                state=SubscriptionState.READ,
                reasons=(),
                resources=len(estate) // SUBSCRIPTIONS,
            )
            for each in range(SUBSCRIPTIONS)
        ),
        judged=estate,
        customers=tuple(f"customer-{each}" for each in range(CUSTOMERS)),
    )


class Estates:
    """An estate of which each scan finds a part otherwise."""

    def __init__(self, resources: int) -> None:
        self._made = [
            tuple(judged(number, turn) for turn in range(2)) for number in range(resources)
        ]
        self._turn = [0] * resources
        self._next = 0

    def now(self) -> tuple[Judged, ...]:
        return tuple(made[turn] for made, turn in zip(self._made, self._turn, strict=True))

    def change(self, share: float) -> None:
        for _ in range(round(len(self._made) * share)):
            self._turn[self._next] ^= 1
            self._next = (self._next + 1) % len(self._made)
