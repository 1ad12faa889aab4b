"""Azure AI Video Indexer: insights in the account's region, media in the storage that it names.

An account names its storage account, and the Azure OpenAI account that it asks if it makes
summaries (https://learn.microsoft.com/azure/templates/microsoft.videoindexer/accounts). One that
names no storage leaves open where its media is.
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import API_VERSIONS
from residency.check import (
    Check,
    Reader,
    absent,
    at_location,
    at_resource,
    facet,
    text,
    with_fields,
)
from residency.model import Holds, Placement, Resource, Role

ACCOUNTS = "https://learn.microsoft.com/azure/templates/microsoft.videoindexer/accounts"
TYPE = "microsoft.videoindexer/accounts"

STORAGE = "properties.storageServices.resourceId"
MODELS = "properties.openAiServices.resourceId"


def locate(account: Resource, reader: Reader) -> Iterator[Placement]:
    """State where an account works, where its media is, and which models it asks."""
    yield at_location(account)
    connected = partial(_connected, account, reader)
    yield from facet(Role.EXPORT, account.id, connected, read_at=account.reading.read_at)


def _connected(account: Resource, reader: Reader) -> Iterator[Placement]:
    reading = with_fields(account, reader, STORAGE, api_version=API_VERSIONS[TYPE])
    if text(reading.body, STORAGE):
        yield at_resource(reading, STORAGE, reader)
    else:
        yield absent(reading, Role.EXPORT, STORAGE, "it names where the media is kept")
    if text(reading.body, MODELS):
        yield at_resource(reading, MODELS, reader)


CHECKS = (
    Check(
        id="video-indexer",
        title="Video Indexer account: its media and the models that it asks",
        resource_types=(TYPE,),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=("Microsoft.VideoIndexer/accounts/read",),
        docs=(ACCOUNTS,),
        locate=locate,
        reads=True,
    ),
)
