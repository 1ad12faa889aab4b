"""Types that hold no customer data: judged by their location alone.

The table is `data/none.json`; docs/types-that-hold-none.md says what is in it and what is not. A
type that can keep customer data is not in the table, so that it is unknown rather than wrong.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib.resources import files
from typing import Any

from residency.check import Check, Reader, absent, at_location, cited, is_at_site, text
from residency.model import Holds, Placement, Resource, Role

GLOBAL = "global"

_TYPES: list[dict[str, Any]] = json.loads(
    files("checks").joinpath("data", "none.json").read_text(encoding="utf-8")
)["types"]


def locate(resource: Resource, reader: Reader) -> Iterable[Placement]:
    """State where a resource stands that holds no customer data.

    `global` is no place: such a type has nothing that could be anywhere
    (https://learn.microsoft.com/azure/reliability/regions-nonregional-services). A child without
    a location is where the resource is that it is part of
    (https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules). Any
    other type always has one, so that a missing one is unknown.
    """
    if text(resource.reading.body, "location"):
        yield from _at_own(resource)
    elif (parent := reader.find(_parent_id(resource))) is not None:
        yield from locate(replace(parent, reading=cited(parent)), reader)
    else:
        why = "this type always has one, or is part of a resource that has"
        yield absent(resource.reading, Role.PRIMARY, "location", why)


def _at_own(resource: Resource) -> Iterator[Placement]:
    if resource.location.strip().lower() != GLOBAL or is_at_site(resource):
        yield at_location(resource)


def _parent_id(resource: Resource) -> str:
    return resource.id.rsplit("/", 2)[0]


CHECKS: tuple[Check, ...] = (
    Check(
        id="holds-none",
        title="Networks, shells, identities, rules and containers, which hold no customer data",
        resource_types=tuple(entry["type"] for entry in _TYPES),
        holds=Holds.NONE,
        can_fail_over=False,
        permissions=("Microsoft.Resources/subscriptions/resources/read",),
        docs=tuple(sorted({entry["source"]["page"] for entry in _TYPES if "source" in entry})),
        locate=locate,
        uses_properties=False,
    ),
)
