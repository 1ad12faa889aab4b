"""Damages the example estate one JSON value at a time, and looks for a check that hides it.

Each mutation takes one value of one answer of Azure (a leaf, or a whole object or list) and removes
it, or puts null, "", 42, a region outside the EU or a region that nobody knows in its place. Then:

- no resource that was not compliant may be compliant, under the demo's policy and under its
  strictest one;
- no place that was stated may be gone without something unknown, or something worse, in its stead;
- no check may fail with anything but an error of the product's own.

What is excepted stands in `EXCEPTIONS`, each with its reason.

    python bench/mutate.py 10000 [seed]
"""

import copy
import random
import re
import sys
import time
from collections import ChainMap, Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import residency
from checks import CHECKS
from residency import regions
from residency.check import Catalogue, Check, unreadable
from residency.errors import AccessDenied, AzureError, CheckError, NotFound
from residency.model import UNKNOWN_REGION, Placement, Reading, Resource, Role, Status
from residency.policy import Groups, Judge
from residency.settings import Settings, load
from residency.simulator.estate import example_estate
from residency.simulator.world import Estate
from residency.testing import resource_of

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
CONFIGURATION = Path(residency.__file__).parent / "simulator" / "data" / "residency.yaml"
STRICTEST = "netherlands-only"
REMOVED = "(removed)"
VALUES: tuple[Any, ...] = (REMOVED, None, "", "eastus", "marsnorth1", 42)
OUTSIDE_THE_EU = "eastus"
T = TypeVar("T")

Document = tuple[str, int | None]
"""The id of a resource and None, or the path of a child list and the number of its item."""

Step = str | int
Steps = tuple[Step, ...]


class Kind(StrEnum):
    """What is wrong with what a mutation led to."""

    COMPLIANT = "became compliant"
    LOST = "a place is gone and nothing is unknown"
    CRASHED = "a check failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exempted:
    """A field that may hide something, and why that is right.

    Attributes:
        owner: A glob for the check of a resource, or the name of a child list.
        path: A glob for the path of the field.
        what: All of what it may do.
    """

    owner: str
    path: str
    why: str
    what: frozenset[Kind] = frozenset(Kind)


EXCEPTIONS: tuple[Exempted, ...] = (
    Exempted(
        owner="replicationprotecteditems",
        path="properties.providerSpecificDetails.protectedManagedDisks",
        why="Only this list names the disk that is the copy. One that no item names is judged as a"
        " disk of its own, where it stands: more strictly than a copy.",
        what=frozenset({Kind.LOST}),
    ),
    Exempted(
        owner="replicationprotecteditems",
        path="properties.providerSpecificDetails.protectedManagedDisks.*.recoveryReplicaDiskId",
        why="The same; Azure leaves it out while the copy is being made.",
        what=frozenset({Kind.LOST}),
    ),
    Exempted(
        owner="*", path="tags*", why="Tags say whose a resource is, and never where its data is."
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """One value of one document, and what stands there instead."""

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
        return any(
            kind in each.what
            and fnmatchcase(self.owner, each.owner)
            and fnmatchcase(self.path, each.path)
            for each in EXCEPTIONS
        )


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


def _watched(found: object, steps: Steps, seen: set[Steps]) -> object:
    match found:
        case dict():
            return Watched(found, steps, seen)
        case list() | tuple():
            return [_watched(each, (*steps, number), seen) for number, each in enumerate(found)]
        case _:
            return found


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What Azure answers. Child lists are by lower-cased path; `items` finds their items by id."""

    resources: Mapping[str, Resource]
    children: Mapping[str, Sequence[Mapping[str, Any]]]
    items: Mapping[str, tuple[str, int]]
    denied: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingReader:
    """Answers from a world, and notes what was asked."""

    world: World
    asked: set[str] = field(default_factory=set)
    made: dict[str, Any] = field(default_factory=dict)

    def get(self, path: str, *, api_version: str, expand: str = "") -> Reading:
        """Read one document."""
        del api_version, expand
        key = path.lower()
        self._refuse(key)
        if (found := self.find(key)) is not None:
            return self._reading(path, found.reading.body)
        if key not in self.world.items:
            raise NotFound(f"{path} is not there", code="ResourceNotFound")
        where, number = self.world.items[key]
        self.asked.add(where)
        return self._reading(path, self.world.children[where][number])

    def list(self, path: str, *, api_version: str) -> Sequence[Reading]:
        """Read a child list."""
        del api_version
        key = path.lower()
        self._refuse(key)
        self.asked.add(key)
        bodies = self.world.children.get(key, ())
        return tuple(self._reading(str(body.get("id", path)), body) for body in bodies)

    def find(self, resource_id: str) -> Resource | None:
        """Look up by id."""
        self.asked.add(resource_id.lower())
        return self.world.resources.get(resource_id.lower())

    def of_type(self, resource_type: str) -> Sequence[Resource]:
        """Look up by type."""
        found = tuple(each for each in self.world.resources.values() if each.type == resource_type)
        self.asked.update(each.id for each in found)
        return found

    def once(self, key: str, make: Callable[[], T]) -> T:
        """Make something once a reader, so that each resource asks for itself."""
        if key not in self.made:
            self.made[key] = make()
        found: T = self.made[key]
        return found

    def _refuse(self, key: str) -> None:
        if any(key.startswith(prefix) for prefix in self.world.denied):
            raise AccessDenied(f"{key} is refused", code="AuthorizationFailed")

    def _reading(self, path: str, body: Mapping[str, Any]) -> Reading:
        return Reading(api="arm", path=path, body=body, read_at=NOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that must not happen."""

    kind: Kind
    mutation: Mutation
    resource_id: str
    detail: str

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.kind}: {self.mutation} | {self.resource_id} | {self.detail}"


Placements = tuple[Placement, ...]
Stated = Mapping[str, Placements]


@dataclass(frozen=True, kw_only=True)
class Laboratory:
    """An estate with all that the checks say of it.

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
    def stated(self) -> Stated:
        """What is stated of each resource, by whichever check."""
        return self._owned(self.said)

    def statuses(self, resource_id: str) -> tuple[Status, Status]:
        """Give the status of a resource, under the demo's policy and the strictest."""
        return self._judge(resource_id, self.world, self.stated)

    def documents(self) -> Iterator[Document]:
        """Give every document that a check looks at."""
        for resource in self.world.resources.values():
            if self.catalogue.check_for(resource.type):
                yield resource.id, None
        for path in sorted(self.world.children.keys() & self.askers.keys()):
            for number in range(len(self.world.children[path])):
                yield path, number

    def mutations(self) -> Iterator[Mutation]:
        """Give every mutation of every document that a check looks at."""
        return (each for document in self.documents() for each in self.mutations_of(document))

    def mutations_of_what_is_read(self) -> Iterator[Mutation]:
        """Give the mutations of those values alone that a check looks at, and of items of lists."""
        seen = self.seen()
        for each in self.mutations():
            looked_at = seen[each.document]
            is_item = isinstance(each.steps[-1], int) and each.steps[:-1] in looked_at
            if is_item or each.steps in looked_at:
                yield each

    def seen(self) -> dict[Document, set[Steps]]:
        """Run every check once over bodies that note what is looked at."""
        seen: dict[Document, set[Steps]] = {each: set() for each in self.documents()}
        resources = {
            each: resource_of(
                Watched(found.reading.body, (), seen.get((each, None), set())), read_at=NOW
            )
            for each, found in self.world.resources.items()
        }
        children = {
            path: [
                Watched(body, (), seen.get((path, number), set()))
                for number, body in enumerate(bodies)
            ]
            for path, bodies in self.world.children.items()
        }
        world = replace(self.world, resources=resources, children=children)
        for each in resources:
            _run(each, world, self.catalogue)
        return seen

    def mutations_of(self, document: Document) -> Iterator[Mutation]:
        """Give every mutation of one document.

        The id and type of a resource say which resource it is, and an item that a list does not
        have is no damage to it; those are left alone.
        """
        owner, body = self._read(document)
        for steps in _places(body):
            if document[1] is None and steps[0] in {"id", "type"}:
                continue
            for value in VALUES:
                made = Mutation(document=document, owner=owner, steps=steps, value=value)
                is_item = value == REMOVED and isinstance(steps[-1], int)
                if not is_item and not all(made.may(kind) for kind in Kind):
                    yield made

    def mutation(self, document: Document, path: str, value: Any) -> Mutation:  # noqa: ANN401
        """Give the mutation of the field at a dotted path (`properties.locations.0.name`)."""
        steps = tuple(int(step) if step.isdigit() else step for step in path.split("."))
        owner, _ = self._read(document)
        return Mutation(document=document, owner=owner, steps=steps, value=value)

    def document(self, tail: str) -> Document:
        """Find the one document whose id, or whose list's path and `#` number, ends so."""
        wanted, _, number = tail.lower().partition("#")
        keys = self.world.children if number else self.world.resources
        (key,) = [each for each in keys if each.endswith(f"/{wanted}")]
        return key, int(number) if number else None

    def after(self, mutation: Mutation) -> "Laboratory":
        """Give a laboratory in which this has happened; only those who looked are asked again."""
        key, number = mutation.document
        world = mutated(self.world, mutation)
        asked = self.askers.get(key, set()) | ({key} if number is None else set())
        runs = {**self.runs, **{each: _run(each, world, self.catalogue) for each in asked}}
        return replace(self, world=world, runs=runs)

    def _read(self, document: Document) -> tuple[str, Mapping[str, Any]]:
        key, number = document
        if number is None:
            check = self.catalogue.check_for(self.world.resources[key].type)
            return check.id if check else "", self.world.resources[key].reading.body
        return key.rsplit("/", 1)[-1], self.world.children[key][number]

    def sample(self, number: int, seed: int) -> list[Mutation]:
        """Draw mutations: of each field that a check looks at first, and then of any field."""
        read = _drawn(self.mutations_of_what_is_read(), number, seed)
        left = number - len(read)
        known = set(read)
        others = (each for each in self.mutations() if each not in known) if left else ()
        return [*read, *_drawn(others, left, seed)]

    def findings(self, mutation: Mutation) -> Iterator[Finding]:
        """Try one mutation, and give what must not happen and is not excepted."""
        return (each for each in self._findings(mutation) if not mutation.may(each.kind))

    def _findings(self, mutation: Mutation) -> Iterator[Finding]:
        try:
            worse = self.after(mutation)
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            detail = f"{type(error).__name__}: {error}"
            yield Finding(
                kind=Kind.CRASHED,
                mutation=mutation,
                resource_id=mutation.document[0],
                detail=detail,
            )
            return
        for each, before in self.stated.items():
            if worse.stated[each] != before:
                yield from self._compared(mutation, each, worse)

    def _compared(self, mutation: Mutation, each: str, worse: "Laboratory") -> Iterator[Finding]:
        before, after = self.statuses(each), worse.statuses(each)
        if any(
            old is not Status.COMPLIANT and new is Status.COMPLIANT
            for old, new in zip(before, after, strict=True)
        ):
            detail = f"{before} -> {after}"
            yield Finding(kind=Kind.COMPLIANT, mutation=mutation, resource_id=each, detail=detail)
        found = (*worse.stated[each], *self._speakers(mutation, each, worse.stated))
        gone = _places_of(self.stated[each]) - _places_of(found)
        if gone and not any(_is_bad(place) for place in found):
            detail = ", ".join(sorted(" ".join(place) for place in gone))
            yield Finding(kind=Kind.LOST, mutation=mutation, resource_id=each, detail=detail)

    def _speakers(self, mutation: Mutation, each: str, stated: Stated) -> Iterator[Placement]:
        """What is stated of the resources (vaults, say) whose checks spoke of this one."""
        for asker in self.askers.get(mutation.document[0], ()):
            if any(place.subject == each for place in self.said[asker]):
                yield from stated[asker]

    def _owned(self, said: Stated) -> Stated:
        owned: dict[str, list[Placement]] = {each: [] for each in said}
        for each, places in said.items():
            for place in places:
                owner = place.subject if place.subject in owned else each
                owned[owner].append(replace(place, subject=None))
        return {each: tuple(dict.fromkeys(places)) for each, places in owned.items()}

    def _judge(self, resource_id: str, world: World, stated: Stated) -> tuple[Status, Status]:
        resource = world.resources[resource_id]
        check = self.catalogue.check_for(resource.type)
        holds = check.holds if check else None
        groups = replace(self.groups, resources=world.resources)
        strict = self.settings.policies[STRICTEST]
        demo, strictest = (
            Judge(settings=settings, groups=groups, now=NOW, failovers={})
            .judge(resource, holds, stated[resource_id])
            .judgement.status
            for settings in (
                self.settings,
                self.settings.model_copy(update={"policy": strict}),
            )
        )
        return demo, strictest


def laboratory(checks: Iterable[Check] = CHECKS) -> Laboratory:
    """Set up the example estate with the demo's configuration."""
    estate, settings = example_estate(NOW), load(CONFIGURATION)
    hidden = {each.id for each in estate.subscriptions if not each.readable}
    every = (resource_of(body, read_at=NOW) for body in estate.resources)
    resources = {each.id: each for each in every if each.subscription_id not in hidden}
    world = World(
        resources=resources,
        children=estate.children,
        items={
            item["id"].lower(): (path, number)
            for path, found in estate.children.items()
            for number, item in enumerate(found)
        },
        denied=estate.denied,
    )
    catalogue = Catalogue.of(checks)
    return Laboratory(
        world=world,
        runs={each: _run(each, world, catalogue) for each in resources},
        groups=_groups(estate, resources),
        settings=settings,
        catalogue=catalogue,
    )


def _run(resource_id: str, world: World, catalogue: Catalogue) -> tuple[Placements, set[str]]:
    resource, reader = world.resources[resource_id], TrackingReader(world=world)
    found: list[Placement] = []
    if check := catalogue.check_for(resource.type):
        try:
            found.extend(check.locate(resource, reader))
        except (AzureError, CheckError) as error:
            found.append(
                unreadable(Role.PRIMARY, error, path=resource.id, read_at=NOW, decides_primary=True)
            )
    return tuple(found), reader.asked


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


def mutated(world: World, mutation: Mutation) -> World:
    """Give the world with one value changed."""
    key, number = mutation.document
    if number is None:
        old = world.resources[key]
        changed = resource_of(_changed(old.reading.body, mutation), read_at=NOW)
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


def _places(node: object, steps: Steps = ()) -> Iterator[Steps]:
    if steps:
        yield steps
    match node:
        case dict():
            for key, value in node.items():
                yield from _places(value, (*steps, key))
        case list() | tuple():
            for number, value in enumerate(node):
                yield from _places(value, (*steps, number))
        case _:
            pass


def _places_of(places: Sequence[Placement]) -> set[tuple[str, str]]:
    return {(str(place.role), place.region) for place in places if place.region != UNKNOWN_REGION}


def _is_bad(place: Placement) -> bool:
    region = regions.find(place.region)
    return place.unresolved is not None or (region is not None and region.name == OUTSIDE_THE_EU)


def _groups(estate: Estate, resources: Mapping[str, Resource]) -> Groups:
    keys = {
        body["id"]: f"{re.split('/', body['id'])[2]}/{body['name'].lower()}"
        for body in estate.resource_groups
    }
    return Groups(
        tags={keys[body["id"]]: body.get("tags", {}) for body in estate.resource_groups},
        managed_by={
            keys[body["id"]]: body["managedBy"].lower()
            for body in estate.resource_groups
            if "managedBy" in body
        },
        resources=resources,
    )


def main(number: int, seed: int) -> int:
    room = laboratory()
    drawn = room.sample(number, seed)
    began = time.perf_counter()
    found = [finding for mutation in drawn for finding in room.findings(mutation)]
    seconds = time.perf_counter() - began
    counted = Counter((finding.kind, str(finding.mutation)) for finding in found)
    examples = {(finding.kind, str(finding.mutation)): finding for finding in found}
    for key, times in sorted(counted.items()):
        print(f"{times} x {examples[key]}")
    print(f"{len(drawn)} mutations in {seconds:.1f} s: {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:3]]
    sys.exit(main(*(arguments + [10_000, 0][len(arguments) :])))
