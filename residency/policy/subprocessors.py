"""Where the vendor declares that its sub-processors keep data, for exports that go to them.

Azure tells that data goes to a partner, and often not where the partner keeps it. What a field says
of the place is never bettered, not even where nobody knows the region that it names.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from residency import regions
from residency.model import Basis, Evidence, Placement, Reason, Role
from residency.policy.declared import NO_REGION
from residency.settings import ISO_3166_1, Subprocessor

Entries = Mapping[str, tuple[Subprocessor, ...]]
Places = tuple[tuple[str, str | None], ...]

_OF_THE_UNION = {
    "austria": "AT", "belgium": "BE", "bulgaria": "BG", "croatia": "HR", "cyprus": "CY",
    "czech republic": "CZ", "czechia": "CZ", "denmark": "DK", "estonia": "EE", "finland": "FI",
    "france": "FR", "germany": "DE", "greece": "GR", "hungary": "HU", "ireland": "IE",
    "italy": "IT", "latvia": "LV", "lithuania": "LT", "luxembourg": "LU", "malta": "MT",
    "netherlands": "NL", "poland": "PL", "portugal": "PT", "romania": "RO", "slovakia": "SK",
    "slovenia": "SI", "spain": "ES", "sweden": "SE",
}  # fmt: skip
"""The members by their English names; of other countries the table of regions has some."""

_BETWEEN = re.compile(r"\s*(?:[,;/&]|\band\b)\s*")
_ARTICLE = re.compile(r"^the\s+", re.IGNORECASE)


def by_name(entries: Sequence[Subprocessor]) -> Entries:
    """Index sub-processors by their names, in which case does not count."""
    names = {_key(entry.name) for entry in entries}
    return {name: tuple(entry for entry in entries if _key(entry.name) == name) for name in names}


def kept(
    entries: Entries, placements: tuple[Placement, ...], now: datetime
) -> tuple[Placement, ...]:
    """Give the places, with those of exports to sub-processors that no field names."""
    if not entries:
        return placements
    return tuple(found for place in placements for found in _kept(entries, place, now))


def places_of(storage: str) -> Places:
    """Read a list of places: of each its region, and its country if no region is said.

    Countries are named in English or by their code, and the union as EU. Nothing is read of a
    text in which one part is not understood: half of an answer would look like all of it.
    """
    found = [_place_of(_ARTICLE.sub("", part)) for part in _BETWEEN.split(storage.strip())]
    understood = tuple(dict.fromkeys(place for place in found if place is not None))
    return understood if None not in found else ()


def _place_of(part: str) -> tuple[str, str | None] | None:
    code = _OF_THE_UNION.get(part.lower(), part)
    if code in ISO_3166_1:
        return NO_REGION, code
    region = regions.find(part) if part else None
    return (region.name, None) if region and region.eu is not None else None


def _kept(entries: Entries, place: Placement, now: datetime) -> Iterator[Placement]:
    named = entries.get(_key(place.target or "")) if _is_open(place) else None
    read = [(entry, places_of(entry.storage)) for entry in named or ()]
    if not read or not all(places for _, places in read):
        yield place
        return
    for entry, places in read:
        for region, country in places:
            yield _declared(place, entry, region, country, now)


def _is_open(place: Placement) -> bool:
    return (
        place.role is Role.EXPORT
        and place.unresolved is Reason.REGION_UNKNOWN
        and place.basis is not Basis.OBSERVED
    )


def _declared(
    place: Placement, entry: Subprocessor, region: str, country: str | None, now: datetime
) -> Placement:
    return Placement(
        role=Role.EXPORT,
        region=region,
        country=country,
        basis=Basis.DECLARED,
        evidence=Evidence(
            api="declared",
            path=f"estate.subprocessors '{entry.name}' storage",
            value=entry.storage,
            read_at=now,
        ),
        metadata_only=place.metadata_only,
        target=place.target,
        subject=place.subject,
    )


def _key(name: str) -> str:
    return name.strip().casefold()
