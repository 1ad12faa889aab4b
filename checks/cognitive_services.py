"""Azure AI accounts: Cognitive Services, Azure OpenAI and Foundry.

What an account keeps is at its location; a Translator may be `global`
(https://learn.microsoft.com/azure/ai-services/translator/region-support). The deployments
are asked for whatever the kind of account, as no page says which kinds can have none. Models that
are called without any deployment (preview, accounts in West US 3 only) show in no field
(https://learn.microsoft.com/azure/foundry/concepts/instant-models).
"""

from collections.abc import Iterator
from dataclasses import replace

from checks.ai_deployments import SPILLOVER_PAGE, TYPES_PAGE, processing
from residency import regions
from residency.check import Check, Reader, at_location, facet, observed, text, unknown, value
from residency.model import Holds, Placement, Reason, Resource, Role

API_VERSION = "2025-09-01"
OWN_STORAGE_PAGE = (
    "https://learn.microsoft.com/azure/foundry/how-to/"
    "bring-your-own-azure-storage-speech-language-services"
)

ROUTED = "properties.locations.regions"
OWN_STORAGE = "properties.userOwnedStorage"


def locate(account: Resource, reader: Reader) -> Iterator[Placement]:
    """State where an account is, where it handles data and which storage it keeps data in."""
    path = f"{account.id}/deployments"
    yield at_location(account)
    yield from _routed(account)
    yield from _own_storage(account, reader)
    yield from facet(
        Role.PROCESSING,
        path,
        lambda: processing(account, reader.list(path, api_version=API_VERSION)),
        read_at=account.reading.read_at,
    )


def _items(account: Resource, path: str) -> Iterator[str]:
    for index in range(len(value(account.reading.body, path) or ())):
        yield f"{path}[{index}]"


def _routed(account: Resource) -> Iterator[Placement]:
    """Further regions that a multi-region account routes requests to."""
    own = regions.normalise(account.location)
    for item in _items(account, ROUTED):
        place = observed(account.reading, Role.PROCESSING, f"{item}.name")
        if place.unresolved or place.region != own:
            yield place


def _own_storage(account: Resource, reader: Reader) -> Iterator[Placement]:
    """The customer's storage accounts in which the data of speech and language is kept."""
    for item in _items(account, OWN_STORAGE):
        path = f"{item}.resourceId"
        named = text(account.reading.body, path)
        found = reader.find(named.lower()) if named else None
        if found is not None:
            yield _in_storage(found)
        else:
            why = Reason.FACET_UNREADABLE if named else Reason.REGION_UNKNOWN
            hidden = unknown(account.reading, Role.EXPORT, path, why=why)
            yield replace(hidden, target=named.lower() if named else None)


def _in_storage(found: Resource) -> Placement:
    """After a failover a storage account is no longer at `location`; `primaryLocation` tells."""
    reading = replace(found.reading, path=found.id)
    return observed(reading, Role.EXPORT, "properties.primaryLocation", target=found.id)


CHECKS = (
    Check(
        id="cognitive-services",
        title="Azure AI account",
        resource_types=("microsoft.cognitiveservices/accounts",),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(
            "Microsoft.CognitiveServices/accounts/read",
            "Microsoft.CognitiveServices/accounts/deployments/read",
        ),
        docs=(
            TYPES_PAGE,
            SPILLOVER_PAGE,
            OWN_STORAGE_PAGE,
            "https://learn.microsoft.com/azure/ai-services/translator/region-support",
        ),
        locate=locate,
        reads=True,
    ),
)
