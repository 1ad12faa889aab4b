"""The metrics of Prometheus: docs/metrics.md. They only read the store.

The state of the store is read and written to bytes when it changes; a scrape gets those bytes, and
the numbers of the process.
"""

from residency.metrics.caps import OTHER, Caps
from residency.metrics.exposition import Answer, Exposition, exposition
from residency.metrics.running import Running
from residency.metrics.series import EVERY, Kind, Series
from residency.metrics.state import State, state_of

__all__ = [
    "EVERY",
    "OTHER",
    "Answer",
    "Caps",
    "Exposition",
    "Kind",
    "Running",
    "Series",
    "State",
    "exposition",
    "state_of",
]
