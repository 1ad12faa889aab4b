"""A token bucket: how many requests may come, and how many at once."""

import math
import time
from collections.abc import Callable


class Bucket:
    """Fills by one token an interval, up to a burst; a request takes one."""

    def __init__(
        self, interval_seconds: float, burst: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin full.

        Args:
            interval_seconds: Time in which one token comes back.
            burst: The most tokens that it holds.
            clock: Gives seconds that never go back.
        """
        self._interval_seconds = interval_seconds
        self._burst = burst
        self._clock = clock
        self._tokens = float(burst)
        self._filled_at = clock()

    def take(self) -> int:
        """Take a token: gives 0, or where there is none the whole seconds until there is one."""
        now = self._clock()
        came = (now - self._filled_at) / self._interval_seconds
        self._tokens = min(float(self._burst), self._tokens + came)
        self._filled_at = now
        if self._tokens >= 1:
            self._tokens -= 1
            return 0
        return max(1, math.ceil((1 - self._tokens) * self._interval_seconds))
