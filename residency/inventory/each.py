"""Reads one thing for each of many keys, some of them at once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

_AT_ONCE = 16

K = TypeVar("K")
T = TypeVar("T")


async def of_each(keys: Sequence[K], read: Callable[[K], Awaitable[T]]) -> Mapping[K, T]:
    """Read one thing for each key. Raises what the first that fails raises."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(key: K) -> T:
        async with gate:
            return await read(key)

    return dict(zip(keys, await asyncio.gather(*map(one, keys)), strict=True))
