"""For authors of checks: JSON in, placements out, without Azure.

Give `JsonReader` the answers that a check may ask for, and `run_check` the body of the resource.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from residency.check import Check, resource_of_body
from residency.errors import AzureError, NotFound
from residency.model import Placement, Reading, Resource

T = TypeVar("T")

READ_AT = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def resource_of(
    body: Mapping[str, Any], *, api: str = "resourcegraph", read_at: datetime = READ_AT
) -> Resource:
    """Make a resource of an ARM body as the inventory would."""
    return resource_of_body(body, api=api, read_at=read_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonReader:
    """A reader over given JSON.

    Attributes:
        answers: Path (any case, without `?api-version`) to its JSON answer: an object for `get`,
            `{"value": [...]}` for `list`, or an AzureError to raise. A path that is not here
            raises NotFound.
        inventory: Bodies of the other resources of the tenant.
    """

    answers: Mapping[str, Any] = field(default_factory=dict)
    inventory: Sequence[Mapping[str, Any]] = ()
    made: dict[str, Any] = field(default_factory=dict, repr=False)

    def get(self, path: str, *, api_version: str, expand: str = "") -> Reading:
        """Return the answer given for `path`."""
        del api_version, expand
        row = self.find(path)
        shown = row.reading.body if row else None
        return Reading(api="arm", path=path, body=self._answer(path), read_at=READ_AT, shown=shown)

    def list(self, path: str, *, api_version: str) -> Sequence[Reading]:
        """Return the items of the answer given for `path`."""
        del api_version
        return tuple(
            Reading(api="arm", path=str(item.get("id", path)), body=item, read_at=READ_AT)
            for item in self._answer(path)["value"]
        )

    def find(self, resource_id: str) -> Resource | None:
        """Look up a resource in the given inventory."""
        wanted = resource_id.lower()
        return next((found for found in self._resources() if found.id == wanted), None)

    def of_type(self, resource_type: str) -> Sequence[Resource]:
        """All resources of a type in the given inventory."""
        return tuple(found for found in self._resources() if found.type == resource_type)

    def once(self, key: str, make: Callable[[], T]) -> T:
        """Make something once a reader."""
        if key not in self.made:
            self.made[key] = make()
        found: T = self.made[key]
        return found

    def _resources(self) -> Iterable[Resource]:
        return (resource_of(body) for body in self.inventory)

    def _answer(self, path: str) -> Any:  # noqa: ANN401 - JSON has no type
        known = {key.lower(): answer for key, answer in self.answers.items()}
        if path.lower() not in known:
            raise NotFound(f"no answer was given for {path}", code="ResourceNotFound")
        answer = known[path.lower()]
        if isinstance(answer, AzureError):
            raise answer
        return answer


def run_check(
    check: Check, body: Mapping[str, Any], reader: JsonReader | None = None
) -> tuple[Placement, ...]:
    """Run one check over one ARM body."""
    return tuple(check.locate(resource_of(body), reader or JsonReader()))
