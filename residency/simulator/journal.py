"""What was asked of the simulator, and what never should have been."""

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

_KEPT = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request and its outcome.

    Attributes:
        api: Whose it is: `resourcegraph`, `subscriptions`, `resources`, or a lower-cased provider
            namespace such as `microsoft.storage`.
        subscription: Lower-cased, or nothing.
        status: The HTTP status; 0 where a fault broke the connection before one was sent.
    """

    method: str
    path: str
    query: Mapping[str, str]
    api: str
    subscription: str
    status: int
    time: datetime


class Journal:
    """The last 100,000 calls and a count by api and status; safe between threads."""

    def __init__(self) -> None:
        """Start empty."""
        self._lock = Lock()
        self.calls: deque[Call] = deque(maxlen=_KEPT)
        self.breaches: list[Call] = []
        self.count_by_api: Counter[str] = Counter()
        self.count_by_status: Counter[int] = Counter()

    def record(self, call: Call, *, breach: bool = False) -> None:
        """Write a call down; a breach is one that a read-only monitor must never make."""
        with self._lock:
            self.calls.append(call)
            self.count_by_api[call.api] += 1
            self.count_by_status[call.status] += 1
            if breach:
                self.breaches.append(call)

    def so_far(self) -> list[Call]:
        """Give every call that is kept, oldest first."""
        with self._lock:
            return list(self.calls)

    def clear(self) -> None:
        """Forget everything, breaches too."""
        with self._lock:
            self.calls.clear()
            self.breaches.clear()
            self.count_by_api.clear()
            self.count_by_status.clear()


def api_of(path: str) -> str:
    """Name whose API a path is."""
    parts = [part for part in path.lower().split("/") if part]
    if "providers" in parts:
        last = len(parts) - 1 - parts[::-1].index("providers")
        namespace = parts[last + 1] if last + 1 < len(parts) else "providers"
        return "resourcegraph" if namespace == "microsoft.resourcegraph" else namespace
    if not parts:
        return "root"
    return parts[-1] if parts[-1] in {"resources", "resourcegroups", "locations"} else parts[0]


def subscription_of(path: str) -> str:
    """Give the lower-cased subscription that a path is under, or nothing."""
    parts = path.lower().split("/")
    return parts[2] if len(parts) > 2 and parts[1] == "subscriptions" else ""  # noqa: PLR2004
