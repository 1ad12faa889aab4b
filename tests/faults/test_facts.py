"""Bodies and regions that are not what was expected. Faults 26 to 28."""

from typing import TYPE_CHECKING, Any

import pytest

from residency import regions
from residency.model import Reason, Status

if TYPE_CHECKING:
    from tests.faults.conftest import Find, Tenant
    from tests.scan.conftest import Build

VAULTS = "Microsoft.KeyVault/vaults"
EU = frozenset(
    {
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE"),
        *("IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    }
)


def without(properties: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if name != key}


@pytest.mark.parametrize("key", ["primaryLocation", "secondaryLocation"])
def test_fault_26_a_known_type_without_the_field_that_decides_is_unknown(
    tenant: "Tenant", find: "type[Find]", build: "type[Build]", key: str
) -> None:
    whole = build.account(build.data, "stgrs")
    tenant.azure.add(whole | {"properties": without(whole["properties"], key)})
    judgement = find(tenant.scan()).judged("/stgrs").judgement
    assert judgement.status is Status.UNKNOWN
    assert judgement.reasons == (Reason.REGION_UNKNOWN,)


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param({"primaryLocation": 7}, id="a number"),
        pytest.param({"primaryLocation": ["westeurope"]}, id="a list"),
        pytest.param({"primaryLocation": {"name": "westeurope"}}, id="an object"),
    ],
)
def test_fault_26_a_field_of_a_new_shape_is_unknown_and_not_guessed(
    tenant: "Tenant", find: "type[Find]", build: "type[Build]", odd: dict[str, Any]
) -> None:
    whole = build.account(build.data, "stgrs")
    tenant.azure.add(whole | {"properties": whole["properties"] | odd})
    assert find(tenant.scan()).judged("/stgrs").judgement.status is Status.UNKNOWN


SPELLINGS = {
    "newregion1": Status.UNKNOWN,
    "": Status.UNKNOWN,
    "west-europe-2": Status.UNKNOWN,
    "europe": Status.UNKNOWN,
    "global": Status.VIOLATION,
    "West Europe": Status.COMPLIANT,
    "WESTEUROPE": Status.COMPLIANT,
    "(Europe) West Europe": Status.COMPLIANT,
    "UK South": Status.VIOLATION,
}


def test_fault_27_a_region_is_known_by_any_spelling_and_never_taken_for_the_nearest(
    tenant: "Tenant", find: "type[Find]", build: "type[Build]"
) -> None:
    names = {f"kv{number}": spelling for number, spelling in enumerate(SPELLINGS)}
    tenant.azure.add(
        *(
            build.resource(build.apps, VAULTS, name, properties={}, location=spelling)
            for name, spelling in names.items()
        )
    )
    found = find(tenant.scan())
    judged = {names[name]: found.judged(f"/{name}").judgement.status for name in names}
    assert judged == SPELLINGS


def test_fault_28_no_region_outside_the_eu_is_compliant_whatever_its_name_sounds_like(
    tenant: "Tenant", find: "type[Find]", build: "type[Build]"
) -> None:
    """A vault in every region of the table, in the spellings of stage and of early updates too."""
    places = {region.name: region for region in regions.all_regions()}
    more = {f"{name}(stage)": region for name, region in places.items()}
    named = dict(enumerate({**places, **more}.items()))
    tenant.azure.add(
        *(
            build.resource(build.apps, VAULTS, f"kv-{n}", properties={}, location=spelling)
            for n, (spelling, _) in named.items()
        )
    )
    found = find(tenant.scan(deadline_seconds=30))
    status = {
        spelling: found.judged(f"/kv-{n}").judgement.status for n, (spelling, _) in named.items()
    }
    outside = {spelling for spelling, region in named.values() if region.country not in EU}
    wider = {spelling for spelling in outside if spelling.startswith("europe")}
    assert {"uksouth", "switzerlandnorth", "norwayeast", "uksouth(stage)"} <= outside - wider
    assert {status[spelling] for spelling in outside - wider} == {Status.VIOLATION}
    assert {status[spelling] for spelling in wider} == {Status.UNKNOWN}
    assert status["westeurope"] is Status.COMPLIANT
