"""Which values of which answers the checks look at."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from bench.mutation.judged import run
from bench.mutation.leaves import Document, Steps
from bench.mutation.world import World
from residency.check import Catalogue
from residency.testing import resource_of


class Watched(dict[str, Any]):
    """A JSON object that notes which of its fields are looked at."""

    def __init__(self, body: Mapping[str, Any], steps: Steps, seen: set[Steps]) -> None:
        """Watch an object, and every object in it."""
        self._steps, self._seen = steps, seen
        super().__init__({key: _watched(found, (*steps, key), seen) for key, found in body.items()})

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401
        """Note a look, and give what is there."""
        self._seen.add((*self._steps, key))
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401
        """Note a look, and give what is there."""
        self._seen.add((*self._steps, key))
        return super().__getitem__(key)


def looked_at(
    world: World, catalogue: Catalogue, documents: Iterable[Document]
) -> dict[Document, set[Steps]]:
    """Run every check once over bodies that note what is looked at."""
    seen: dict[Document, set[Steps]] = {each: set() for each in documents}
    resources = {
        each: resource_of(
            Watched(found.reading.body, (), seen.get((each, None), set())), read_at=world.read_at
        )
        for each, found in world.resources.items()
    }
    children = {
        path: [
            Watched(body, (), seen.get((path, number), set())) for number, body in enumerate(bodies)
        ]
        for path, bodies in world.children.items()
    }
    watched = replace(world, resources=resources, children=children)
    for each in resources:
        run(each, watched, catalogue)
    return seen


def _watched(found: object, steps: Steps, seen: set[Steps]) -> object:
    match found:
        case dict():
            return Watched(found, steps, seen)
        case list() | tuple():
            return [_watched(each, (*steps, number), seen) for number, each in enumerate(found)]
        case _:
            return found
