"""Makes a tenant that holds a resource of every type that a check locates, of the checks' fixtures.

    python bench/every_type.py FILE      # for `python -m residency.simulator --also FILE`

Each fixture stands in resource groups of its own, so that none answers for another.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from residency.simulator.estate.groups import PLATFORM

FIXTURES = Path(__file__).resolve().parents[1] / "tests/checks/fixtures"
_GROUP = re.compile(r"/subscriptions/[^/\"]+/resourcegroups/(?P<group>[^/\"]+)", re.IGNORECASE)
_SUBSCRIPTION = re.compile(r"/subscriptions/[^/\"]+", re.IGNORECASE)

Row = Mapping[str, Any]


def rows() -> Iterator[tuple[str, Row]]:
    """Give every fixture with a name of its own."""
    for path in sorted(FIXTURES.glob("*.yaml")):
        for number, row in enumerate(yaml.safe_load(path.read_text(encoding="utf-8"))):
            yield f"{path.stem.replace('_', '-')}-{number}", row


def moved(row: Row, name: str, subscription: str = PLATFORM.id) -> Row:
    """Give a fixture as it stands in a subscription of the simulator."""

    def place(match: re.Match[str]) -> str:
        return f"/subscriptions/{subscription}/resourceGroups/{match['group']}-{name}"

    text = _GROUP.sub(place, json.dumps(row))
    found: Row = json.loads(_SUBSCRIPTION.sub(f"/subscriptions/{subscription}", text))
    return found


def resources_of(row: Row) -> list[dict[str, Any]]:
    """Give the resource and what was seen beside it, each once; the others need a place, too."""
    bodies = [row["resource"], *row.get("inventory", ())]
    return list({body["id"].lower(): _whole(body) for body in reversed(bodies)}.values())


def _whole(body: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": body["id"].rpartition("/")[2], **body}


def lists_of(row: Row) -> dict[str, list[Any]]:
    """Give the child lists that Azure answers with; an item without an id gets one."""
    return {
        path.lower(): [
            {"id": f"{path}/{number}", **item} for number, item in enumerate(answer["value"])
        ]
        for path, answer in row.get("answers", {}).items()
        if isinstance(answer, dict) and "value" in answer
    }


def additions() -> dict[str, Any]:
    """Give all fixtures as one addition to an estate."""
    found: dict[str, Any] = {"resource_groups": [], "resources": [], "children": {}}
    groups: dict[str, Any] = {}
    for name, row in rows():
        here = moved(row, name)
        for body in resources_of(here):
            found["resources"].append(body)
            match = _GROUP.match(body["id"])
            if match:
                group = {"id": match.group(), "name": match["group"], "location": "westeurope"}
                groups[match.group().lower()] = group
        found["children"] |= lists_of(here)
    return found | {"resource_groups": list(groups.values())}


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(additions()), encoding="utf-8")
