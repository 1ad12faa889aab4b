"""What the pages ask of the program behind them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol, TypeVar

from residency.settings import Settings
from residency.store.reading.standing import Reader, Standing

T = TypeVar("T")


class Busy(Exception):  # noqa: N818 - it is an answer: come back later
    """Too many wait to read the store."""


class Served(Protocol):
    """The state that is served, and the few things that a caller may ask for."""

    def metrics(self, accept: str, accept_encoding: str) -> tuple[bytes, Mapping[str, str]]:
        """Give the metrics as bytes, and the headers that describe them, for what a scraper reads.

        Args:
            accept: The request's `Accept`.
            accept_encoding: The request's `Accept-Encoding`.
        """
        ...

    def not_ready(self) -> str | None:
        """Say why no state can be served, or None where it can."""
        ...

    def settings(self) -> Settings:
        """Give the configuration that is in force."""
        ...

    def standing(self) -> Standing | None:
        """Give what stood when the metrics were last read; None: they were not yet."""
        ...

    async def read(self, ask: Callable[[Reader], T]) -> T:
        """Have the store asked, in a thread: `ask` sees one state throughout.

        Raises:
            Busy: Come back later.
            StoreError: It cannot be read.
        """
        ...

    def hook_keys(self) -> tuple[bytes, ...]:
        """Give the keys that a hook's caller may show; none: hooks are off."""
        ...

    async def told(self, resource_ids: tuple[str, ...]) -> None:
        """Read these again now: lower-cased ids of resources or subscriptions. Returns at once."""
        ...

    async def acknowledge(self, subject: str, role: str, note: str) -> tuple[int, datetime]:
        """Record that an event, episode or incident was seen.

        Gives the number of its entry in the ledger, and the time that this says.

        Raises:
            ResidencyError: Nothing was recorded; says why.
        """
        ...
