"""Azure's quotas, kept: who counts what, and a turn for each request when all of them have room.

Resource Graph counts a principal's queries and Azure Resource Manager its reads in a subscription;
both say in their headers what is left
(https://learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests,
https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling).
Microsoft.Storage counts reads and lists by subscription and region of the account, and says nothing
(https://learn.microsoft.com/azure/storage/common/scalability-targets-resource-provider).
"""

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from residency.azure.limits import Bucket, Headers, Limit, Window
from residency.errors import Throttled

GRAPH_QUERIES, GRAPH_WINDOW_SECONDS = 15, 5.0
ARM_READS, ARM_READS_PER_SECOND, ARM_RESERVE = 250, 25.0, 32
STORAGE_READS, STORAGE_LISTS, STORAGE_WINDOW_SECONDS = 800, 100, 300.0

_GRAPH_REMAINING = "x-ms-user-quota-remaining"
_GRAPH_RESETS_AFTER = "x-ms-user-quota-resets-after"
_ARM_REMAINING = (
    "x-ms-ratelimit-remaining-subscription-reads",
    "x-ms-ratelimit-remaining-tenant-reads",
)
_CLOCK = re.compile(r"(\d+):(\d+):(\d+)")
_LONGEST_SECONDS = 60.0
_MOST_REMEMBERED = 1000
_STORAGE = "microsoft.storage"
_ACCOUNTS = "storageaccounts"
_NOWHERE, _ANYWHERE = "", "unknown"

Key = tuple[str, ...]


class Queries(Window):
    """The queries of Resource Graph, every page one."""

    def __init__(self) -> None:
        """Start with what Azure gives by default."""
        super().__init__(GRAPH_QUERIES, GRAPH_WINDOW_SECONDS)
        self._history: deque[float] = deque(maxlen=_MOST_REMEMBERED)

    def end(self, now_seconds: float) -> None:
        """Remember the answer, also after it has left the window."""
        super().end(now_seconds)
        self._history.append(now_seconds)

    def learn(self, headers: Headers, sent_seconds: float, now_seconds: float) -> None:
        """Believe Azure; wait where others have used what was ours."""
        remaining = _number(headers, _GRAPH_REMAINING)
        if remaining is None:
            return
        self.requests = max(self.requests, remaining + 1)
        self.believe(remaining, sent_seconds)
        since = sent_seconds - self.window_seconds
        ours = self.in_flight + sum(answered > since for answered in self._history)
        if remaining <= self.in_flight and ours < self.requests - remaining:
            seconds = resets_after(headers) or self.window_seconds
            self.pause(now_seconds + min(seconds, _LONGEST_SECONDS))


class Reads(Bucket):
    """The reads in a subscription, or in the tenant."""

    def __init__(self) -> None:
        """Start full."""
        super().__init__(ARM_READS, ARM_READS_PER_SECOND, ARM_RESERVE)

    def learn(self, headers: Headers, sent_seconds: float, now_seconds: float) -> None:
        """Believe Azure."""
        del sent_seconds
        for name in _ARM_REMAINING:
            remaining = _number(headers, name)
            if remaining is not None:
                self.believe(remaining, now_seconds)


@dataclass(slots=True, kw_only=True)
class Turn:
    """One request and the quotas that it uses, the strictest first."""

    what: str
    ends_at: float
    limits: Sequence[Limit]
    _begun: dict[Limit, float] = field(default_factory=dict)

    async def begin(self) -> None:
        """Wait until all quotas have room. Raises Throttled at once if that is past the end."""
        for limit in self.limits:
            await self._pass(limit)

    def end(self, headers: Headers | None = None) -> None:
        """Give the quotas free, and note what the answer says of them."""
        now = asyncio.get_running_loop().time()
        begun, self._begun = self._begun, {}
        for limit, sent_seconds in begun.items():
            limit.end(now)
            limit.learn(headers or {}, sent_seconds, now)

    async def again(self, headers: Headers, asked_seconds: float, backoff_seconds: float) -> None:
        """Wait before the request is sent once more.

        Args:
            headers: Those of the answer that was no success; none where there was no answer.
            asked_seconds: What Azure asks to wait: all that use the same quota do. 0: nothing.
            backoff_seconds: What this request waits where Azure asks nothing.

        Raises:
            Throttled: The wait would pass the end.
        """
        self.end(headers)
        loop = asyncio.get_running_loop()
        if not asked_seconds:
            await asyncio.sleep(backoff_seconds)
        else:
            self.limits[0].pause(loop.time() + asked_seconds)
            if loop.time() + asked_seconds >= self.ends_at:
                raise Throttled(
                    f"Azure asks to wait {asked_seconds:.0f} s for {self.what}, which is past the"
                    " scan's deadline",
                    code="RetryAfter",
                )
        await self.begin()

    async def _pass(self, limit: Limit) -> None:
        loop = asyncio.get_running_loop()
        self._afford(limit.seconds_left(loop.time(), ahead=limit.waiting), loop.time())
        limit.waiting += 1
        try:
            async with limit.line:
                while (seconds := limit.seconds_left(loop.time())) > 0:
                    self._afford(seconds, loop.time())
                    await asyncio.sleep(seconds)  # an answer may put the time off meanwhile
                limit.begin(loop.time())
                self._begun[limit] = loop.time()
        finally:
            limit.waiting -= 1

    def _afford(self, seconds: float, now_seconds: float) -> None:
        if seconds > 0 and now_seconds + seconds >= self.ends_at:
            raise Throttled(
                f"{self.what} was not asked: Azure's quota has room in {seconds:.0f} s, which is"
                " past the scan's deadline",
                code="Budget",
            )


class Quotas:
    """Every quota of one identity, each made when it is first used."""

    def __init__(self) -> None:
        """Start with nothing used, and no account known."""
        self._limits: dict[Key, Limit] = {}
        self._regions: dict[str, str] = {}

    @asynccontextmanager
    async def turn(self, path: str, ends_at: float) -> AsyncIterator[Turn]:
        """Give a request to `path` its turn, before a time of the event loop.

        Raises:
            Throttled: With code `Budget`, at once: there is no room before that time.
        """
        turn = Turn(what=path, ends_at=ends_at, limits=tuple(self._limits_of(path.lower())))
        try:
            await turn.begin()
            yield turn
        finally:
            turn.end()

    def place(self, account_id: str, location: str) -> None:
        """Remember where a storage account was created: its region's quota counts its reads."""
        self._regions[account_id.lower()] = location.replace(" ", "").lower()

    def _limits_of(self, path: str) -> Iterator[Limit]:
        match path.split("/"):
            case ["", "subscriptions", subscription, *rest]:
                yield from self._of_provider(path, subscription, rest)
                yield self._limit(("arm", subscription), Reads)
            case [*_, "microsoft.resourcegraph", "resources"]:
                yield self._limit(("graph",), Queries)
            case _:
                yield self._limit(("arm",), Reads)

    def _of_provider(self, path: str, subscription: str, rest: Sequence[str]) -> Iterator[Limit]:
        """A provider may have a quota of its own, and may ask to wait where others do not."""
        if "providers" not in rest:
            return
        # Of several the last: an extension of an account (its diagnostic settings) is another's.
        before, _, last = path.rpartition("/providers/")
        namespace = last.partition("/")[0]
        if namespace == _STORAGE:
            yield self._storage(before, last, subscription)
        else:
            yield self._limit(("provider", subscription, namespace), Limit)

    def _storage(self, before: str, path: str, subscription: str) -> Limit:
        """Give the window of the account's region; of an unknown one, the smaller for all such."""
        _, *asked = path.split("/")
        kind, names = "".join(asked[:1]), asked[1:]
        region = _NOWHERE
        if kind == _ACCOUNTS and names:
            region = (
                self._regions.get(f"{before}/providers/{_STORAGE}/{kind}/{names[0]}") or _ANYWHERE
            )
        is_read = len(names) % 2 == 1 and region != _ANYWHERE
        requests = STORAGE_READS if is_read else STORAGE_LISTS
        key = ("storage", subscription, region, "read" if is_read else "list")
        return self._limit(key, lambda: Window(requests, STORAGE_WINDOW_SECONDS))

    def _limit(self, key: Key, make: Callable[[], Limit]) -> Limit:
        if key not in self._limits:
            self._limits[key] = make()
        return self._limits[key]


def resets_after(headers: Headers) -> float:
    """Give the seconds after which Resource Graph's quota begins anew; 0 where nothing says so."""
    found = _CLOCK.fullmatch(headers.get(_GRAPH_RESETS_AFTER, ""))
    if found is None:
        return 0.0
    hours, minutes, seconds = (int(part) for part in found.groups())
    return float(hours * 3600 + minutes * 60 + seconds)


def _number(headers: Headers, name: str) -> int | None:
    raw = headers.get(name, "")
    return int(raw) if raw.isdecimal() else None
