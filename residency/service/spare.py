"""Gives memory that a scan needed back to the system, for the hours in which nothing scans."""

import ctypes
from functools import cache


def give_back() -> None:
    """Give back what is free; where the C library has no such call, nothing is done.

    https://man7.org/linux/man-pages/man3/malloc_trim.3.html
    """
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> "ctypes._NamedFuncPointer | None":
    found: ctypes._NamedFuncPointer | None = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return found
