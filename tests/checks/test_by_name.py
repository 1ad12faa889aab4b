import pytest

from checks.by_name import COSMOS_DB, STORAGE, at_named
from residency.model import Placement, Reading
from residency.testing import READ_AT, JsonReader

ROOT = "/subscriptions/s/resourceGroups/g/providers"
ACCOUNT_ID = f"{ROOT}/Microsoft.Storage/storageAccounts/FilesWe"
ACCOUNT = {
    "id": ACCOUNT_ID,
    "type": "Microsoft.Storage/storageAccounts",
    "location": "northeurope",
    "properties": {"primaryLocation": "West Europe"},
}


def placed(named: str, *inventory: object, resource_type: str = STORAGE) -> Placement:
    reading = Reading(api="arm", path="", body={"to": named}, read_at=READ_AT)
    reader = JsonReader(inventory=[body for body in inventory if isinstance(body, dict)])
    return at_named(reading, "to", reader, resource_type)


@pytest.mark.parametrize(
    "named",
    [
        "fileswe",
        "FilesWE",
        "fileswe.blob.core.windows.net",
        "https://fileswe.dfs.core.windows.net",
        "https://fileswe.blob.core.windows.net/backups?sig=secret",
        "abfs://fileswe.dfs.core.windows.net/",
    ],
)
def test_an_account_is_found_by_its_name_in_any_spelling_and_is_where_it_is_written(
    named: str,
) -> None:
    place = placed(named, ACCOUNT)
    assert (place.region, place.target) == ("westeurope", ACCOUNT_ID.lower())


@pytest.mark.parametrize("named", ["other", "files", "fileswe2", "", "/subscriptions/s", "*"])
def test_a_name_that_was_not_seen_leaves_the_place_unknown(named: str) -> None:
    assert placed(named, ACCOUNT).region == "unknown"


def test_a_name_that_two_resources_share_names_neither() -> None:
    twin = {
        **ACCOUNT,
        "id": f"{ROOT}/Microsoft.Storage/storageAccounts/fileswe2",
        "name": "fileswe",
    }
    assert placed("fileswe", {**ACCOUNT, "name": "fileswe"}, twin).region == "unknown"


def test_the_signature_of_an_address_is_never_cited() -> None:
    place = placed("https://gone.blob.core.windows.net/backups?sv=2022&sig=secret")
    assert place.evidence.value == "gone"
    assert place.target == "gone"


def test_a_cosmos_db_account_is_where_failover_priority_0_is_written() -> None:
    locations = [
        {"locationName": "East US", "failoverPriority": 1},
        {"locationName": "West Europe", "failoverPriority": 0},
    ]
    account = {
        "id": f"{ROOT}/Microsoft.DocumentDB/databaseAccounts/docs",
        "type": "Microsoft.DocumentDB/databaseAccounts",
        "location": "eastus",
        "properties": {"writeLocations": locations},
    }
    assert placed("docs", account, resource_type=COSMOS_DB).region == "westeurope"


def test_a_cosmos_db_account_that_tells_no_write_region_is_at_an_unknown_place() -> None:
    account = {
        "id": f"{ROOT}/Microsoft.DocumentDB/databaseAccounts/docs",
        "type": "Microsoft.DocumentDB/databaseAccounts",
        "location": "westeurope",
        "properties": {},
    }
    assert placed("docs", account, resource_type=COSMOS_DB).region == "unknown"
