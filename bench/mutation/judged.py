"""What the checks say of a world, and how the policy judges it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

from bench.mutation.leaves import Mutation, mutated
from bench.mutation.world import TrackingReader, World
from residency.check import Catalogue, unreadable
from residency.errors import AzureError, CheckError
from residency.model import Placement, Role, Status
from residency.policy import Groups, Judge
from residency.settings import Settings

STRICTEST = "netherlands-only"

Placements = tuple[Placement, ...]


@dataclass(frozen=True, kw_only=True)
class JudgedWorld:
    """A world with all that the checks say of it.

    Attributes:
        runs: What the check of each resource says, and which documents it asked for.
    """

    world: World
    runs: Mapping[str, tuple[Placements, set[str]]]
    groups: Groups
    settings: Settings
    catalogue: Catalogue

    @cached_property
    def said(self) -> dict[str, Placements]:
        """What the check of each resource says."""
        return {each: places for each, (places, _) in self.runs.items()}

    @cached_property
    def askers(self) -> dict[str, set[str]]:
        """Who asked for a document, by its key."""
        found: dict[str, set[str]] = {}
        for each, (_, asked) in self.runs.items():
            for key in asked:
                found.setdefault(key, set()).add(each)
        return found

    @cached_property
    def stated(self) -> Mapping[str, Placements]:
        """What is stated of each resource, by whichever check."""
        owned: dict[str, list[Placement]] = {each: [] for each in self.said}
        for each, places in self.said.items():
            for place in places:
                owner = place.subject if place.subject in owned else each
                owned[owner].append(replace(place, subject=None))
        return {each: tuple(dict.fromkeys(places)) for each, places in owned.items()}

    def statuses(self, resource_id: str) -> tuple[Status, Status]:
        """Give the status of a resource, under the demo's policy and the strictest."""
        strict = self.settings.policies[STRICTEST]
        return (
            self._status(resource_id, self.settings),
            self._status(resource_id, self.settings.model_copy(update={"policy": strict})),
        )

    def after(self, mutation: Mutation) -> Self:
        """Give the world in which this has happened; only those who looked are asked again."""
        key, number = mutation.document
        world = mutated(self.world, mutation)
        asked = self.askers.get(key, set()) | ({key} if number is None else set())
        runs = {**self.runs, **{each: run(each, world, self.catalogue) for each in asked}}
        return replace(self, world=world, runs=runs)

    def _status(self, resource_id: str, settings: Settings) -> Status:
        resource = self.world.resources[resource_id]
        check = self.catalogue.check_for(resource.type)
        groups = replace(self.groups, resources=self.world.resources)
        judge = Judge(settings=settings, groups=groups, now=self.world.read_at, failovers={})
        judged = judge.judge(resource, check.holds if check else None, self.stated[resource_id])
        return judged.judgement.status


def run(resource_id: str, world: World, catalogue: Catalogue) -> tuple[Placements, set[str]]:
    """Give what the check of a resource says, and which documents it asked for.

    Each run has a reader of its own: what one resource made `once` is asked for again by the next.
    """
    resource, reader = world.resources[resource_id], TrackingReader(world=world)
    found: list[Placement] = []
    if check := catalogue.check_for(resource.type):
        try:
            found.extend(check.locate(resource, reader))
        except (AzureError, CheckError) as error:
            found.append(
                unreadable(
                    Role.PRIMARY,
                    error,
                    path=resource.id,
                    read_at=world.read_at,
                    decides_primary=True,
                )
            )
    return tuple(found), reader.asked
