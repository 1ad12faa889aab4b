"""What a scan needed is given back with it, though Python seldom looks for reference cycles."""

import asyncio
import gc
from collections.abc import Iterator
from typing import TYPE_CHECKING
from weakref import ref

import pytest

from residency.azure import open_session
from residency.errors import AzureError, NotFound
from residency.scan.reader import LiveReader
from residency.scan.waiting import plainly, wait

if TYPE_CHECKING:
    from tests.scan.conftest import Azure


@pytest.fixture(autouse=True)
def no_search_for_cycles() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


async def refuse() -> None:
    raise NotFound("it is not there", code="ResourceNotFound")


def test_an_error_that_was_waited_for_is_given_back_when_it_is_done_with() -> None:
    def look() -> "ref[NotFound]":
        try:
            wait(asyncio.ensure_future(refuse()))
        except NotFound as error:
            return ref(error)
        raise AssertionError("it was not refused")

    assert asyncio.run(plainly(look))() is None


def test_a_reader_that_was_refused_is_given_back_when_it_is_closed(azure: "Azure") -> None:
    async def look() -> "ref[LiveReader]":
        settings = azure.settings()
        async with open_session(settings.azure, settings.scan.deadline) as arm:
            reader = LiveReader(arm, {})

            def ask() -> None:
                with pytest.raises(AzureError):
                    reader.get("/subscriptions/nowhere/providers/a.b/c/d", api_version="2020-01-01")

            await plainly(ask)
            reader.close()
            return ref(reader)

    assert asyncio.run(look())() is None
