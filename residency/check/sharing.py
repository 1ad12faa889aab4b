"""What many resources have in common is worked out once."""

from collections.abc import Callable
from typing import TypeVar

from residency.model import Reading

T = TypeVar("T")


def derived(reading: Reading, make: Callable[[Reading], T]) -> T:
    """Work something out of a reading, once for all resources that share it.

    `make` is a function of a module, so that it can be told apart from others, and looks at nothing
    but the reading: what it would say of one resource it then says of all of them.
    """
    known = reading.derived
    if known is None:
        known = {}
        object.__setattr__(reading, "derived", known)  # frozen, but for what follows from it
    if make not in known:
        known[make] = make(reading)
    found: T = known[make]
    return found
