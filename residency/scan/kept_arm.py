"""Azure Resource Manager with a memory: what is still fresh is not asked again.

An error is told at once and stays told until Azure answers again: an older answer beside it is not
given. What was not answered for want of quota or time is another matter: then an older answer that
is not too old is still what is known, with the time when it was read.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from residency import clock
from residency.azure import Arm
from residency.errors import AzureError, Throttled
from residency.scan.freshness import Rule, rule_of
from residency.scan.kept import Answer, Bodies, Cache, Failure, Kept, Key, without_people
from residency.scan.rotation import Rotation, Turn

_DEADLINE = "Deadline"

Live = Callable[[], Awaitable[Bodies]]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptArm:
    """Reads through `arm` what is not fresh in `cache`, as `rotation` says."""

    arm: Arm
    cache: Cache
    rotation: Rotation
    _seconds: dict[int, datetime] = field(default_factory=dict)

    def fresh(self, key: Key) -> Answer | None:
        """Give what need not be asked in this scan, without waiting; None: it must be asked.

        Raises AzureError where Azure failed when it was last asked.
        """
        return self._kept(key) if self.rotation.turn(key) is Turn.KEPT else None

    async def read(self, key: Key, path: str) -> Answer:
        """Read a resource or a whole list; `path` is as it was given.

        Raises AzureError, Throttled where it is not its turn yet.
        """

        async def live() -> Bodies:
            if key.call == "list":
                return await self.arm.list(path, api_version=key.api_version)
            return (await self.arm.get(path, api_version=key.api_version, expand=key.expand),)

        return await self._answer(key, live)

    async def read_list(self, path: str, api_version: str) -> tuple[Bodies, datetime]:
        """Read a whole list, as the inventory asks. Raises AzureError."""
        answer = await self.read(Key("list", path.lower(), api_version), path)
        return answer.bodies, answer.read_at

    def forget_what_is_gone(self) -> None:
        """Drop what was due and nobody asked for. Only after all checks have run."""
        self.cache.forget(self.rotation.not_asked())

    async def _answer(self, key: Key, live: Live) -> Answer:
        turn = self.rotation.turn(key)
        if turn is Turn.PENDING:
            raise Throttled(f"{key.path} waits for its turn to be read first", code="Budget")
        if turn is Turn.TOO_OLD:
            raise Throttled(
                f"{key.path} was read too long ago, and waits for its turn", code="Stale"
            )
        kept = self._kept(key) if turn is Turn.KEPT else None
        return kept or await self._read(key, live)

    async def _read(self, key: Key, live: Live) -> Answer:
        asked_at = self._second()
        try:
            bodies = await live()
        except AzureError as error:
            if not _is_unanswered(error):
                self._fail(key, asked_at, error)
                raise
            kept = self._kept(key) if self.rotation.is_fresh(key) else None
            if kept is None:
                raise
            self.rotation.was_read(key)
            return kept
        answer = Answer(bodies=bodies, read_at=self._second())
        self._keep(key, asked_at, answer)
        return answer

    def _second(self) -> datetime:
        """Give the time, or that of what was first asked or read in the same second of this scan.

        So many answers share one value; it is never later than it was, nor before the scan.
        """
        now = clock.now()
        return self._seconds.setdefault(int(now.timestamp()), now)

    def _kept(self, key: Key) -> Answer | None:
        """Give the kept answer, if there is one. Raises AzureError where Azure failed since."""
        kept = self.cache.get(key)
        if kept is not None and kept.failure is not None:
            raise kept.failure.error(key.path)
        return kept.answer if kept is not None else None

    def _keep(self, key: Key, asked_at: datetime, answer: Answer) -> None:
        """Keep it where a later scan may give it: of what flips, only that there is nothing."""
        if answer.bodies and rule_of(key.path) is Rule.EVERY_SCAN:
            self.cache.forget([key])
            return
        impersonal = replace(answer, bodies=without_people(answer.bodies))
        self.cache.put(Kept(key=key, asked_at=asked_at, answer=impersonal))
        self.rotation.was_read(key)

    def _fail(self, key: Key, asked_at: datetime, error: AzureError) -> None:
        """Keep the failure beside the older answer; what is read in every scan needs neither."""
        if rule_of(key.path) is Rule.EVERY_SCAN:
            self.cache.forget([key])
            return
        older = self.cache.get(key) or Kept(key=key, asked_at=asked_at)
        self.cache.put(older.after(asked_at, Failure.of(error)))


def _is_unanswered(error: AzureError) -> bool:
    """Whether it was for want of quota or time, so that it says nothing of what was asked."""
    return isinstance(error, Throttled) or error.code == _DEADLINE
