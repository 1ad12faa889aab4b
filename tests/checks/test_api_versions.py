"""Each thing is asked with the version of its line in the table, and no line is left over."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
import yaml

from bench.mutation.world import TrackingReader, world_of
from checks.api_versions import API_VERSIONS, version_of
from residency.check import Reader, load_catalogue
from residency.errors import AzureError, CheckError
from residency.model import Reading, Resource
from residency.simulator.estate import example_estate
from residency.testing import JsonReader, resource_of

T = TypeVar("T")
Asked = dict[str, set[str]]

TABLES = sorted((Path(__file__).parent / "fixtures").glob("*.yaml"))
CHECKS = Path(__file__).resolve().parents[2] / "checks"
VERSION = re.compile(r"\"20\d\d-\d\d-\d\d(-\w+)?\"")

GROUP = "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg/providers"
VAULT = f"{GROUP}/Microsoft.RecoveryServices/vaults/rsv"
ITEM = {
    "id": f"{VAULT}/replicationFabrics/f/replicationProtectionContainers/c/x/i",
    "properties": {
        "activeLocation": "Primary",
        "recoveryFabricId": f"{VAULT}/replicationFabrics/f",
        "providerSpecificDetails": {
            "instanceType": "A2A",
            "protectionClusterId": f"{VAULT}/replicationProtectionClusters/c",
            "fabricObjectId": f"{GROUP}/Microsoft.Compute/virtualMachines/vm",
        },
    },
}
REPLICATED = {f"{VAULT}/replicationProtectedItems": {"value": [ITEM]}}
SELDOM: list[tuple[str, dict[str, Any]]] = [
    ("Microsoft.Storage/storageAccounts/no-primary-location", {"sku": {"name": "Standard_GRS"}}),
    ("Microsoft.Sql/servers/s/databases/pool", {"sku": {"name": "DW100c"}}),
    ("Microsoft.Sql/managedInstances/no-redundancy", {}),
    ("Microsoft.RecoveryServices/vaults/rsv", {}),
    ("Microsoft.Compute/disks/of-a-cluster", {}),
    ("Microsoft.Compute/virtualMachineScaleSets/bare", {"properties": None}),
    ("Microsoft.Compute/virtualMachineScaleSets/bare/virtualMachines/0", {"properties": None}),
    ("Microsoft.Compute/virtualMachineScaleSets/s/virtualMachines/0/runCommands/bare", {}),
    ("Microsoft.DBforPostgreSQL/servers/primary", {"properties": {"replicationRole": "Master"}}),
    ("Microsoft.HealthcareApis/services/bare", {"properties": None}),
    ("Microsoft.HealthcareApis/workspaces/w/dicomServices/bare", {"properties": None}),
    ("Microsoft.LoadTestService/playwrightWorkspaces/bare", {"properties": None}),
]
"""What makes a check ask something that neither a fixture nor the example estate makes it ask."""


class Noting:
    """Passes every question on and notes with which version which type was asked."""

    def __init__(self, reader: Reader, asked: Asked) -> None:
        self._reader = reader
        self._asked = asked

    def _note(self, path: str, version: str) -> None:
        namespace, *segments = path.lower().rpartition("/providers/")[2].split("/")
        self._asked.setdefault("/".join([namespace, *segments[::2]]), set()).add(version)

    def get(self, path: str, *, api_version: str, expand: str = "") -> Reading:
        self._note(path, api_version)
        return self._reader.get(path, api_version=api_version, expand=expand)

    def list(self, path: str, *, api_version: str) -> Sequence[Reading]:
        self._note(path, api_version)
        return self._reader.list(path, api_version=api_version)

    def find(self, resource_id: str) -> Resource | None:
        return self._reader.find(resource_id)

    def of_type(self, resource_type: str) -> Sequence[Resource]:
        return self._reader.of_type(resource_type)

    def once(self, key: str, make: Callable[[], T]) -> T:
        return self._reader.once(key, make)


def of_fixtures() -> Iterator[tuple[Resource, Reader]]:
    rows: list[dict[str, Any]] = [
        row for table in TABLES for row in yaml.safe_load(table.read_text(encoding="utf-8"))
    ]
    for row in rows:
        reader = JsonReader(answers=row.get("answers", {}), inventory=row.get("inventory", ()))
        yield resource_of(row["resource"]), reader


def seldom() -> Iterator[tuple[Resource, Reader]]:
    bodies = [
        {
            "id": f"{GROUP}/{name}",
            "type": "/".join([name.split("/")[0], *name.split("/")[1::2]]),
            "location": "westeurope",
            "properties": {},
            **more,
        }
        for name, more in SELDOM
    ]
    for body in bodies:
        yield resource_of(body), JsonReader(answers=REPLICATED, inventory=bodies)


def of_the_estate() -> Iterator[tuple[Resource, Reader]]:
    now = datetime(2026, 11, 2, tzinfo=UTC)
    world = world_of(example_estate(now), now)
    reader = TrackingReader(world=world)
    for resource in world.resources.values():
        yield resource, reader


@pytest.fixture(scope="module")
def asked() -> Asked:
    """What the checks ask of the example estate, of all fixtures, and in the cases above."""
    found: Asked = {}
    catalogue = load_catalogue()
    for resource, reader in (*of_fixtures(), *seldom(), *of_the_estate()):
        check = catalogue.check_for(resource.type)
        if check is not None and check.reads:
            for each in (check, *catalogue.beside):
                with suppress(AzureError, CheckError):
                    list(each.locate(resource, Noting(reader, found)))
    return found


def test_everything_is_asked_with_the_version_of_its_line(asked: Asked) -> None:
    table = {kind: {API_VERSIONS.get(kind, "no line")} for kind in asked}
    assert asked == table


def test_every_line_of_the_table_is_used(asked: Asked) -> None:
    left = sorted(API_VERSIONS.keys() - asked.keys())
    assert left == [], left


def test_no_check_has_a_version_of_its_own() -> None:
    others = [path for path in sorted(CHECKS.glob("*.py")) if path.name != "api_versions.py"]
    assert [path.name for path in others if VERSION.search(path.read_text(encoding="utf-8"))] == []


def test_what_the_table_lacks_is_an_error_that_names_it() -> None:
    with pytest.raises(CheckError, match=r"'a\.b/c/d'"):
        version_of("/subscriptions/s/resourceGroups/g/providers/A.B/c/one/d")
