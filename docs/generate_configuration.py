"""Writes configuration.md and residency.schema.json; the tests refuse files that differ."""  # noqa: INP001

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from residency.settings import json_schema, variable_for

PAGE = Path(__file__).with_name("configuration.md")
SCHEMA = Path(__file__).with_name("residency.schema.json")

_INTRODUCTION = """# Configuration

One YAML file, `./residency.yaml` unless `--config` or `RESIDENCY_CONFIG` names another. Every key
has a default, or belongs to an entry that you add yourself. A key that is not on this page is
refused, and so is a value that cannot be right: `residency config check` names every mistake.

- [residency.example.yaml](residency.example.yaml) has every key, with its default or an example.
- [residency.schema.json](residency.schema.json) is the JSON Schema of the file, for editors. It is
  also printed by `residency config schema`. References between sections (a customer's products)
  and dates are checked by `residency config check` alone.
- This page is generated from the code by `python docs/generate_configuration.py`.

## How values are read

- A plain value is text, and its key decides what the text means: `NO` is Norway, `1.10` stays
  `1.10`. Only `null` (or nothing) is no value.
- Durations have a unit: `60s`, `15m`, `72h`, `90d`. Retentions are in days or years: `90d`, `7y`.
- Countries are ISO 3166-1 alpha-2 codes in capitals; where a zone is meant, also `EU`.
- An expiry is a time with its zone, or a day, which counts until the end of that day in UTC.
- Names of resources, groups, subscriptions and types are globs (`*`, `?`), in any case.
- The file is at most 1 MiB. Anchors and aliases may be used; tags (`!`) and a key that is given
  twice are refused.

## Environment

The environment wins over the file. A variable is `RESIDENCY_` and the keys in capitals with `__`
between them: `RESIDENCY_POLICY__MAX_FAILOVER=24h`. A list or mapping is JSON:
`RESIDENCY_POLICY__PRIMARY='["NL"]'`; a list replaces the file's, a mapping is merged into it.
`null` is no value, and an empty variable counts as not set. Entries of lists have no variable of
their own: set the whole list. A wrong name with `__` in it is refused.

Do not put a password in a variable or a file that others may read. `store.url` and `heartbeat.url`
are never shown in a message.
"""


_HEAD = """| Key | Value | Default | Environment variable | Meaning |
|---|---|---|---|---|"""

_LISTED = "[]"
_NAMED = ".<name>"

_WORDS = {
    "^[A-Z]{2}$": "country",
    "^[a-z0-9][a-z0-9-]{0,62}$": "name",
    "boolean": "`true` or `false`",
    "date": "day",
    "date-time": "time",
    "null": "`null`",
    "number": "number",
    "object": "mapping",
    "path": "path",
    "string": "text",
    "uuid": "GUID",
}
"""Words for a JSON Schema format, pattern or type."""

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One key: where it stands, what it takes, its default, its variable and its meaning."""

    key: str
    takes: str
    default: str
    variable: str
    meaning: str

    def __str__(self) -> str:
        """Write it as a row of a table."""
        cells = (f"`{self.key}`", self.takes, self.default, self.variable, self.meaning)
        return f"| {' | '.join(cells)} |"


def page() -> str:
    """Give configuration.md."""
    schema = json_schema()
    sections = (_section(schema, name) for name in schema["properties"])
    return "\n".join((_INTRODUCTION, *sections, _match_section(schema)))


def schema_text() -> str:
    """Give residency.schema.json."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def keys() -> tuple[str, ...]:
    """Give every key of the configuration, with `[]` and `<name>` for entries."""
    schema = json_schema()
    return tuple(row.key for name in schema["properties"] for row in _rows(schema, schema, (name,)))


def _section(schema: Schema, name: str) -> str:
    rows = "\n".join(str(row) for row in _rows(schema, schema, (name,)))
    return f"## `{name}`\n\n{_meaning(schema, schema['properties'][name])}\n\n{_HEAD}\n{rows}\n"


def _match_section(schema: Schema) -> str:
    match = _definition(schema, "Match")
    rows = "\n".join(str(_row(schema, match, ("match", name))) for name in match["properties"])
    return f"## Match\n\n{' '.join(match['description'].split())}\n\n{_HEAD}\n{rows}\n"


def _rows(schema: Schema, within: Schema, place: tuple[str, ...]) -> Iterator[Row]:
    field = within["properties"][place[-1]]
    inner, step = _inside(schema, field)
    if inner is None or "default" not in field or field["default"] in ([], {}, None):
        yield _row(schema, within, place)
    if inner is not None:
        outer = (*place[:-1], place[-1] + step)
        for name in inner["properties"]:
            yield from _rows(schema, inner, (*outer, name))


def _row(schema: Schema, within: Schema, place: tuple[str, ...]) -> Row:
    field = within["properties"][place[-1]]
    is_entry = place[0] == "match" or any(_is_entry(key) for key in place)
    return Row(
        key=".".join(place),
        takes=_takes(field),
        default=_default(field),
        variable="" if is_entry else f"`{variable_for(place)}`",
        meaning=_meaning(schema, field),
    )


def _is_entry(key: str) -> bool:
    return key.endswith((_LISTED, _NAMED))


def _default(field: Schema) -> str:
    if "default" not in field:
        return "required"
    default = field["default"]
    is_plain = isinstance(default, str) and default
    return f"`{default if is_plain else json.dumps(default, ensure_ascii=False)}`"


def _inside(schema: Schema, field: Schema) -> tuple[Schema | None, str]:
    """Give the section in `field`, and what its entries add to the key."""
    match field:
        case {"$ref": str(name)} | {"anyOf": [{"$ref": str(name)}, {"type": "null"}]}:
            step = ""
        case {"items": {"$ref": str(name)}}:
            step = _LISTED
        case {"patternProperties": dict(entries)}:
            name, step = next(iter(entries.values()))["$ref"], _NAMED
        case _:
            return None, ""
    return (None, "") if name.endswith("/Match") else (_definition(schema, name), step)


def _definition(schema: Schema, reference: str) -> Schema:
    found: Schema = schema["$defs"][reference.rpartition("/")[2]]
    return found


def _meaning(schema: Schema, field: Schema) -> str:
    text: str = field.get("description", "")
    if not text and "$ref" in field:
        text = _definition(schema, field["$ref"])["description"]
    return " ".join(text.split())


def _takes(field: Schema) -> str:
    match field:
        case {"enum": values}:
            words = " or ".join(f"`{value}`" for value in values)
        case {"anyOf": choices}:
            words = " or ".join(dict.fromkeys(_takes(choice) for choice in choices))
        case {"items": entry}:
            words = f"list of {_takes(entry)}"
        case {"examples": [example]}:
            words = f"such as `{example}`"
        case {"$ref": str(name)} if name.endswith("/Match"):
            words = "[match](#match)"
        case _:
            words = _WORDS[
                field.get("format") or field.get("pattern") or field.get("type", "object")
            ]
    return words


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    SCHEMA.write_text(schema_text(), encoding="utf-8")
