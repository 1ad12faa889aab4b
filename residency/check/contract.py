"""What a check is: a value that knows where the data of one kind of resource is."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from residency.model import Holds, Placement, Reading, Resource

T = TypeVar("T")

EVERY_TYPE = ("*",)
"""The `resource_types` of a check that adds to what any resource's own check says.

It is run for all that may hold data (a log that any resource may send on, say), states what it
finds or nothing, and holds `none` by itself.
"""


class Reader(Protocol):
    """What a check may ask beyond the resource itself. Each call that fails raises AzureError."""

    def get(self, path: str, *, api_version: str, expand: str = "") -> Reading:
        """Read one resource by its path."""
        ...

    def list(self, path: str, *, api_version: str) -> Sequence[Reading]:
        """Read a whole child list, all its pages."""
        ...

    def find(self, resource_id: str) -> Resource | None:
        """Look a resource up in this scan's inventory, by id, without a call."""
        ...

    def of_type(self, resource_type: str) -> Sequence[Resource]:
        """All resources of a (lower-cased) type in this scan's inventory, without a call."""
        ...

    def once(self, key: str, make: Callable[[], T]) -> T:
        """Make something once a scan, such as an index over all resources of a type."""
        ...


Locate = Callable[[Resource, Reader], Iterable[Placement]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Knows where the data of some resource types is. States facts, never judges.

    Attributes:
        id: Stable, kebab-case.
        resource_types: Lower-cased ARM types, or `EVERY_TYPE`.
        holds: What these types do with customer data.
        can_fail_over: Whether the primary of this type can move to another region by a failover.
        permissions: The Azure read actions that it needs.
        docs: The pages of Microsoft behind its facts.
        locate: A resource in, its placements out.
        reads: Whether `locate` asks the reader for more than the inventory already holds.
        uses_properties: Whether `locate` looks at more of the resource than type and location.
            Where it does not, resources that share both share what it says, unless it asked
            the reader.
    """

    id: str
    title: str
    resource_types: tuple[str, ...]
    holds: Holds
    can_fail_over: bool
    permissions: tuple[str, ...]
    docs: tuple[str, ...]
    locate: Locate
    reads: bool = False
    uses_properties: bool = True
