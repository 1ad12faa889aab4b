"""Writes checks.md from the checks and their fixtures; the tests refuse a page that differs."""  # noqa: INP001

import json
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path

from checks import CHECKS, holds_none, own_location
from checks.type_table import shares
from docs.located import ANY_TYPE, Call, Facet, Located, located
from residency.check import Check
from residency.model import UNKNOWN_REGION, Role

PAGE = Path(__file__).with_name("checks.md")
LISTED_ELSEWHERE = {check.id for check in (*holds_none.CHECKS, *own_location.CHECKS)}
LOOKED_UP: Mapping[str, str] = json.loads(
    files("checks").joinpath("data", "pages.json").read_text(encoding="utf-8")
)

_INTRODUCTION = """# Checks

A check knows where the data of some types of Azure resource is. It states facts with their evidence
and never judges; a type that no check knows is `type-unknown`, and never compliant. This page is
generated from the checks by `make docs`.

- **Holds** says what the types do with customer data: they store it, process it, or hold none.
- **Fails over** says whether the place that is written can move to another region by a failover.
- **Asks for more** says whether the inventory alone is not enough, so that each resource costs
  further calls.
- **Rights** are the actions that Azure must allow. Reader has them all; where one is missing, what
  it would have shown is `facet-unreadable`.
- **Pages** are the pages of Microsoft behind a check's facts, with the day on which each was last
  looked up.

## What is located, and how

What a check locates and asks for, type by type, is taken from its fixtures: bodies with the places
that Microsoft documents, which the tests hold it to (tests/checks/fixtures).

| role | what the copy is for |
|---|---|
| `primary` | The one that is written to, or where the software runs. |
| `replica` | Follows the primary; after a failover it can be written to. |
| `backup` | Is kept to restore from. |
| `processing` | Data is handled there and not kept. |
| `export` | Is sent on to another resource, or to a partner. |

- `observed`: a field of Azure's answer names the place. `documented`: a page of Microsoft says it,
  and no field does (the copy in the paired region, mostly). `unknown`: that there is or may be such
  a copy is known, and where it is never is. Every other role turns `unknown` as well where what
  tells its place is missing, or cannot be read.
- *of another resource*: what a vault, say, proves about the resources that it protects.
- *metadata only*: no customer data, but what Azure knows of the resource.
- A **call** is a list, or a GET of one resource, beyond the inventory. A scan makes it again in
  `every-scan`, only `when-changed` for what an operator alone changes, or in turns (`rotated`).

## Overview
"""


def render() -> str:
    """Give the whole page."""
    ordered = sorted(CHECKS, key=lambda check: check.id)
    seen = located()
    sections = (_section(each, _types_of(each, seen)) for each in ordered)
    return "\n".join([_INTRODUCTION, *_overview(ordered), *sections])


def _types_of(check: Check, seen: Mapping[tuple[str, str], Located]) -> Mapping[str, Located]:
    """Give what was seen of a check, by the name that the page has for its types."""
    if check.id in LISTED_ELSEWHERE:
        own = [found for (check_id, _), found in seen.items() if check_id == check.id]
        return {f"any of [{len(check.resource_types)} types](types.md)": own[0]}
    return {
        "any type" if name == ANY_TYPE else f"`{name}`": seen[check.id, name]
        for name in check.resource_types
    }


def _overview(checks: list[Check]) -> Iterator[str]:
    yield "| Check | Types | Holds | Fails over | Asks for more |"
    yield "|---|---|---|---|---|"
    for check in checks:
        cells = (
            f"[{check.id}](#{check.id})",
            str(len(check.resource_types)),
            check.holds.value,
            _yes(said=check.can_fail_over),
            _yes(said=check.reads),
        )
        yield f"| {' | '.join(cells)} |"
    types = sum(len(check.resource_types) for check in checks)
    table = f"[The table](types.md) has {shares()}"
    yield f"\n{len(checks)} checks know {types} types. {table}\n"


def _section(check: Check, types: Mapping[str, Located]) -> str:
    return "\n".join(
        [
            f"## {check.id}\n",
            f"{check.title}.\n",
            f"{_facts(check)}\n",
            "| Type | Located | Calls |",
            "|---|---|---|",
            *(
                f"| {name} | {_places(found.bases)} | {_calls(found.calls)} |"
                for name, found in types.items()
            ),
            "\nRights:\n",
            *(f"- `{action}`" for action in check.permissions),
            "\nPages:\n",
            *(f"- <{page}>, {_day(page)}" for page in check.docs),
            "",
        ]
    )


def _facts(check: Check) -> str:
    fails_over, reads = _yes(said=check.can_fail_over), _yes(said=check.reads)
    return f"Holds: {check.holds.value}. Fails over: {fails_over}. Asks for more: {reads}."


def _places(bases: Mapping[Facet, set[str]]) -> str:
    roles = [role.value for role in Role]
    ordered = sorted(
        bases, key=lambda facet: (facet.of_another, roles.index(facet.role), facet.metadata_only)
    )
    return "; ".join(_place(facet, bases[facet]) for facet in ordered)


def _place(facet: Facet, known: set[str]) -> str:
    basis = " or ".join(sorted(known, reverse=True)) or UNKNOWN_REGION
    of = " of another resource" if facet.of_another else ""
    return f"`{facet.role}`{of}: {basis}{', metadata only' if facet.metadata_only else ''}"


def _calls(calls: Iterable[Call]) -> str:
    told = (f"{call.verb} `{call.kind}` ({call.rule})" for call in sorted(calls))
    return "; ".join(told) or "none"


def _day(page: str) -> str:
    return f"looked up {LOOKED_UP[page]}" if page in LOOKED_UP else "not looked up again"


def _yes(*, said: bool) -> str:
    return "yes" if said else "no"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
