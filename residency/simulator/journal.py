"""What was asked of the simulator, and what never should have been."""

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

_KEPT = 500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request and its outcome.

    Attributes:
        api: Whose it is: `resourcegraph`, `subscriptions`, `resources`, or a lower-cased provider
            namespace such as `microsoft.storage`.
        kind: What is asked, as `kind_of` says it.
        subscription: Lower-cased, or nothing.
        status: The HTTP status; 0 where a fault broke the connection before one was sent.
    """

    method: str
    path: str
    query: Mapping[str, str]
    api: str
    kind: str
    subscription: str
    status: int
    time: datetime


class Journal:
    """The last 500,000 calls and a count by api, kind and status; safe between threads."""

    def __init__(self) -> None:
        """Start empty."""
        self._lock = Lock()
        self.calls: deque[Call] = deque(maxlen=_KEPT)
        self.breaches: list[Call] = []
        self.count_by_api: Counter[str] = Counter()
        self.count_by_kind: Counter[str] = Counter()
        self.count_by_status: Counter[int] = Counter()

    def record(self, call: Call, *, breach: bool = False) -> None:
        """Write a call down; a breach is one that a read-only monitor must never make."""
        with self._lock:
            self.calls.append(call)
            self.count_by_api[call.api] += 1
            self.count_by_kind[call.kind] += 1
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
            self.count_by_kind.clear()
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


def kind_of(path: str, table: str = "") -> str:
    """Name what a call asks, without the names in it.

    `list microsoft.sql/servers/databases` lists, `read microsoft.storage/storageaccounts` reads one
    thing, and `query resources` asks that table of Resource Graph.
    """
    if table:
        return f"query {table}"
    before, found, rest = path.lower().rpartition("/providers/")
    namespace, *parts = [part for part in (rest if found else before + rest).split("/") if part]
    if not found:
        namespace, parts = "", [namespace, *parts]
    kinds, names = parts[::2], parts[1::2]
    verb = "read" if kinds and len(kinds) == len(names) else "list"
    return f"{verb} {'/'.join(each for each in (namespace, *kinds) if each)}"


def subscription_of(path: str) -> str:
    """Give the lower-cased subscription that a path is under, or nothing."""
    parts = path.lower().split("/")
    return parts[2] if len(parts) > 2 and parts[1] == "subscriptions" else ""  # noqa: PLR2004
