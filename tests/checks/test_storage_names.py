from typing import Any

import pytest

from checks.storage_names import at_account
from residency.model import Reading, Role
from residency.testing import READ_AT, JsonReader

ACCOUNT: dict[str, Any] = {
    "id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/StBackup",
    "type": "microsoft.storage/storageaccounts",
    "location": "westeurope",
    "properties": {"primaryLocation": "North Europe"},
}


def region(named: str | None) -> str:
    reading = Reading(api="arm", path="", body={"named": named}, read_at=READ_AT)
    place = at_account(reading, "named", JsonReader(inventory=[ACCOUNT]), role=Role.BACKUP)
    return place.region


@pytest.mark.parametrize(
    "named",
    [
        "https://stbackup.blob.core.windows.net/",
        "https://StBackup.blob.core.windows.net:443/container",
        "https://stbackup.z12.blob.storage.azure.net",
        "DefaultEndpointsProtocol=https;AccountName=stbackup;AccountKey=x",
        "BlobEndpoint=https://stbackup.blob.core.windows.net;SharedAccessSignature=x",
    ],
)
def test_an_account_that_an_address_names_is_where_it_is_written(named: str) -> None:
    assert region(named) == "northeurope"


@pytest.mark.parametrize(
    "named",
    [
        None,
        "",
        "stbackup",
        "https://stbackup.example.com/",
        "https://stbackup.blob.core.windows.net.example.com/",
        "https://other.blob.core.windows.net/",
        "AccountName=stbackup2;",
    ],
)
def test_a_text_that_names_no_account_that_was_seen_leaves_the_place_unknown(
    named: str | None,
) -> None:
    assert region(named) == "unknown"
