"""The rounds of one tenant: scans on schedule, and looks in between, one at a time."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from residency import clock
from residency.check import Catalogue
from residency.errors import ResidencyError
from residency.scan.lane import Lane
from residency.scan.watch import Remembered, Watch
from residency.service.calendar import Calendar
from residency.service.spare import give_back
from residency.service.told import Told
from residency.settings import Settings
from residency.store.times import moment_of

_GRACE = timedelta(minutes=5)
"""What judging and committing may take beyond the deadline, which is for reading Azure."""

_LONGEST_WAIT_SECONDS = 30.0
"""So that a clock that was set is noticed, and a suspended machine that woke up."""


class Heard(Protocol):
    """Who wants to know what came of the rounds; called in their thread."""

    def scanned(
        self, began_at: datetime, requests: Mapping[str, int], found: Remembered | None
    ) -> None:
        """A scan ended: it was committed, or it failed.

        Args:
            began_at: When it began.
            requests: All answers of Azure so far, those of looks included.
            found: What was committed, or None.
        """
        ...


class Rounds:
    """Goes round: what is told of first, then a scan that is due, then a look that is due."""

    def __init__(
        self,
        watch: Watch,
        catalogue: Catalogue,
        settings: Callable[[], Settings],
        told: Told,
        heard: Heard,
    ) -> None:
        """Scan with `watch`, by the settings of the moment."""
        self._watch = watch
        self._catalogue = catalogue
        self._settings = settings
        self._told = told
        self._heard = heard
        self._lane = Lane(watch, catalogue)
        self._requests: Counter[str] = Counter()
        last = watch.store.memory.finished_at
        self.calendar = Calendar(moment_of(last) if last else None, clock.now(), settings())

    async def go(self) -> None:
        """Go round until cancelled. Raises whatever is no ResidencyError: that is a defect."""
        while True:
            await self.turn()
            await self._wait()

    async def turn(self) -> None:
        """Do what is due now, if anything."""
        settings = self._settings()
        self.calendar.notice(settings, clock.now())
        named, wants_scan = self._told.take()
        if wants_scan:
            self.calendar.want()
        if named:
            await self._look(settings, named)
        now = clock.now()
        if now >= self.calendar.scan_at(settings):
            await self._scan(settings)
        elif now >= self.calendar.look_at(settings):
            await self._look(settings)

    async def _wait(self) -> None:
        settings, now = self._settings(), clock.now()
        due = min(self.calendar.scan_at(settings), self.calendar.look_at(settings))
        seconds = max(0.0, min((due - now).total_seconds(), _LONGEST_WAIT_SECONDS))
        with suppress(TimeoutError):
            await asyncio.wait_for(self._told.news.wait(), seconds)

    async def _scan(self, settings: Settings) -> None:
        log = structlog.get_logger()
        began_at = clock.now()
        self.calendar.began(settings, began_at, random.random())  # noqa: S311 - no secret
        longest = settings.scan.deadline + _GRACE
        try:
            async with asyncio.timeout(longest.total_seconds()):
                found = await self._watch.scan(settings, self._catalogue)
        except (ResidencyError, TimeoutError) as error:
            self.calendar.ended(clock.now(), failed=True)
            reason = str(error) or f"it took longer than {longest}"
            kind = type(error).__name__
            log.error("scan failed", reason=reason, kind=kind)  # noqa: TRY400 - no trace: foreseen
            self._scanned(began_at, None)
            return
        self.calendar.ended(clock.now())
        _log(found)
        self._scanned(began_at, found)
        del found  # with all that was judged: gone before memory is given back
        give_back()

    async def _look(self, settings: Settings, named: Collection[str] = ()) -> None:
        log = structlog.get_logger()
        try:
            found = await self._lane.look(settings, named)
        except ResidencyError as error:
            log.warning("look failed", reason=str(error), kind=type(error).__name__)
            self.calendar.looked(clock.now())
            if named:
                self.calendar.want()
            return
        self.calendar.looked(clock.now())
        self._requests.update(found.requests)
        if found.unread:
            log.warning("look incomplete", reasons=dict(found.unread))
        if found.elsewhere:
            log.info("look found news, a scan follows", resources=len(found.elsewhere))
            self.calendar.want()

    def _scanned(self, began_at: datetime, found: Remembered | None) -> None:
        self._requests.update(self._watch.requests)
        self._heard.scanned(began_at, dict(self._requests), found)


def _log(found: Remembered) -> None:
    scan = found.scan
    structlog.get_logger().info(
        "scan committed",
        scan=scan.id,
        number=found.committed.seq,
        verdict=str(scan.verdict),
        complete=scan.complete,
        seconds=round((scan.finished_at - scan.started_at).total_seconds(), 1),
        resources={str(status): count for status, count in scan.counts.items()},
        changes=found.committed.changes,
        events=found.committed.events,
    )
