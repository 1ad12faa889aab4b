"""Episodes and incidents: failovers that have a beginning, a path, a cause and an end."""

from residency.store.episodes.causes import LogRead, Witnesses
from residency.store.episodes.document import SCHEMA, document
from residency.store.episodes.episode import (
    Cause,
    CauseBasis,
    Ending,
    Episode,
    Purpose,
    Told,
    annotate,
    failover_of,
)
from residency.store.episodes.follow import Followed, Window, follow
from residency.store.episodes.groups import groups_of, handles_of
from residency.store.episodes.happenings import Happening, Kind
from residency.store.episodes.incidents import Gathered, Incident, gather
from residency.store.episodes.sighting import Before, Sighting, sighting_of
from residency.store.episodes.telling import REACH

__all__ = [
    "REACH",
    "SCHEMA",
    "Before",
    "Cause",
    "CauseBasis",
    "Ending",
    "Episode",
    "Followed",
    "Gathered",
    "Happening",
    "Incident",
    "Kind",
    "LogRead",
    "Purpose",
    "Sighting",
    "Told",
    "Window",
    "Witnesses",
    "annotate",
    "document",
    "failover_of",
    "follow",
    "gather",
    "groups_of",
    "handles_of",
    "sighting_of",
]
