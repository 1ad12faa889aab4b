"""All that one scan read, before any of it is judged or remembered."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from residency.inventory import Inventory
from residency.model import Placement
from residency.scan.hearing import Heard
from residency.scan.locating import Placements
from residency.scan.missing import Missing
from residency.scan.placing import Placed


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """All that one scan read, before it is judged. Not in the repr: see `Scan`."""

    inventory: Inventory = field(repr=False)
    placed: tuple[Placed, ...] = field(repr=False)
    heard: Heard = field(repr=False)
    missing: Missing = field(repr=False)

    def read_at(self, at: datetime) -> "Looked":
        """Give the same as read at another time, with no news since."""
        same: dict[int, Placements] = {}
        placed = []
        for each in self.placed:
            key = id(each.placements)
            if key not in same:
                same[key] = tuple(_read_at(place, at) for place in each.placements)
            placed.append(replace(each, placements=same[key]))
        heard = replace(self.heard, operations=(), created={}, events=())
        return replace(self, placed=tuple(placed), heard=heard)


def _read_at(place: Placement, at: datetime) -> Placement:
    return replace(place, evidence=replace(place.evidence, read_at=at))
