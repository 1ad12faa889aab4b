"""What a map shows, and the same in rows."""

from collections.abc import Mapping
from dataclasses import dataclass

from residency.model import Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What is known of one country, or of a place that is none.

    Attributes:
        zone: Where the country stands under the policy.
        count: How many are there, of what the picture's title says.
        label: The country's name, in the reader's language.
    """

    zone: Zone
    count: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MapWords:
    """The words of a map, in the reader's language.

    Attributes:
        zones: What each zone is called; all of them.
        nothing: What a country of the EU without a mark is called.
        elsewhere: The heading over the places that the map does not show.
    """

    zones: Mapping[Zone, str]
    nothing: str
    elsewhere: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRow:
    """One mark of a map in words.

    Attributes:
        code: What the mark was given under: a country's code, or another name of a place.
        word: What the zone is called.
    """

    code: str
    label: str
    zone: Zone
    word: str
    count: int


def map_rows(marks: Mapping[str, Mark], words: MapWords) -> tuple[MapRow, ...]:
    """Give each mark as a row: zone by zone from home outwards, the most first."""
    order = list(Zone)
    rows = [
        MapRow(
            code=code,
            label=mark.label,
            zone=mark.zone,
            word=words.zones[mark.zone],
            count=mark.count,
        )
        for code, mark in marks.items()
    ]
    return tuple(sorted(rows, key=lambda row: (order.index(row.zone), -row.count, row.code)))


def told(row: MapRow) -> str:
    """Say a row in one line."""
    return f"{row.label}: {row.word}, {row.count}"
