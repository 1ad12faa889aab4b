"""Writes docs/regions.md from the table of regions; the tests refuse a page that differs."""  # noqa: INP001

from collections.abc import Iterable, Iterator
from pathlib import Path

from residency.regions import AS_OF, NOT_PLACES, Region, RegionKind, all_regions

PAGE = Path(__file__).with_name("regions.md")

_INTRODUCTION = f"""# Regions

Every placement names a region, and the policy judges it by the country where that region stands.
This page is generated from `residency/data/regions.json` by `python docs/generate_regions.py`.
The table follows [Microsoft's list of regions](https://learn.microsoft.com/azure/reliability/regions-list)
and [of pairs](https://learn.microsoft.com/azure/reliability/regions-paired) as of {AS_OF}.

In Europe is not in the EU: GB, CH and NO stand outside. Only `westeurope` is in the Netherlands,
and only `northeurope` in Ireland; neither display name says so.

## How names are read

Azure writes one region in many ways. These are all `westeurope`:

`westeurope` · `West Europe` · `WEST EUROPE` · `west-europe` · `west_europe` ·
`(Europe) West Europe` · `West Europe (zone 1)`

Upper and lower case, spaces, hyphens and underscores do not count. A geography group may stand in
front if the region's country belongs to it: `(US) West Europe` is no region. At the end, `(stage)`,
`(stg)` and `(zone 1)` to `(zone 3)` name the same place. Nothing else is forgiven.

## What unknown means

A name that the table cannot resolve is `unknown`: never the nearest match, and never compliant.
So are `westeurope2`, `europe west`, `eu-west-1`, look-alikes in another alphabet, and an empty
name.

These stand where Azure could name a place, and are no places, so they are unknown too:
{", ".join(f"`{name}`" for name in sorted(NOT_PLACES))}.

A resource with an `extendedLocation` is at that site and not in its `location`. A custom location
is a customer's own site and unknown, and so is an edge zone that this page does not list.

Azure's own list of locations is compared with the table. A changed pair, and a region that the
table lacks, are reported. A region that Azure does not list is not: restricted regions are shown
only to the subscriptions that may use them, and still hold the copies of their pair.
"""

_PSEUDO = """## Pseudo-locations

Names that stand for more than one region. Wholly outside the EU they are judged as outside; wider
than the EU they prove nothing and are unknown.
"""

_EDGE = """## Edge zones

[Extended zones](https://learn.microsoft.com/azure/extended-zones/request-access) that Microsoft
documents by name.
"""


def _in_the_eu(region: Region) -> str:
    return {True: "yes", False: "no", None: "wider"}[region.eu]


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield _line(*head)
    yield _line(*("---" for _ in head))
    yield from (_line(*row) for row in rows)


def _by_country(regions: Iterable[Region]) -> Iterator[tuple[str, ...]]:
    for region in sorted(regions, key=lambda each: (each.country or "", each.name)):
        pair = f"`{region.pair}`" if region.pair else "none"
        kind = region.kind if region.cloud == "AzureCloud" else f"{region.kind}: {region.cloud}"
        country = region.country or ""
        yield country, f"`{region.name}`", region.display_name, pair, kind, region.note


def _pseudo(regions: Iterable[Region]) -> Iterator[tuple[str, ...]]:
    for region in sorted(regions, key=lambda each: each.name):
        country = region.country or "several"
        yield f"`{region.name}`", region.display_name, country, _in_the_eu(region), region.note


def render() -> str:
    """Give the whole page."""
    listed = all_regions()
    pseudo = [region for region in listed if region.kind is RegionKind.PSEUDO]
    edge = [region for region in listed if region.kind is RegionKind.EDGE]
    real = [region for region in listed if region not in pseudo and region not in edge]
    head = ("Country", "Region", "Display name", "Pair", "Kind", "Note")
    pseudo_head = ("Name", "Display name", "Country", "In the EU", "Note")
    lines = [
        _INTRODUCTION,
        "## In the EU\n",
        *_table(head, _by_country(region for region in real if region.eu)),
        "\n## Outside the EU\n",
        *_table(head, _by_country(region for region in real if not region.eu)),
        f"\n{_PSEUDO}",
        *_table(pseudo_head, _pseudo(pseudo)),
        f"\n{_EDGE}",
        *_table(pseudo_head, _pseudo(edge)),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
