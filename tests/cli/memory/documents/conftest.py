"""The tables of docs/json.md as JSON Schema, and what documents have to be held against them."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

PAGE = Path(__file__).resolve().parents[4].joinpath("docs", "json.md").read_text(encoding="utf-8")
ID = re.compile(r"residency/[a-z-]+/v\d+")
WORD = re.compile(r"`([^`]+)`")
TYPES: Mapping[str, Mapping[str, Any]] = {
    "text": {"type": "string"},
    "number": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "time": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,6}Z$"},
    "object": {"type": "object"},
    "null": {"type": "null"},
}


@dataclass(slots=True)
class Node:
    """What the page says of one value; `parts` are the parts that it has the keys of."""

    kinds: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    left_out: bool = False
    below: dict[str, "Node"] = field(default_factory=dict)

    def keys(self) -> dict[str, "Node"]:
        found: dict[str, Node] = {}
        for part in self.parts:
            found |= SECTIONS[part].below
        return found | self.below

    def schema(self) -> dict[str, Any]:
        """Give it as JSON Schema."""
        kinds = [TYPES[kind] for kind in self.kinds if kind != "object" or not self.below]
        may: list[Mapping[str, Any]] = [*kinds, *([{"enum": self.words}] if self.words else [])]
        keys = self.keys()
        if "[]" in keys:
            may.append({"type": "array", "items": keys["[]"].schema()})
        elif keys:
            schema = {
                "type": "object",
                "properties": {name: each.schema() for name, each in keys.items()},
                "required": [name for name, each in keys.items() if not each.left_out],
                "additionalProperties": False,
            }
            may.append(schema)
        return {"anyOf": may}

    def claims(self, path: str = "") -> Iterator[str]:
        """Give each key that a document somewhere has to have, with a value."""
        for name, each in self.below.items():
            yield f"{path}.{name}"
            yield from each.claims(f"{path}.{name}")

    def met(self, value: object, path: str = "") -> Iterator[str]:
        """Give the claims that a value meets, also those on parts, each under its own name."""
        for part in self.parts:
            if value is not None:
                yield from SECTIONS[part].met(value, part)
        for name, each in self.below.items():
            for one in inside(value, name):
                yield f"{path}.{name}"
                yield from each.met(one, f"{path}.{name}")


def inside(value: object, name: str) -> list[Any]:
    """Give the values of a key, or the elements of a list, without nulls."""
    match value:
        case dict():
            found = [value.get(name)]
        case list():
            found = value
        case _:
            found = []
    return [each for each in found if each is not None]


def node_of(rows: str) -> Node:
    root = Node()
    for names, cell in re.findall(r"^\| (`.+?) \| (.+?) \| .*\|$", rows, re.MULTILINE):
        for name in WORD.findall(names):
            node = root
            for step in name.replace("[]", ".[]").split("."):
                node = node.below.setdefault(step, Node())
            node.left_out = cell.endswith("or left out")
            node.words = WORD.findall(cell)
            rest = re.split(r",? or |, ", WORD.sub("", cell).replace("or left out", ""))
            kinds = [each.strip(" ,") for each in rest if each.strip(" ,")]
            node.kinds = [each for each in kinds if each in TYPES]
            node.parts = [each for each in kinds if each not in TYPES]
    return root


def sections() -> Iterator[tuple[str, Node]]:
    for text in re.split(r"^##+ ", PAGE, flags=re.MULTILINE):
        heading, _, rest = text.partition("\n")
        if "\n| key | type | what |\n" in rest:
            name = ID.search(heading)
            yield (name[0] if name else heading), node_of(rest)


SECTIONS: dict[str, Node] = dict(sections())


def require_documented(*documents: Any, parts: tuple[str, ...] = ()) -> None:
    """Hold documents of one schema against the page, and the page against the documents."""
    (name,) = {each["schema"] for each in documents}
    validator = Draft202012Validator(SECTIONS[name].schema())
    wrong = (best_match(validator.iter_errors(each)) for each in documents)
    assert [f"{error.json_path}: {error.message}" for error in wrong if error] == []
    met = {claim for each in documents for claim in SECTIONS[name].met(each)}
    claims = set(SECTIONS[name].claims())
    claims |= {claim for part in parts for claim in SECTIONS[part].claims(part)}
    assert sorted(claims - met) == [], "no document here has these"


@pytest.fixture
def documented() -> Callable[..., None]:
    """Hold documents of one schema against the page."""
    return require_documented


@pytest.fixture
def page() -> str:
    return PAGE


@pytest.fixture
def tables() -> Mapping[str, Node]:
    """Give the tables with types, by the schema or the part that each is of."""
    return SECTIONS
