"""What is too old by `scan.max_age` to count as known."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from residency.model import Status
from residency.settings import Settings
from residency.store.reading.scans import Scanned

_DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Staleness:
    """Of which types what a scan found is stale.

    Attributes:
        default: Whether it is of a type that the configuration does not name.
        others: The types of which it is otherwise than by default.
    """

    default: bool
    others: frozenset[str]

    @classmethod
    def of(cls, settings: Settings, scan: Scanned, now: datetime) -> "Staleness":
        """Say what of a scan is stale by now."""
        age, ages = now - scan.finished_at, settings.scan.max_age
        default = age > ages[_DEFAULT]
        others = (name for name, most in ages.items() if (age > most) is not default)
        return cls(default=default, others=frozenset(others))

    def of_type(self, resource_type: str) -> bool:
        """Whether it is stale of a type."""
        return (resource_type in self.others) is not self.default


def status_of_stale(status: Status) -> Status:
    """Give the status of what is stale: unknown, where it was not in violation."""
    return status if status is Status.VIOLATION else Status.UNKNOWN


def became(statuses: Collection[Status]) -> frozenset[Status]:
    """Give the recorded statuses of what has one of these now that it is stale."""
    return frozenset(each for each in Status if status_of_stale(each) in statuses)
