"""`residency checks` and `residency regions`: what the monitor knows before it looks."""

from collections.abc import Iterable, Sequence
from typing import Annotated

import typer

from residency.cli.config import Format
from residency.cli.scan import Output


def checks(output: Output = Format.TEXT) -> None:
    """List the checks: which types they know, what those hold, and what they need to read."""
    from residency.check import load_catalogue  # noqa: PLC0415 - late, for a quick start

    found = load_catalogue().checks
    if output is Format.JSON:
        from residency.cli.json import write  # noqa: PLC0415 - late, for a quick start

        listed = [
            {
                "id": check.id,
                "title": check.title,
                "resource_types": check.resource_types,
                "holds": check.holds,
                "can_fail_over": check.can_fail_over,
                "permissions": check.permissions,
                "docs": check.docs,
            }
            for check in found
        ]
        write({"schema": "residency/checks/v1", "checks": listed})
        return
    rows = (
        (
            check.id,
            check.holds,
            "yes" if check.can_fail_over else "no",
            _types(check.resource_types),
        )
        for check in found
    )
    _table(("check", "holds", "fails over", "resource types"), rows)


def regions(
    find: Annotated[str | None, typer.Argument(help="A spelling to look up.")] = None,
    output: Output = Format.TEXT,
) -> None:
    """List the regions, or look one spelling up: country, pair, and zone by the default policy."""
    from residency import regions as table  # noqa: PLC0415 - late, for a quick start
    from residency.errors import NotFound  # noqa: PLC0415 - late, for a quick start
    from residency.policy import zone_of_region  # noqa: PLC0415 - late, for a quick start
    from residency.settings import Policy  # noqa: PLC0415 - late, for a quick start

    found: Iterable[table.Region] = table.all_regions()
    if find is not None:
        region = table.find(find)
        if region is None:
            raise NotFound(f"'{find}' is no region that is known; data there would be unknown")
        found = (region,)
    rows = [
        (
            region.name,
            region.display_name,
            region.country or "",
            zone_of_region(region.name, Policy()),
            region.pair or "",
            region.kind,
        )
        for region in found
    ]
    names = ("region", "name", "country", "zone", "pair", "kind")
    if output is Format.JSON:
        from residency.cli.json import write  # noqa: PLC0415 - late, for a quick start

        listed = [dict(zip(names, row, strict=True)) for row in rows]
        write({"schema": "residency/regions/v1", "regions": listed})
        return
    _table(names, rows)


def _types(types: Sequence[str]) -> str:
    shown = 6
    more = f"\n… and {len(types) - shown} more" if len(types) > shown else ""
    return "\n".join(types[:shown]) + more


def _table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    from rich.table import Table  # noqa: PLC0415 - late, for a quick start

    from residency.cli.terminal import terminal  # noqa: PLC0415 - late, for a quick start

    table = Table()
    for name in names:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*row)
    terminal().print(table)
