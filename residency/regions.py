"""The regions of Azure: one closed table, from any spelling to a name, a country and a pair.

The table is `data/regions.json`, read once. A name resolves if it is one of the spellings that
can be formed from the table; anything else is unknown, and never the nearest match. All spellings
are formed when the table is read, so that a look-up guesses nothing and costs two dictionary reads.

Azure writes one region in many ways (`westeurope`, `West Europe`, `(Europe) West Europe`), so case,
spaces, hyphens and underscores do not count. The geography group in front, `(stage)`, `(stg)` and
`(zone 1)` to `(zone 3)` at the end are spellings of the same region.

Names that Azure writes where a place could stand, and that are no place (`AutoResolve`,
`NotDefined`, `WithinGeopair`, `WithinRegion`, `None`, `Default`, `DataZone`), resolve to nothing:
a placement there is unknown. They are `not_places` in the table.

Facts: https://learn.microsoft.com/azure/reliability/regions-list and
https://learn.microsoft.com/azure/reliability/regions-paired.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from residency.errors import BadAnswer
from residency.model import UNKNOWN_REGION

_TABLE: Mapping[str, Any] = json.loads(
    files("residency").joinpath("data", "regions.json").read_text(encoding="utf-8")
)

AS_OF: str = _TABLE["as_of"]
"""The day of Microsoft's list that the table was made from."""

COUNTRIES_OF_THE_EU: frozenset[str] = frozenset(_TABLE["countries_of_the_eu"])
"""The 27 member states by ISO 3166-1 alpha-2 code (Greece is GR, not the EU's own EL).

https://european-union.europa.eu/principles-countries-history/eu-countries_en
"""

NOT_PLACES: frozenset[str] = frozenset(_TABLE["not_places"])
"""Squashed names that stand where a place could stand and are none; they resolve to nothing."""

LONGEST_SPELLING_CHARACTERS = 128
"""Anything longer is no spelling of a region, and is not kept in the cache."""

_SPELLINGS_IN_CACHE = 8192
_SUFFIXES = ("", "(stage)", "(stg)", "(zone1)", "(zone2)", "(zone3)")
_IGNORED = str.maketrans("", "", " -_")


class RegionKind(StrEnum):
    """What sort of place a name stands for."""

    PUBLIC = "public"
    RESTRICTED = "restricted"
    UNVERIFIED = "unverified"
    STAGE = "stage"
    SOVEREIGN = "sovereign"
    PSEUDO = "pseudo"
    EDGE = "edge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One place that Azure names.

    Attributes:
        name: The normal form, as in `westeurope`.
        country: ISO 3166-1 alpha-2, or None for a pseudo-location of several countries.
        eu: Whether it lies in the EU; None where it is wider than the EU.
        pair: The region that Azure copies to; not always one that pairs back.
        cloud: Azure's own name of the cloud: AzureCloud, AzureChinaCloud, …
    """

    name: str
    display_name: str
    country: str | None
    eu: bool | None
    pair: str | None
    kind: RegionKind
    cloud: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PairChange:
    """Azure lists other pairs for a region than the table does.

    Attributes:
        expected: The pair in the table; None where the region has none there.
        found: The pairs that Azure lists; empty where it says that there are none.
    """

    region: str
    expected: str | None
    found: tuple[str, ...]

    def __str__(self) -> str:
        """Say it in one sentence."""
        found = " and ".join(self.found)
        if self.expected is None:
            return f"Azure now pairs {self.region} with {found}; the table knows no pair."
        if not found:
            return f"Azure lists no pair for {self.region}; the table has {self.expected}."
        return f"Azure pairs {self.region} with {found}; the table has {self.expected}."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRegion:
    """Azure lists a region, physical or logical, that the table lacks."""

    region: str
    display_name: str
    logical: bool

    def __str__(self) -> str:
        """Say it in one sentence."""
        what = "logical region" if self.logical else "region"
        return (
            f"Azure lists the {what} {self.region} ({self.display_name}), which the table lacks: "
            "placements there are unknown."
        )


def _squash(raw: str) -> str:
    """Drop what does not count in a spelling. Only ASCII: look-alikes must not fold into it."""
    return raw.lower().translate(_IGNORED) if raw.isascii() else ""


def _region(row: Mapping[str, Any]) -> Region:
    return Region(
        name=row["name"],
        display_name=row["display_name"],
        country=row["country"],
        eu=row["eu"],
        pair=row["pair"],
        kind=RegionKind(row["kind"]),
        cloud=row["cloud"],
        note=row.get("note", ""),
    )


def _spellings(row: Mapping[str, Any]) -> Iterator[str]:
    """Form every squashed spelling of a region. A group names only regions of its countries."""
    groups = [name for name, countries in _TABLE["groups"].items() if row["country"] in countries]
    for name in (row["name"], row["display_name"], *row.get("aliases", ())):
        for prefix in ("", *(f"({group})" for group in groups)):
            for suffix in _SUFFIXES:
                yield _squash(f"{prefix}{name}{suffix}")


_BY_NAME = {row["name"]: _region(row) for row in _TABLE["regions"]}
_BY_SPELLING = {
    spelling: _BY_NAME[row["name"]] for row in _TABLE["regions"] for spelling in _spellings(row)
}

REGIONS: Mapping[str, Region] = MappingProxyType(_BY_NAME)
"""Every place in the table by its normal form; read-only."""


def all_regions() -> tuple[Region, ...]:
    """Give every place in the table, in the table's order."""
    return tuple(REGIONS.values())


@lru_cache(maxsize=_SPELLINGS_IN_CACHE)
def _look_up(raw: str) -> Region | None:
    return _BY_SPELLING.get(_squash(raw))


def find(raw: str | None) -> Region | None:
    """Find the place that a spelling names; None for an unknown one, and never a guess."""
    if not raw or len(raw) > LONGEST_SPELLING_CHARACTERS:
        return None
    return _look_up(raw)


def normalise(raw: str | None) -> str:
    """Give the normal form of a spelling, or `unknown`."""
    region = find(raw)
    return region.name if region else UNKNOWN_REGION


def find_site(raw: str | None) -> Region | None:
    """Find the edge zone that an `extendedLocation.name` names; None for any other name.

    A custom location (a resource id) is a customer's own site, and a region's name is not a site.
    https://learn.microsoft.com/azure/extended-zones/request-access
    """
    region = find(raw)
    return region if region and region.kind is RegionKind.EDGE else None


def compare(live: Iterable[Mapping[str, Any]]) -> tuple[PairChange | NewRegion, ...]:
    """Compare Azure's own list of locations with the table.

    Restricted regions are listed only for subscriptions that may use them, so what the list lacks
    is no finding (https://learn.microsoft.com/rest/api/resources/subscriptions/list-locations).
    Edge zones are no findings: an unknown one leaves its placements unknown.

    Args:
        live: The items of `GET /subscriptions/{id}/locations?api-version=2022-12-01`.

    Raises:
        BadAnswer: An item is not the shape that Azure documents.
    """
    found = (_compare_item(item) for item in live)
    return tuple(difference for difference in found if difference is not None)


def _compare_item(item: Mapping[str, Any]) -> PairChange | NewRegion | None:
    metadata = item.get("metadata") or {}
    name = item.get("name")
    if not isinstance(name, str) or not name or not isinstance(metadata, Mapping):
        raise BadAnswer("An item of Azure's list of locations has no name, or odd metadata.")
    if str(item.get("type", "")).lower() == "edgezone":
        return None
    logical = str(metadata.get("regionType", "")).lower() == "logical"
    region = find(name)
    if region is None:
        display_name = str(item.get("displayName") or name)
        return NewRegion(region=name.lower(), display_name=display_name, logical=logical)
    if logical or metadata.get("pairedRegion") is None:
        return None
    pairs = _pairs(name, metadata["pairedRegion"])
    if pairs == ((region.pair,) if region.pair else ()):
        return None
    return PairChange(region=region.name, expected=region.pair, found=pairs)


def _pairs(name: str, listed: object) -> tuple[str, ...]:
    """Read `pairedRegion`: a list of names and ids, empty where there is no pair."""
    if not isinstance(listed, list):
        raise BadAnswer(f"Azure's list of locations gives no list as pairedRegion of {name}.")
    names = []
    for pair in listed:
        paired = pair.get("name") if isinstance(pair, Mapping) else None
        if not isinstance(paired, str) or not paired:
            raise BadAnswer(f"Azure's list of locations gives a pair of {name} without a name.")
        region = find(paired)
        names.append(region.name if region else paired.lower())
    return tuple(names)
