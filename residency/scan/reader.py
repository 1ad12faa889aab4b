"""The reader that checks are given: live answers of Azure, each asked once per scan."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from threading import Lock
from typing import Any, TypeVar

from residency.azure import Arm
from residency.inventory import opened
from residency.model import Reading, Resource

_AT_ONCE = 16
T = TypeVar("T")


class LiveReader:
    """Bridges the plain functions of checks, run in threads, to the one asyncio session.

    Checks that ask the same thing (every database of a server its links, say) share one call.
    """

    def __init__(self, arm: Arm, resources: Mapping[str, Resource]) -> None:
        """Read through `arm`, from the running event loop; look up in `resources`."""
        self._arm = arm
        self._resources = resources
        self._by_type: dict[str, list[Resource]] = {}
        for resource in resources.values():
            self._by_type.setdefault(resource.type, []).append(resource)
        self._loop = asyncio.get_running_loop()
        self._asked: dict[tuple[str, ...], asyncio.Task[Any]] = {}
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._answers: dict[tuple[str, ...], Any] = {}
        self._made: dict[str, Any] = {}
        self._locks: dict[str, Lock] = {}
        self._lock = Lock()

    def get(self, path: str, *, api_version: str, expand: str = "") -> Reading:
        """Read one resource by its path. Raises AzureError."""

        async def read() -> Reading:
            body = await self._arm.get(path, api_version=api_version, expand=expand)
            return Reading(api="arm", path=path, body=body, read_at=datetime.now(UTC))

        found: Reading = self._once(("get", path.lower(), api_version, expand), read)
        return found

    def list(self, path: str, *, api_version: str) -> Sequence[Reading]:
        """Read a whole child list. Raises AzureError; never gives a part."""

        async def read() -> tuple[Reading, ...]:
            bodies = await self._arm.list(path, api_version=api_version)
            read_at = datetime.now(UTC)
            return tuple(
                Reading(api="arm", path=str(body.get("id", path)), body=body, read_at=read_at)
                for body in bodies
            )

        found: tuple[Reading, ...] = self._once(("list", path.lower(), api_version), read)
        return found

    def find(self, resource_id: str) -> Resource | None:
        """Look a resource up in this scan's inventory, by id."""
        found = self._resources.get(resource_id.lower())
        return opened(found) if found else None

    def of_type(self, resource_type: str) -> Sequence[Resource]:
        """All resources of a type in this scan's inventory."""
        return self._by_type.get(resource_type, ())

    def once(self, key: str, make: Callable[[], T]) -> T:
        """Make something once a scan; threads that want it meanwhile wait for it."""
        with self._lock:
            lock = self._locks.setdefault(key, Lock())
        with lock:
            if key not in self._made:
                self._made[key] = make()
        found: T = self._made[key]
        return found

    def close(self) -> None:
        """Give up what is still being asked, so that no thread waits for it. On the event loop."""
        for asked in self._asked.values():
            asked.cancel()

    def _once(self, key: tuple[str, ...], read: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401
        if key in self._answers:  # without a way through the loop, which costs more than the check
            return self._answers[key]
        return asyncio.run_coroutine_threadsafe(self._shared(key, read), self._loop).result()

    async def _shared(self, key: tuple[str, ...], read: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401
        if key not in self._asked:
            self._asked[key] = asyncio.ensure_future(self._gated(read))
        self._answers[key] = await self._asked[key]
        return self._answers[key]

    async def _gated(self, read: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401
        async with self._gate:
            return await read()
