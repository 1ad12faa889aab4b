"""Backups of web apps, whose addresses come with keys."""

import pytest

from checks import app_service
from residency.testing import JsonReader, run_check

APP = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/app"


@pytest.mark.parametrize(
    "address",
    [
        "https://stelsewhere.blob.core.windows.net/backups?sv=2022&sig=hush",
        "DefaultEndpointsProtocol=https;AccountName=stelsewhere;AccountKey=hush==;x=y",
        "BlobEndpoint=https://stelsewhere.blob.core.windows.net; SharedAccessSignature=sig=hush",
    ],
)
def test_a_key_in_the_address_of_a_backup_is_in_no_evidence(address: str) -> None:
    backups = {"value": [{"id": f"{APP}/backups/1", "properties": {"storageAccountUrl": address}}]}
    body = {"id": APP, "type": "Microsoft.Web/sites", "location": "westeurope"}
    reader = JsonReader(answers={f"{APP}/backups": backups})
    places = run_check(app_service.CHECKS[0], body, reader)
    assert len(places) == 2
    assert "hush" not in repr(places)
    assert "stelsewhere" in repr(places)
