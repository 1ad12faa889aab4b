"""Limits on requests, as values that are told the time: what may go now, and when the next may.

Azure counts a request when it comes in, and its sender knows only when it left and when its answer
came. A limit here is freed by the answer, so that a slow request cannot make the next one early.
"""

import asyncio
from collections import deque
from collections.abc import Mapping

Headers = Mapping[str, str]

_ROUNDING = 1e-6


class Limit:
    """No number of its own: what Azure asked to wait, for as long as it asked.

    Attributes:
        in_flight: Requests that were sent and are not answered.
        waiting: Requests that wait for this limit.
        line: They stand in it, so that only the first wakes to look whether there is room.
    """

    def __init__(self) -> None:
        """Start with nothing used."""
        self.in_flight = 0
        self.waiting = 0
        self.line = asyncio.Lock()
        self._paused_until_seconds = float("-inf")

    def seconds_left(self, now_seconds: float, *, ahead: int = 0) -> float:
        """Give the seconds until a request may go, after as many others as are `ahead`; 0: now."""
        del ahead
        return max(0.0, self._paused_until_seconds - now_seconds)

    def begin(self, now_seconds: float) -> None:
        """Note that a request is sent."""
        del now_seconds
        self.in_flight += 1

    def end(self, now_seconds: float) -> None:
        """Note that a request was answered, or given up."""
        del now_seconds
        self.in_flight -= 1

    def pause(self, until_seconds: float) -> None:
        """Let no request go before a time."""
        self._paused_until_seconds = max(self._paused_until_seconds, until_seconds)

    def learn(self, headers: Headers, sent_seconds: float, now_seconds: float) -> None:
        """Note what the answer to a request that was sent then says of this limit."""


class Window(Limit):
    """At most so many requests in any stretch of so many seconds."""

    def __init__(self, requests: int, window_seconds: float) -> None:
        """Start with the whole number."""
        super().__init__()
        self.requests = requests
        self.window_seconds = window_seconds
        self._answered: deque[float] = deque()

    @property
    def used(self) -> int:
        """How many requests count now."""
        return len(self._answered) + self.in_flight

    def seconds_left(self, now_seconds: float, *, ahead: int = 0) -> float:
        """Give the seconds until enough requests have left the window."""
        while self._answered and self._answered[0] + self.window_seconds <= now_seconds:
            self._answered.popleft()
        paused = super().seconds_left(now_seconds)
        too_many = self.used + ahead - self.requests
        if too_many < 0:
            return paused
        rounds, place = divmod(too_many, self.requests)
        freed = self._answered[place] if place < len(self._answered) else now_seconds
        return max(paused, freed + self.window_seconds * (1 + rounds) - now_seconds)

    def end(self, now_seconds: float) -> None:
        """Count the window from the answer."""
        super().end(now_seconds)
        self._answered.append(now_seconds)

    def believe(self, remaining: int, sent_seconds: float) -> None:
        """Forget what Azure counts no more: it began a new window before ours has passed.

        What was answered since that request was sent may have come to Azure after it.
        """
        beside = sum(answered > sent_seconds for answered in self._answered) - 1
        counted = max(0, self.requests - remaining) + max(0, beside)
        while len(self._answered) > counted:
            self._answered.popleft()


class Bucket(Limit):
    """Tokens that come back all the time.

    Attributes:
        reserve: Tokens that are left untouched: Azure's bucket may have begun to fill later, and an
            answer may be older than one that came before it.
    """

    def __init__(self, tokens: int, per_second: float, reserve: int) -> None:
        """Start full."""
        super().__init__()
        self.reserve = reserve
        self._most = float(tokens - reserve)
        self._per_second = per_second
        self._level = self._most
        self._at_seconds = float("-inf")

    def seconds_left(self, now_seconds: float, *, ahead: int = 0) -> float:
        """Give the seconds until a token has come back."""
        paused = super().seconds_left(now_seconds)
        missing = 1 + ahead - self._filled(now_seconds)
        return max(paused, missing / self._per_second if missing > _ROUNDING else 0.0)

    def begin(self, now_seconds: float) -> None:
        """Take a token."""
        super().begin(now_seconds)
        self._level = self._filled(now_seconds) - 1

    def believe(self, remaining: int, now_seconds: float) -> None:
        """Take what is left at Azure's for the truth; what is under way will take from that."""
        self._filled(now_seconds)
        self._level = min(self._most, float(remaining - self.in_flight - self.reserve))

    def _filled(self, now_seconds: float) -> float:
        gained = max(0.0, now_seconds - self._at_seconds) * self._per_second
        self._at_seconds = max(self._at_seconds, now_seconds)
        self._level = min(self._most, self._level + gained)
        return self._level
