"""Runs a scan from the first call to the verdict."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime

from residency import clock
from residency.azure import open_session
from residency.check import Catalogue
from residency.cycles import few_collections
from residency.inventory import Inventory, Progress, take
from residency.model import Basis, Failover
from residency.policy import Judge, Judged, verdict
from residency.scan.placing import Placed, place_all
from residency.scan.reader import LiveReader
from residency.scan.result import Scan, Unseen
from residency.settings import Settings, policy_sha256


def silent(_stage: str, _done: int, _of: int) -> None:
    """Show no progress."""


async def scan(settings: Settings, catalogue: Catalogue, progress: Progress = silent) -> Scan:
    """Scan the tenant once, within `scan.deadline`.

    Raises:
        AzureError: Not even the subscriptions could be listed.
        ConfigError: The credential does not fit the endpoint.
    """
    started_at = clock.now()
    with few_collections():
        return await _scan(settings, catalogue, progress, started_at)


async def _scan(
    settings: Settings, catalogue: Catalogue, progress: Progress, started_at: datetime
) -> Scan:
    async with open_session(settings.azure, settings.scan.deadline) as arm:
        inventory = await take(arm, settings.scope, catalogue, progress)
        reader = LiveReader(arm, inventory.resources, inventory.answers)
        placed = await place(inventory, catalogue, reader, progress)
    judged = judge_all(judge_of(settings, inventory), placed)
    return conclude(settings, inventory, judged, started_at)


async def place(
    inventory: Inventory, catalogue: Catalogue, reader: LiveReader, progress: Progress
) -> tuple[Placed, ...]:
    """Locate every resource through a reader, which is closed then."""
    total = len(inventory.resources)
    with closing(reader):
        return await place_all(
            inventory, catalogue, reader, lambda done: progress("placements", done, total)
        )


def conclude(
    settings: Settings,
    inventory: Inventory,
    judged: tuple[Judged, ...],
    started_at: datetime,
    unseen: tuple[Unseen, ...] = (),
) -> Scan:
    """Give the verdict on what was judged; asks nothing of Azure.

    Args:
        settings: The configuration.
        inventory: What was seen.
        judged: Every resource that was seen, by id.
        started_at: When the scan began.
        unseen: What stood before, and is neither seen nor known to be gone.
    """
    complete = not inventory.incomplete
    certain = complete and not inventory.doubts and not unseen
    return Scan(
        id=str(uuid.uuid4()),
        started_at=started_at,
        finished_at=clock.now(),
        complete=complete,
        verdict=verdict((each.judgement for each in judged), complete=certain),
        policy_sha256=policy_sha256(settings),
        reasons=(
            *inventory.incomplete,
            *inventory.doubts,
            *inventory.notices,
            *([f"resources-unseen: {len(unseen)} resources"] if unseen else ()),
            *_disagreements(inventory, judged),
            *_unused(settings, judged),
        ),
        coverage=inventory.coverage,
        judged=judged,
        unseen=unseen,
    )


def _disagreements(inventory: Inventory, judged: tuple[Judged, ...]) -> Iterator[str]:
    """Count the resources of which Resource Graph says something else than their provider."""
    unique = {id(each.judgement): each.judgement for each in judged}
    contradicted = {
        key
        for key, judgement in unique.items()
        if any(place.placement.evidence.against for place in judgement.placements)
    }
    others = {each.resource.id for each in judged if id(each.judgement) in contradicted}
    differing = inventory.differing | others
    if differing:
        yield f"sources-disagree: {len(differing)} resources"


def _unused(settings: Settings, judged: tuple[Judged, ...]) -> Iterator[str]:
    """Name the live exemptions that set nothing aside, and declarations that place nothing."""
    unique = {id(each.judgement): each.judgement for each in judged}
    used = {name for judgement in unique.values() for name in judgement.exemptions}
    for exemption in settings.exemptions:
        if exemption.is_live(clock.now()) and exemption.id not in used:
            yield f"exemption-unused: {exemption.id}"
    sources = {
        place.placement.evidence.path
        for judgement in unique.values()
        for place in judgement.placements
        if place.placement.basis is Basis.DECLARED
    }
    for number, declaration in enumerate(settings.declarations):
        if declaration.is_live(clock.now()) and declaration.source not in sources:
            yield f"declaration-unused: {number}"


def judge_of(
    settings: Settings, inventory: Inventory, failovers: Mapping[str, Failover] | None = None
) -> Judge:
    """Give the judge of this moment; `failovers` is what is remembered, by resource id."""
    return Judge(
        settings=settings, groups=inventory.groups, now=clock.now(), failovers=failovers or {}
    )


def judge_all(judge: Judge, placed: tuple[Placed, ...]) -> tuple[Judged, ...]:
    """Judge everything that was placed, at one time, by id."""
    ordered = sorted(placed, key=lambda each: each.resource.id)
    return tuple(judge.judge(each.resource, each.holds, each.placements) for each in ordered)
