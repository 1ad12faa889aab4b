"""What goes on to happen in the example estate while somebody looks at it, round by round."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

from residency.simulator.estate.past import (
    DISRUPTED,
    Act,
    Step,
    back,
    delete_in_london,
    make_in_london,
    over,
)

_ROUND = timedelta(minutes=8)
_AFTER: tuple[tuple[timedelta, str, Act], ...] = (
    (timedelta(seconds=45), f"{DISRUPTED[0]} fails over to Ireland", over(DISRUPTED[0])),
    (timedelta(minutes=2), "somebody makes a storage account in London", make_in_london),
    (timedelta(minutes=4), "the account in London is deleted", delete_in_london),
    (timedelta(minutes=6), f"{DISRUPTED[0]} is back in the Netherlands", back(DISRUPTED[0])),
)


def live(start: datetime) -> Iterator[Step]:
    """Tell what happens from a moment on, without end."""
    for number in count():
        for after, told, act in _AFTER:
            yield Step(at=start + number * _ROUND + after, told=told, act=act)
