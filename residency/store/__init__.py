"""The memory of the monitor: what stood where, from which scan until which, and proof of it."""

from residency.store.events import Event, EventKind
from residency.store.record import ScanRecord, SubscriptionRecord
from residency.store.store import Committed, Store
from residency.store.versions import Version

__all__ = [
    "Committed",
    "Event",
    "EventKind",
    "ScanRecord",
    "Store",
    "SubscriptionRecord",
    "Version",
]
