"""What the checks locate and ask for, by type: seen by running the fixtures of their tests.

A check's fixtures (tests/checks/fixtures, tests/checks/test_fixtures.py) are written by hand from
Microsoft's pages, and the tests hold every check to them: so what they show is what it does.
"""  # noqa: INP001

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from residency.check import EVERY_TYPE, Catalogue, Check, load_catalogue
from residency.errors import AzureError, CheckError
from residency.model import Placement, Reading
from residency.scan.freshness import Rule, kind_of, rule_of
from residency.testing import JsonReader, resource_of

FIXTURES = Path(__file__).resolve().parents[1] / "tests/checks/fixtures"
ANY_TYPE = EVERY_TYPE[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A role that a check states.

    Attributes:
        of_another: It is on another resource than the one that is checked.
        metadata_only: The copy holds metadata only.
    """

    role: str
    of_another: bool = False
    metadata_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Call:
    """A list or a single GET beyond the inventory, and how often a scan makes it again."""

    kind: str
    verb: str
    rule: Rule


@dataclass(slots=True)
class Located:
    """What one check does with one type.

    Attributes:
        bases: How the places of each facet are known; none where no place is ever known.
    """

    bases: dict[Facet, set[str]] = field(default_factory=dict)
    calls: set[Call] = field(default_factory=set)

    def note(self, place: Placement) -> None:
        """Note a placement, whether its place is known or not."""
        facet = Facet(
            role=place.role.value,
            of_another=place.subject is not None,
            metadata_only=place.metadata_only,
        )
        known = self.bases.setdefault(facet, set())
        if place.unresolved is None:
            known.add(place.basis.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotingReader(JsonReader):
    """Answers as a fixture says, and notes each call."""

    calls: set[Call] = field(default_factory=set)

    def get(self, path: str, *, api_version: str, expand: str = "") -> Reading:
        """Note a single GET, and answer it."""
        self.calls.add(Call(kind=kind_of(path), verb="GET", rule=rule_of(path)))
        return JsonReader.get(self, path, api_version=api_version, expand=expand)

    def list(self, path: str, *, api_version: str) -> Sequence[Reading]:
        """Note a list, and answer it."""
        self.calls.add(Call(kind=kind_of(path), verb="list", rule=rule_of(path)))
        return JsonReader.list(self, path, api_version=api_version)


def located() -> Mapping[tuple[str, str], Located]:
    """Run every fixture; gives what was seen by the id of a check and a type of its own.

    Each is also run for its calls alone as if Resource Graph had shown no property of it, since
    what a row lacks is asked of the provider.
    """
    catalogue = load_catalogue()
    found: dict[tuple[str, str], Located] = defaultdict(Located)
    for row in _rows():
        check, resource_type = _check_of(row, catalogue)
        seen = found[check.id, resource_type]
        for place in _places(check, row, row["resource"], seen.calls):
            seen.note(place)
        with suppress(AzureError, CheckError):
            _places(check, row, row["resource"] | {"properties": {}}, seen.calls)
    return found


def _places(
    check: Check, row: dict[str, Any], body: dict[str, Any], calls: set[Call]
) -> tuple[Placement, ...]:
    reader = NotingReader(
        answers=row.get("answers", {}), inventory=row.get("inventory", ()), calls=calls
    )
    return tuple(check.locate(resource_of(body), reader))


def _rows() -> Iterator[dict[str, Any]]:
    for path in sorted(FIXTURES.glob("*.yaml")):
        yield from yaml.safe_load(path.read_text(encoding="utf-8"))


def _check_of(row: dict[str, Any], catalogue: Catalogue) -> tuple[Check, str]:
    if "beside" in row:
        beside = {check.id: check for check in catalogue.beside}
        return beside[row["beside"]], ANY_TYPE
    resource_type = row["resource"]["type"].lower()
    return catalogue.by_type[resource_type], resource_type
