"""What the pages ask of the service."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from residency import clock
from residency.service.configuration import Configuration
from residency.service.readers import Readers
from residency.service.shown import Shown
from residency.service.told import Told
from residency.settings import Settings
from residency.store.ledger.signing import signer_of
from residency.store.notes import acknowledgement, record
from residency.store.reading.standing import Reader, Standing

T = TypeVar("T")


class Front:
    """Answers from what is shown; what a caller tells goes to the rounds or into the store."""

    def __init__(
        self, configuration: Configuration, shown: Shown, told: Told, readers: Readers
    ) -> None:
        """Stand before these."""
        self._configuration = configuration
        self._shown = shown
        self._told = told
        self._readers = readers

    def metrics(self, accept: str, accept_encoding: str) -> tuple[bytes, Mapping[str, str]]:
        """Give the metrics as they were last rendered, with the process as it is now."""
        if self._shown.exposition is None:
            raise LookupError(self._shown.not_ready)  # the pages ask not_ready first
        answer = self._shown.exposition.answer(accept, accept_encoding)
        return answer.body, answer.headers

    def not_ready(self) -> str | None:
        """Say why there is no state, or None."""
        return self._shown.not_ready

    def settings(self) -> Settings:
        """Give the configuration that is in force."""
        return self._configuration.settings

    def standing(self) -> Standing | None:
        """Give what stood when the metrics were last read; None: they were not yet."""
        return self._shown.standing

    async def read(self, ask: Callable[[Reader], T]) -> T:
        """Have the store asked, in a thread. Raises Busy, StoreError."""
        return await self._readers.read(ask)

    def hook_keys(self) -> tuple[bytes, ...]:
        """Give the keys of hooks."""
        return self._configuration.hook_keys

    async def told(self, resource_ids: tuple[str, ...]) -> None:
        """Have the rounds read these again."""
        self._told.tell(resource_ids)

    async def acknowledge(self, subject: str, role: str, note: str) -> tuple[int, datetime]:
        """Record that it was seen, while the caller waits. Raises StoreError, LedgerError."""
        settings, at = self._configuration.settings, clock.now()
        signer = signer_of(settings.ledger)
        said = acknowledgement(subject, at, role, note)
        entry = await asyncio.to_thread(record, settings.store.url, said, signer)
        self._shown.change()
        return entry, at
