"""Writes types.md from the table of types; the tests refuse a page that differs."""  # noqa: INP001

import json
import re
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any

from checks.type_table import shares

PAGE = Path(__file__).with_name("types.md")

_DATA = files("checks").joinpath("data")
_SCHEMA: dict[str, Any] = json.loads(_DATA.joinpath("types.schema.json").read_text("utf-8"))
_TYPES: list[dict[str, Any]] = json.loads(_DATA.joinpath("types.json").read_text("utf-8"))["types"]

_INTRODUCTION = """# Resource types

What each type of Azure resource does with customer data, and how it is known where that data is.
The table is `checks/data/types.json` and its form `checks/data/types.schema.json`; this page is
generated from them by `python docs/generate_types.py`. It has the types that can be created in a
resource group, and those that Resource Graph lists beyond them. A type that is not in it, and
that no pack of checks knows, is `type-unknown` when it is met, and never compliant.

## What counts as customer data

What the vendor's customers put into the software, and anything that can show it: content, logs,
backups, images, dashboards and saved queries, settings of applications, parameters of
deployments, history of runs, certificates together with their private keys. A type whose
resources *can* hold any of that never holds `none`, even if most of them hold nothing: better
unknown than wrong.

Two kinds of value occur in types that hold `none` and are not taken for customer data. The shared
key of a tunnel and the secret of a RADIUS server prove who the two ends are; nothing that is kept
can be deciphered with them. The addresses in an action group or a schedule are those of the
vendor's own staff and systems; whoever enters customers' addresses there should declare it.

- `stores`: customer data is at rest in it.
- `processes`: the software runs there, or data is handled there.
- `none`: neither. It is judged by its location alone: `outside` is a minor violation, an unknown
  location is unknown, anything in the EU is compliant. `global` is no place for such a type: DNS
  zones, Traffic Manager profiles and action groups hold nothing that could be anywhere.
"""

_PLACES = """## How the place is known

Nothing is guessed: where no page of Microsoft says that the data stays, the resource is unknown.

| place | meaning |
|---|---|"""

_ON_PLACES = """
A child without a location of its own is where the resource is that it is part of. With an
`extendedLocation`, the place is the edge zone that it names; a custom location is a customer's
site, and unknown.
"""

_REASONS = """## Grounds for `none`

Each has one: a page of Microsoft that says so, with the day on which it was looked up, or one of
five reasons.

| reason | meaning |
|---|---|"""


def render() -> str:
    """Give the whole page."""
    return "\n".join(
        [
            _INTRODUCTION,
            *_share_table(),
            _PLACES,
            *_explained("place"),
            _ON_PLACES,
            _REASONS,
            *_explained("reason"),
            "\n## The list",
            *_list(),
            "",
        ]
    )


def _share_table() -> Iterator[str]:
    places = [row["const"] for row in _SCHEMA["$defs"]["place"]["oneOf"]]
    counted = Counter((line["holds"], line["place"]) for line in _TYPES)
    yield f"{shares()}\n"
    yield f"| holds | {' | '.join(f'`{place}`' for place in places)} | types | share |"
    yield f"|---|{'---:|' * (len(places) + 2)}"
    for holds in ("stores", "processes", "none"):
        cells = [counted[holds, place] for place in places]
        share = f"{sum(cells) / len(_TYPES):.0%}"
        yield f"| `{holds}` | {' | '.join(map(str, cells))} | {sum(cells)} | {share} |"
    yield ""


def _explained(name: str) -> Iterator[str]:
    for row in _SCHEMA["$defs"][name]["oneOf"]:
        yield f"| `{row['const']}` | {row['description']} |"


def _list() -> Iterator[str]:
    for provider, lines in groupby(_TYPES, key=lambda line: line["type"].partition("/")[0]):
        yield f"\n### {provider}\n\n| type | holds | place | why | ground |\n|---|---|---|---|---|"
        for line in lines:
            what = f"`{line['type']}` | `{line['holds']}` | `{line['place']}`"
            yield f"| {what} | {line['why']} | {_ground(line)} |"


def _ground(line: dict[str, Any]) -> str:
    if "reason" in line:
        return f"`{line['reason']}`"
    if "source" not in line:
        return "[its check](checks.md)" if line["place"] == "check" else ""
    page = line["source"]["page"]
    name = re.sub(r"^(reliability|concept|conceptual)-", "", page.rstrip("/").rpartition("/")[2])
    return f"[{name}]({page}), {line['source']['looked_up']}"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
    print(shares())  # noqa: T201 - the build shows it
