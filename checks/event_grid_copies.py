"""The copy of Event Grid's metadata in the paired region.

https://learn.microsoft.com/azure/reliability/reliability-event-grid: the metadata of custom topics
and domains is copied to the paired region unless the customer keeps it within the region; that of
system topics always is. Namespaces, partner namespaces and partner topics have no such copy.
Microsoft alone fails over, and no field tells that it did.
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import version_of
from residency import regions
from residency.check import Reader, absent, facet, pair_copy, text, unknown, with_fields
from residency.model import Placement, Reading, Resource, Role

PAGE = "https://learn.microsoft.com/azure/reliability/reliability-event-grid"
CHOSEN = ("microsoft.eventgrid/topics", "microsoft.eventgrid/domains")
"""Types of which the customer chooses whether there is a copy."""
GIVEN = ("microsoft.eventgrid/systemtopics",)
"""Types that always have one."""

BOUNDARY = "properties.dataResidencyBoundary"
COPIED = "metadata is also replicated to the paired region"


def metadata_copy(topic: Resource, reader: Reader) -> Iterator[Placement]:
    """State the copy of the metadata; a region without a pair has none."""
    region = regions.find(topic.location)
    if region is not None and region.pair is None:
        return
    if topic.type in GIVEN:
        yield from _in_pair(topic.reading, COPIED)
    elif topic.type in CHOSEN:
        places = partial(_by_boundary, topic, reader)
        yield from facet(Role.REPLICA, topic.id, places, read_at=topic.reading.read_at)


def _in_pair(reading: Reading, fact: str) -> Iterator[Placement]:
    return pair_copy(reading, Role.REPLICA, "location", page=PAGE, fact=fact, metadata_only=True)


def _by_boundary(topic: Resource, reader: Reader) -> Iterator[Placement]:
    reading = with_fields(topic, reader, BOUNDARY, api_version=version_of(topic.id))
    match (text(reading.body, BOUNDARY) or "").lower():
        case "withinregion":
            return
        case "withingeopair":
            yield from _in_pair(reading, f"{BOUNDARY} is WithinGeopair: {COPIED}")
        case "":
            yield absent(reading, Role.REPLICA, BOUNDARY, "it tells whether metadata is copied")
        case _:
            yield unknown(reading, Role.REPLICA, BOUNDARY)
