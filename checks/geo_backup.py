"""Backups by the redundancy of their storage: in the region itself, and if geo in its pair."""

from collections.abc import Iterator
from dataclasses import replace

from residency import regions
from residency.check import evidence, observed, pair_copy, text, unknown
from residency.model import Placement, Reading, Role


def in_region(reading: Reading, region: str, redundancy: str) -> Placement:
    """State the backups in the region at path `region`, citing the redundancy that says so."""
    place = observed(reading, Role.BACKUP, region)
    if place.unresolved:
        return place
    said = text(reading.body, redundancy)
    return replace(place, evidence=evidence(reading, redundancy, said))


def region_and_pair(
    reading: Reading, region: str, redundancy: str, *, page: str
) -> Iterator[Placement]:
    """State the backups in the region named at path `region`, and their copy in its pair.

    Where the table knows no pair, geo-redundancy (the value at path `redundancy`) still says that
    there is a copy elsewhere: its place is unknown.
    """
    yield in_region(reading, region, redundancy)
    yield from pair_or_unknown(reading, region, redundancy, page=page)


def pair_or_unknown(
    reading: Reading, region: str, redundancy: str, *, page: str
) -> Iterator[Placement]:
    """State only the copy in the pair, as `region_and_pair` does."""
    found = regions.find(text(reading.body, region))
    if found is not None and found.pair is None:
        yield unknown(reading, Role.BACKUP, redundancy)
        return
    fact = f"{redundancy} is {text(reading.body, redundancy)}: copied to the paired region"
    yield from pair_copy(reading, Role.BACKUP, region, page=page, fact=fact)
