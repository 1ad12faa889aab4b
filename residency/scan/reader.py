"""The reader that checks are given: live answers of Azure, each asked once per scan."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, TypeVar

from residency import clock
from residency.azure import Arm
from residency.inventory import Answers, opened
from residency.model import Reading, Resource
from residency.scan.waiting import wait

T = TypeVar("T")


class LiveReader:
    """Bridges the plain functions of checks, run by `plainly`, to the one asyncio session.

    Checks that ask the same thing (every database of a server its links, say) share one call.
    """

    def __init__(
        self, arm: Arm, resources: Mapping[str, Resource], answers: Answers | None = None
    ) -> None:
        """Read through `arm`, from the running event loop; look up in `resources`.

        `answers` are lists that the inventory has read already.
        """
        self._arm = arm
        self._resources = resources
        self._by_type: dict[str, list[Resource]] = {}
        for resource in resources.values():
            self._by_type.setdefault(resource.type, []).append(resource)
        self._asked: dict[tuple[str, ...], asyncio.Task[Any]] = {}
        self._answers: dict[tuple[str, ...], Any] = {
            ("list", *key): readings for key, readings in (answers or {}).items()
        }
        self._making: dict[str, asyncio.Event] = {}
        self._made: dict[str, Any] = {}

    def get(self, path: str, *, api_version: str, expand: str = "") -> Reading:
        """Read one resource by its path. Raises AzureError."""

        async def read() -> Reading:
            body = await self._arm.get(path, api_version=api_version, expand=expand)
            return Reading(
                api="arm",
                path=path,
                body=body,
                read_at=clock.now(),
                shown=self._shown(path),
            )

        return self._once(("get", path.lower(), api_version, expand), read)

    def _shown(self, path: str) -> Mapping[str, Any] | None:
        """Give what Resource Graph shows of the resource at a path, if it is one."""
        found = self.find(path)
        if found is None:
            return None
        reading = found.reading
        return reading.body if reading.api == "resourcegraph" else reading.shown

    def list(self, path: str, *, api_version: str) -> Sequence[Reading]:
        """Read a whole child list. Raises AzureError; never gives a part."""

        async def read() -> tuple[Reading, ...]:
            bodies = await self._arm.list(path, api_version=api_version)
            read_at = clock.now()
            return tuple(
                Reading(api="arm", path=str(body.get("id", path)), body=body, read_at=read_at)
                for body in bodies
            )

        return self._once(("list", path.lower(), api_version), read)

    def find(self, resource_id: str) -> Resource | None:
        """Look a resource up in this scan's inventory, by id."""
        found = self._resources.get(resource_id.lower())
        return opened(found) if found else None

    def of_type(self, resource_type: str) -> Sequence[Resource]:
        """All resources of a type in this scan's inventory."""
        return self._by_type.get(resource_type, ())

    def once(self, key: str, make: Callable[[], T]) -> T:
        """Make something once a scan; whoever wants it meanwhile waits for it."""
        while key in self._making:
            wait(self._making[key].wait())
        if key not in self._made:
            self._making[key] = asyncio.Event()
            try:
                self._made[key] = make()
            finally:
                self._making.pop(key).set()
        found: T = self._made[key]
        return found

    def close(self) -> None:
        """Give up what is still being asked, and keep nothing of the rest. On the event loop.

        The traceback of each call that failed leads back to this reader. Both would else stay until
        Python looks for cycles, which it seldom does.
        """
        for asked in self._asked.values():
            asked.cancel()
        self._asked.clear()
        self._answers.clear()
        self._made.clear()

    def _once(self, key: tuple[str, ...], read: Callable[[], Coroutine[Any, Any, T]]) -> T:
        if key not in self._answers:
            if key not in self._asked:
                self._asked[key] = asyncio.ensure_future(read())
            answer: T = wait(self._asked[key])
            self._asked.pop(key, None)  # the answer is enough: there are as many as resources
            if self._must_keep(key):
                self._answers[key] = answer
            return answer
        found: T = self._answers[key]
        return found

    def _must_keep(self, _key: tuple[str, ...]) -> bool:
        """Whether nothing else keeps an answer for others who ask in this scan."""
        return True
