"""Azure AI accounts: Cognitive Services, Azure OpenAI and Foundry.

What an account keeps is at its location; a Translator may be `global`, and handles text at the
endpoint that is called (checks/translator.py). The deployments are asked for whatever the kind of
account, as no page says which kinds can have none. Models that are called without any deployment
(preview, accounts in West US 3 only) show in no field
(https://learn.microsoft.com/azure/foundry/concepts/instant-models).
"""

from collections.abc import Iterator

from checks.ai_deployments import PRIVACY_PAGE, SPILLOVER_PAGE, TYPES_PAGE, processing
from checks.ai_projects import CONNECTIONS_PAGE, connected
from checks.api_versions import version_of
from checks.translator import ENDPOINTS_PAGE, PRIVATE_PAGE, translated
from residency import regions
from residency.check import (
    Check,
    Reader,
    absent,
    at_location,
    at_resource,
    facet,
    items,
    observed,
    text,
    unknown,
    value,
)
from residency.model import Holds, Placement, Resource, Role

OWN_STORAGE_PAGE = (
    "https://learn.microsoft.com/azure/foundry/how-to/"
    "bring-your-own-azure-storage-speech-language-services"
)

ROUTING = "properties.locations"
ROUTED = f"{ROUTING}.regions"
OWN_STORAGE = "properties.userOwnedStorage"
LINKED = (
    "properties.amlWorkspace.resourceId",
    "properties.apiProperties.qnaAzureSearchEndpointId",
    "properties.raiMonitorConfig.adxStorageResourceId",
)
"""Fields with the ids of a workspace, a search service and a store that an account writes to.

https://learn.microsoft.com/rest/api/aiservices/accountmanagement/accounts/get
"""


def locate(account: Resource, reader: Reader) -> Iterator[Placement]:
    """State where an account is, where it handles data and which storage it keeps data in."""
    path = f"{account.id}/deployments"
    yield at_location(account)
    yield from translated(account)
    yield from _routed(account)
    yield from _own_storage(account, reader)
    named = [path for path in LINKED if text(account.reading.body, path)]
    yield from (at_resource(account.reading, path, reader) for path in named)
    yield from connected(account, reader)
    yield from facet(
        Role.PROCESSING,
        path,
        lambda: processing(account, reader.list(path, api_version=version_of(path))),
        read_at=account.reading.read_at,
    )


def _routed(account: Resource) -> Iterator[Placement]:
    """Further regions that a multi-region account routes requests to."""
    reading, own = account.reading, regions.normalise(account.location)
    routed = items(reading.body, ROUTED)
    if value(reading.body, ROUTING) and not routed:
        yield absent(reading, Role.PROCESSING, ROUTED, "it names where requests are routed to")
    for item in routed:
        place = observed(reading, Role.PROCESSING, f"{item}.name")
        if place.unresolved or place.region != own:
            yield place


def _own_storage(account: Resource, reader: Reader) -> Iterator[Placement]:
    """The customer's storage accounts in which the data of speech and language is kept."""
    reading = account.reading
    for item in items(reading.body, OWN_STORAGE):
        path = f"{item}.resourceId"
        is_named = text(reading.body, path)
        yield (
            at_resource(reading, path, reader) if is_named else unknown(reading, Role.EXPORT, path)
        )


CHECKS = (
    Check(
        id="cognitive-services",
        title="Azure AI account",
        resource_types=("microsoft.cognitiveservices/accounts",),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(
            "Microsoft.CognitiveServices/accounts/read",
            "Microsoft.CognitiveServices/accounts/connections/read",
            "Microsoft.CognitiveServices/accounts/deployments/read",
            "Microsoft.CognitiveServices/accounts/projects/connections/read",
            "Microsoft.CognitiveServices/accounts/projects/read",
        ),
        docs=(
            TYPES_PAGE,
            PRIVACY_PAGE,
            SPILLOVER_PAGE,
            OWN_STORAGE_PAGE,
            CONNECTIONS_PAGE,
            ENDPOINTS_PAGE,
            PRIVATE_PAGE,
        ),
        locate=locate,
        reads=True,
    ),
)
