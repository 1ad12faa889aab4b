"""Classic storage accounts that were failed over."""

from checks import classic_storage
from residency.model import Holds, Status
from residency.policy.judgement import Facts, judge
from residency.settings import Policy
from residency.testing import READ_AT, JsonReader, run_check

(ACCOUNT,) = classic_storage.CHECKS
ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ClassicStorage/storageAccounts/a"


def test_an_account_whose_primary_region_is_no_longer_its_location_was_failed_over() -> None:
    regions = {"geoPrimaryRegion": "North Europe", "geoSecondaryRegion": "West Europe"}
    body = {
        "id": ID,
        "type": "Microsoft.ClassicStorage/storageAccounts",
        "location": "westeurope",
        "properties": {"accountType": "Standard-GRS", **regions},
    }
    found = run_check(ACCOUNT, body, JsonReader(answers={ID: body}))
    assert [place.failover.path for place in found if place.failover] == [("westeurope",)]
    facts = Facts(holds=Holds.STORES, placements=found)
    assert judge(facts, Policy(), READ_AT).status is Status.FALLBACK
