"""Runs a scan from the first call to the verdict."""

import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

from residency.azure import open_session
from residency.check import Catalogue
from residency.inventory import Inventory, Progress, take
from residency.policy import Judge, Judged, verdict
from residency.scan.cycles import few_collections
from residency.scan.placing import Placed, place_all
from residency.scan.reader import LiveReader
from residency.scan.result import Scan
from residency.settings import Settings, policy_sha256


def _silent(_stage: str, _done: int, _of: int) -> None:
    """Show no progress."""


async def scan(settings: Settings, catalogue: Catalogue, progress: Progress = _silent) -> Scan:
    """Scan the tenant once, within `scan.deadline`.

    Raises:
        AzureError: Not even the subscriptions could be listed.
        ConfigError: The credential does not fit the endpoint.
    """
    started_at = datetime.now(UTC)
    with few_collections():
        return await _scan(settings, catalogue, progress, started_at)


async def _scan(
    settings: Settings, catalogue: Catalogue, progress: Progress, started_at: datetime
) -> Scan:
    async with open_session(settings.azure, settings.scan.deadline) as arm:
        inventory = await take(arm, settings.scope, catalogue, progress)
        total = len(inventory.resources)
        with closing(LiveReader(arm, inventory.resources, inventory.answers)) as reader:
            placed = await place_all(
                inventory, catalogue, reader, lambda done: progress("placements", done, total)
            )
    return conclude(settings, inventory, placed, started_at)


def conclude(
    settings: Settings, inventory: Inventory, placed: tuple[Placed, ...], started_at: datetime
) -> Scan:
    """Judge what was placed and give the verdict; asks nothing of Azure."""
    judged = judge_all(settings, inventory, placed)
    complete = not inventory.incomplete
    return Scan(
        id=str(uuid.uuid4()),
        started_at=started_at,
        finished_at=datetime.now(UTC),
        complete=complete,
        verdict=verdict(
            (each.judgement for each in judged), complete=complete and not inventory.doubts
        ),
        policy_sha256=policy_sha256(settings),
        reasons=(
            *inventory.incomplete,
            *inventory.doubts,
            *inventory.notices,
            *_disagreements(inventory, judged),
        ),
        coverage=inventory.coverage,
        judged=judged,
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


def judge_all(
    settings: Settings, inventory: Inventory, placed: tuple[Placed, ...]
) -> tuple[Judged, ...]:
    """Judge everything that was placed, at one time, by id."""
    judge = Judge(settings=settings, groups=inventory.groups, now=datetime.now(UTC), failovers={})
    ordered = sorted(placed, key=lambda each: each.resource.id)
    return tuple(judge.judge(each.resource, each.holds, each.placements) for each in ordered)
