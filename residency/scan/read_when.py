"""When what a scan recorded was really read: not all of it is read in every scan.

The store keeps facts and not when they were read, because an unchanged tenant would write all of it
anew. What is read in every scan was read by the last one; of the rest the answers beside the store
tell. Where nothing does, nothing is said: it was never longer ago than `scan.max_age` allows.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from residency.model import Placement
from residency.scan.freshness import EVERY_SCAN, kind_of
from residency.scan.kept import Kept
from residency.store.facets import kept_beside
from residency.store.reading.scans import Scanned

_KEPT = msgspec.json.Decoder(Kept)


def read_when(store: Path, resource_id: str, place: Placement, scan: Scanned) -> datetime | None:
    """Tell when a place was read that stood by the last scan, which saw the resource.

    Args:
        store: The file of the store.
        resource_id: The resource, lower-cased.
        place: What is recorded of it.
        scan: The last scan.

    Returns:
        The latest time by which it is known to have been read; None where that is not kept.
    """
    if place.unresolved is not None:
        return None
    if place.evidence.api == "resourcegraph":
        return scan.started_at
    if place.evidence.api != "arm":
        return None
    named = place.evidence.path.partition(" ")[0].lower()
    asked = named if named.startswith("/subscriptions/") else resource_id
    if kind_of(asked) in EVERY_SCAN:
        return scan.started_at
    found = (each for each in _answered(store, asked) if each <= scan.finished_at)
    return min(found, default=None)


def _answered(store: Path, asked: str) -> Iterator[datetime]:
    """Give when Azure told of a thing: by itself, and in the list that it is in."""
    for call, path in (("get", asked), ("list", asked.rpartition("/")[0])):
        key = msgspec.json.encode([call, path]).decode().removesuffix("]")
        for body, empty_at in kept_beside(store, f"{key},"):
            if empty_at is not None:
                continue
            kept = _KEPT.decode(body)
            if kept.answer is not None and kept.failure is None:
                yield kept.answer.read_at
