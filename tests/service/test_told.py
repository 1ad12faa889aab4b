"""What is told in one thread wakes the loop of another, and is given once."""

import asyncio
import threading

from residency.service.told import Told


def test_what_is_told_wakes_the_rounds_and_is_given_once() -> None:
    told = Told()

    async def rounds() -> list[tuple[frozenset[str], bool]]:
        with told.listening():
            threading.Thread(target=told.tell, args=[["a", "b", "b"]]).start()
            await asyncio.wait_for(told.news.wait(), 10)
            await asyncio.sleep(0.05)
            first = told.take()
            assert not told.news.is_set()
            threading.Thread(target=told.wish).start()
            await asyncio.wait_for(told.news.wait(), 10)
            return [first, told.take(), told.take()]

    assert asyncio.run(rounds()) == [
        (frozenset({"a", "b"}), False),
        (frozenset(), True),
        (frozenset(), False),
    ]


def test_what_is_told_while_nobody_listens_waits() -> None:
    told = Told()
    told.tell(["a"])
    assert told.take() == (frozenset({"a"}), False)


def test_a_flood_becomes_the_wish_for_one_scan() -> None:
    told = Told()
    told.tell(str(number) for number in range(20_000))
    assert told.take() == (frozenset(), True)
