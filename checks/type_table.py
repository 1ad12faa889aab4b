"""The one table of resource types: what each holds, and how its place is known.

The table is `data/types.json`, its form `data/types.schema.json`; docs/types.md shows it. A type
that is not in it is unknown when it is met.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib.resources import files
from typing import Any

from residency.check import Reader, absent, at_location, cited, is_at_site, text
from residency.model import Holds, Placement, Resource, Role


class Place(StrEnum):
    """How the place of a type's data is known."""

    CHECK = "check"
    LOCATION = "location"
    PAIR = "pair"
    UNSAID = "unsaid"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the table.

    Attributes:
        type: Lower-cased ARM type.
        why: One sentence: what it is, and what it holds.
        page: The page of Microsoft behind it, if one was found.
        not_from: Regions from which there is no copy in the pair, where the place is `pair`.
    """

    type: str
    holds: Holds
    place: Place
    why: str
    page: str = ""
    not_from: tuple[str, ...] = ()


def _entry(line: dict[str, Any]) -> Entry:
    return Entry(
        type=line["type"],
        holds=Holds(line["holds"]),
        place=Place(line["place"]),
        why=line["why"],
        page=line.get("source", {}).get("page", ""),
        not_from=tuple(line.get("not_from", ())),
    )


ENTRIES: tuple[Entry, ...] = tuple(
    map(
        _entry,
        json.loads(files("checks").joinpath("data", "types.json").read_text(encoding="utf-8"))[
            "types"
        ],
    )
)


def entries(holds: Holds, place: Place) -> tuple[Entry, ...]:
    """Give the lines of one kind, in order."""
    return tuple(entry for entry in ENTRIES if (entry.holds, entry.place) == (holds, place))


def pages(lines: Iterable[Entry]) -> tuple[str, ...]:
    """Give the pages behind some lines, each once."""
    return tuple(sorted({entry.page for entry in lines if entry.page}))


def shares() -> str:
    """Say in one line how many types hold what."""
    counted = Counter(entry.holds for entry in ENTRIES)
    said = ", ".join(f"{counted[holds]} {holds.value}" for holds in Holds)
    return f"{len(ENTRIES)} types: {said}."


def placed(resource: Resource, reader: Reader) -> Resource:
    """Give the resource whose `location` places this one: itself, or else what it is part of.

    A child without a location is where its parent is
    (https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules), and
    an extension is where the resource is that it extends. If none that was seen has a location,
    this is the topmost.
    """
    if text(resource.reading.body, "location") or is_at_site(resource):
        return resource
    parent = reader.find(_parent_id(resource.id))
    return placed(replace(parent, reading=cited(parent)), reader) if parent else resource


def own_location(resource: Resource) -> Placement:
    """State that a resource is at its `location`, which every resource or its parent has."""
    if text(resource.reading.body, "location") or is_at_site(resource):
        return at_location(resource)
    why = "this type always has one, or is part of a resource that has"
    return absent(resource.reading, Role.PRIMARY, "location", why)


def _parent_id(resource_id: str) -> str:
    above = resource_id.rsplit("/", 2)[0]
    extended, _, namespace = above.rpartition("/providers/")
    return above if "/" in namespace else extended
