"""A reader for benches that leave the deep reads out."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from residency.check import Reader
from residency.errors import Unavailable
from residency.model import Reading, Resource

T = TypeVar("T")


class NoCalls:
    """A reader that looks up and does not call.

    Every list is empty, and a resource says of itself what the inventory has of it.
    """

    def __init__(self, live: Reader) -> None:
        self._live = live

    def get(self, path: str, *, api_version: str, expand: str = "") -> Reading:
        found = self._live.find(path)
        if found is not None:
            return found.reading
        raise Unavailable(f"{path} {api_version} {expand} is not read here", code="NotRead")

    def list(self, path: str, *, api_version: str) -> Sequence[Reading]:
        del path, api_version
        return ()

    def find(self, resource_id: str) -> Resource | None:
        return self._live.find(resource_id)

    def of_type(self, resource_type: str) -> Sequence[Resource]:
        return self._live.of_type(resource_type)

    def once(self, key: str, make: Callable[[], T]) -> T:
        return self._live.once(key, make)
