from typing import Any

import pytest

from checks.key_vault import CHECKS, PAGE
from residency.model import Basis, Role
from residency.testing import run_check

(CHECK,) = CHECKS


def vault(location: str | None) -> dict[str, Any]:
    return {
        "id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv",
        "type": "microsoft.keyvault/vaults",
        "location": location,
    }


@pytest.mark.parametrize(
    ("location", "pair"),
    [
        ("westeurope", "northeurope"),
        ("North Europe", "westeurope"),
        ("swedencentral", "swedensouth"),
        ("uksouth", "ukwest"),
        ("westus", "eastus"),
    ],
)
def test_the_contents_of_a_vault_are_also_in_the_paired_region(location: str, pair: str) -> None:
    primary, copy = run_check(CHECK, vault(location))
    assert (primary.role, primary.basis) == (Role.PRIMARY, Basis.OBSERVED)
    assert (copy.role, copy.region, copy.basis) == (Role.REPLICA, pair, Basis.DOCUMENTED)
    assert copy.evidence.path == PAGE


@pytest.mark.parametrize("location", ["italynorth", "polandcentral", "qatarcentral"])
def test_a_region_without_a_pair_keeps_the_vault_to_itself(location: str) -> None:
    assert [place.region for place in run_check(CHECK, vault(location))] == [location]


@pytest.mark.parametrize("location", ["Brazil South", "brazilsoutheast", "West US 3"])
def test_no_copy_leaves_the_paired_regions_that_microsoft_excepts(location: str) -> None:
    (place,) = run_check(CHECK, vault(location))
    assert place.role is Role.PRIMARY


@pytest.mark.parametrize("location", ["atlantis", None, "global-ish"])
def test_a_vault_in_an_unknown_place_has_an_unknown_copy_too(location: str | None) -> None:
    assert [(place.role, place.region) for place in run_check(CHECK, vault(location))] == [
        (Role.PRIMARY, "unknown"),
        (Role.REPLICA, "unknown"),
    ]
