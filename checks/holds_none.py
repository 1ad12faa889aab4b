"""Types that hold no customer data: judged by their location alone.

The table is `data/none.json`; docs/types-that-hold-none.md says what is in it and what is not. A
type that can keep customer data is not in the table, so that it is unknown rather than wrong.
"""

import json
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from residency.check import Check, Reader, absent, at_location, value
from residency.model import Holds, Placement, Resource, Role

GLOBAL = "global"

_TYPES: list[dict[str, Any]] = json.loads(
    files("checks").joinpath("data", "none.json").read_text(encoding="utf-8")
)["types"]


def locate(resource: Resource, reader: Reader) -> Iterable[Placement]:
    """State where a resource stands that holds no customer data.

    `global` is no place: such a type has nothing that could be anywhere
    (https://learn.microsoft.com/azure/reliability/regions-nonregional-services). A child without
    a location has none to judge either. Any other type always has one, so that a missing one is
    unknown.
    """
    del reader
    if resource.location:
        if not _is_global(resource):
            yield at_location(resource)
    elif not _is_child(resource.type):
        yield absent(resource.reading, Role.PRIMARY, "location", "this type always has one")


def _is_global(resource: Resource) -> bool:
    site = value(resource.reading.body, "extendedLocation.name")
    return resource.location.strip().lower() == GLOBAL and not site


def _is_child(resource_type: str) -> bool:
    return resource_type.count("/") > 1


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
