"""The values of an answer, and what an answer is with another value in the place of one."""

import copy
from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bench.mutation.exceptions import Kind, is_excepted
from bench.mutation.world import World
from residency.testing import resource_of

REMOVED = "(removed)"
OUTSIDE_THE_EU = "eastus"
VALUES: tuple[Any, ...] = (REMOVED, None, "", OUTSIDE_THE_EU, "marsnorth1", 42)

Document = tuple[str, int | None]
"""The id of a resource and None, or the path of a child list and the number of its item."""

Step = str | int
Steps = tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """One value of one document, and what stands there instead.

    Attributes:
        owner: The check of a resource, or the name of a child list.
    """

    document: Document
    owner: str
    steps: Steps
    value: Any

    @property
    def path(self) -> str:
        """The path with `*` for numbers of list items."""
        return ".".join("*" if isinstance(step, int) else step for step in self.steps)

    def __str__(self) -> str:
        """Name the field and the value, not the document: what findings are counted by."""
        return f"{self.owner} {self.path} <- {self.value!r}"

    def may(self, kind: Kind) -> bool:
        """Tell whether this field is excepted."""
        return is_excepted(self.owner, self.path, kind)


def leaves(node: object, steps: Steps = ()) -> Iterator[Steps]:
    """Give the steps to every value in JSON: leaves, and whole objects and lists."""
    if steps:
        yield steps
    match node:
        case dict():
            for key, value in node.items():
                yield from leaves(value, (*steps, key))
        case list() | tuple():
            for number, value in enumerate(node):
                yield from leaves(value, (*steps, number))
        case _:
            pass


def mutated(world: World, mutation: Mutation) -> World:
    """Give the world with one value changed."""
    key, number = mutation.document
    if number is None:
        body = _changed(world.resources[key].reading.body, mutation)
        changed = resource_of(body, read_at=world.read_at)
        return replace(world, resources=ChainMap({key: changed}, dict(world.resources)))
    listed = list(world.children[key])
    listed[number] = _changed(listed[number], mutation)
    return replace(world, children=ChainMap({key: listed}, dict(world.children)))


def _changed(body: Mapping[str, Any], mutation: Mutation) -> dict[str, Any]:
    made: dict[str, Any] = copy.deepcopy(dict(body))
    here: Any = made
    for step in mutation.steps[:-1]:
        here = here[step]
    if mutation.value == REMOVED:
        del here[mutation.steps[-1]]
    else:
        here[mutation.steps[-1]] = mutation.value
    return made
