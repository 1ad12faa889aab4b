"""The example estate, in which one value at a time can be damaged: which values, and what then."""

import random
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import residency
from bench.mutation.exceptions import Kind
from bench.mutation.findings import Finding, findings
from bench.mutation.judged import JudgedWorld, run
from bench.mutation.leaves import REMOVED, VALUES, Document, Mutation, Steps, leaves
from bench.mutation.watched import looked_at
from bench.mutation.world import groups_of, world_of
from checks import CHECKS
from residency.check import Catalogue, Check
from residency.settings import load
from residency.simulator.estate import example_estate

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
CONFIGURATION = Path(residency.__file__).parent / "simulator" / "data" / "residency.yaml"


class Laboratory(JudgedWorld):
    """A judged world, and the mutations that can be tried in it."""

    def documents(self) -> Iterator[Document]:
        """Give every document that a check looks at."""
        for resource in self.world.resources.values():
            if self.catalogue.check_for(resource.type):
                yield resource.id, None
        for path in sorted(self.world.children.keys() & self.askers.keys()):
            for number in range(len(self.world.children[path])):
                yield path, number

    def document(self, tail: str) -> Document:
        """Find the one document whose id, or whose list's path and `#` number, ends so."""
        wanted, _, number = tail.lower().partition("#")
        keys = self.world.children if number else self.world.resources
        (key,) = [each for each in keys if each.endswith(f"/{wanted}")]
        return key, int(number) if number else None

    def seen(self) -> dict[Document, set[Steps]]:
        """Give the values of each document that a check looks at."""
        return looked_at(self.world, self.catalogue, self.documents())

    def mutations(self) -> Iterator[Mutation]:
        """Give every mutation of every document that a check looks at."""
        return (each for document in self.documents() for each in self.mutations_of(document))

    def mutations_of(self, document: Document) -> Iterator[Mutation]:
        """Give every mutation of one document.

        The id and type of a resource say which resource it is, and an item that a list does not
        have is no damage to it; those are left alone.
        """
        owner, body = self._read(document)
        for steps in leaves(body):
            if document[1] is None and steps[0] in {"id", "type"}:
                continue
            for value in VALUES:
                made = Mutation(document=document, owner=owner, steps=steps, value=value)
                is_item = value == REMOVED and isinstance(steps[-1], int)
                if not is_item and not all(made.may(kind) for kind in Kind):
                    yield made

    def mutations_of_what_is_read(self) -> Iterator[Mutation]:
        """Give the mutations of those values alone that a check looks at, and of items of lists."""
        seen = self.seen()
        for each in self.mutations():
            looked = seen[each.document]
            is_item = isinstance(each.steps[-1], int) and each.steps[:-1] in looked
            if is_item or each.steps in looked:
                yield each

    def mutation(self, document: Document, path: str, value: Any) -> Mutation:  # noqa: ANN401
        """Give the mutation of the field at a dotted path (`properties.locations.0.name`)."""
        steps = tuple(int(step) if step.isdigit() else step for step in path.split("."))
        owner, _ = self._read(document)
        return Mutation(document=document, owner=owner, steps=steps, value=value)

    def sample(self, number: int, seed: int) -> list[Mutation]:
        """Draw mutations: of each field that a check looks at first, and then of any field."""
        read = _drawn(self.mutations_of_what_is_read(), number, seed)
        left = number - len(read)
        known = set(read)
        others = (each for each in self.mutations() if each not in known) if left else ()
        return [*read, *_drawn(others, left, seed)]

    def findings(self, mutation: Mutation) -> Iterator[Finding]:
        """Try one mutation, and give what must not happen and is not excepted."""
        return findings(self, mutation)

    def _read(self, document: Document) -> tuple[str, Mapping[str, Any]]:
        key, number = document
        if number is None:
            check = self.catalogue.check_for(self.world.resources[key].type)
            return check.id if check else "", self.world.resources[key].reading.body
        return key.rsplit("/", 1)[-1], self.world.children[key][number]


def laboratory(checks: Iterable[Check] = CHECKS) -> Laboratory:
    """Set up the example estate with the demo's configuration."""
    estate, catalogue = example_estate(NOW), Catalogue.of(checks)
    world = world_of(estate, NOW)
    return Laboratory(
        world=world,
        runs={each: run(each, world, catalogue) for each in world.resources},
        groups=groups_of(estate, world.resources),
        settings=load(CONFIGURATION),
        catalogue=catalogue,
    )


def _drawn(mutations: Iterable[Mutation], number: int, seed: int) -> list[Mutation]:
    """Draw so that every field and value is as likely as any other, however many have it."""
    dice = random.Random(seed)  # noqa: S311 - nothing secret
    by_shape: dict[str, list[Mutation]] = {}
    for mutation in mutations:
        by_shape.setdefault(str(mutation), []).append(mutation)
    for found in by_shape.values():
        dice.shuffle(found)
    drawn: list[Mutation] = []
    while by_shape and len(drawn) < number:
        shapes = sorted(by_shape)
        dice.shuffle(shapes)
        drawn += [by_shape[shape].pop() for shape in shapes]
        by_shape = {shape: left for shape, left in by_shape.items() if left}
    return drawn[:number]
