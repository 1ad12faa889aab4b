"""Lets the plain functions of checks wait for the event loop, without a thread for each.

Threads that take turns cost more than most checks; a greenlet costs a change of stacks. SQLAlchemy
does the same (https://docs.sqlalchemy.org/en/20/orm/extensions/asyncio.html).
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from typing import Any, TypeVar

from greenlet import getcurrent, greenlet

T = TypeVar("T")


async def plainly(function: Callable[[], T]) -> T:
    """Run plain code that may `wait`; while it does, the event loop goes on with something else.

    Raises what the function raises.
    """
    run = greenlet(function)
    run.gr_context = copy_context()
    found: Any = run.switch()
    while not run.dead:
        try:
            answer = await found
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - raised where it waits
            found = run.throw(error)
        else:
            found = run.switch(answer)
    result: T = found
    return result


def wait(asked: Awaitable[T]) -> T:
    """Wait in plain code that runs under `plainly`. Raises what is raised by what it waits for."""
    loop_side = getcurrent().parent
    if loop_side is None:
        raise RuntimeError("nobody can wait here: call it under plainly()")
    try:
        answer: T = loop_side.switch(asked)
    finally:
        del asked  # else a task that failed, its error and this frame in its traceback form a cycle
    return answer
