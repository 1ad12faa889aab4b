"""What Azure answers of an estate, and a reader that checks ask."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from residency.errors import AccessDenied, NotFound
from residency.model import Reading, Resource
from residency.policy import Groups
from residency.simulator.world import Estate
from residency.testing import resource_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What Azure answers.

    Attributes:
        resources: What can be read, by id.
        children: The items of child lists, by lower-cased path.
        items: Where the item with an id is: the path of its list, and its number there.
        denied: Lower-cased path prefixes that are refused.
        read_at: When all of it is read.
    """

    resources: Mapping[str, Resource]
    children: Mapping[str, Sequence[Mapping[str, Any]]]
    items: Mapping[str, tuple[str, int]]
    denied: Sequence[str]
    read_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingReader:
    """Answers from a world, and notes what was asked.

    Attributes:
        asked: Lower-cased ids of resources and paths of child lists.
    """

    world: World
    asked: set[str] = field(default_factory=set)
    made: dict[str, Any] = field(default_factory=dict)

    def get(self, path: str, *, api_version: str, expand: str = "") -> Reading:
        """Read one document. Raises AccessDenied or NotFound."""
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
        """Read a child list. Raises AccessDenied."""
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
        """Make something once a reader."""
        if key not in self.made:
            self.made[key] = make()
        found: T = self.made[key]
        return found

    def _refuse(self, key: str) -> None:
        if any(key.startswith(prefix) for prefix in self.world.denied):
            raise AccessDenied(f"{key} is refused", code="AuthorizationFailed")

    def _reading(self, path: str, body: Mapping[str, Any]) -> Reading:
        return Reading(api="arm", path=path, body=body, read_at=self.world.read_at)


def world_of(estate: Estate, read_at: datetime) -> World:
    """Give what Azure answers of an estate, less the subscriptions that cannot be read."""
    hidden = {each.id for each in estate.subscriptions if not each.readable}
    every = (resource_of(body, read_at=read_at) for body in estate.resources)
    return World(
        resources={each.id: each for each in every if each.subscription_id not in hidden},
        children=estate.children,
        items={
            item["id"].lower(): (path, number)
            for path, found in estate.children.items()
            for number, item in enumerate(found)
        },
        denied=estate.denied,
        read_at=read_at,
    )


def groups_of(estate: Estate, resources: Mapping[str, Resource]) -> Groups:
    """Give what the resource groups of an estate tell of the resources in them."""
    keyed = [
        (f"{body['id'].split('/')[2]}/{body['name'].lower()}", body)
        for body in estate.resource_groups
    ]
    return Groups(
        tags={key: body.get("tags", {}) for key, body in keyed},
        managed_by={key: body["managedBy"].lower() for key, body in keyed if "managedBy" in body},
        resources=resources,
    )
