"""Where a model deployment of an Azure AI account handles data, by its sku.

https://learn.microsoft.com/azure/foundry/foundry-models/concepts/deployment-types: regional types
handle data in the account's region, DataZone types anywhere in the data zone of that region, Global
types and Developer anywhere in Azure. Regional types may also be handled in other regions of the
geography (https://learn.microsoft.com/azure/ai-foundry/responsible-ai/openai/data-privacy), which
is stated where these are in another country. Only the data zones of the EU and of the United States
are stated; an account elsewhere leaves the zone unknown. Any other sku is unknown.

Traffic that spills over goes to another deployment of the same account, whose own sku counts
(https://learn.microsoft.com/azure/foundry/openai/how-to/spillover-traffic-management), as does that
of a parent.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from residency import regions
from residency.check import at_location, documented, evidence, text, unknown
from residency.model import Placement, Reading, Resource, Role

TYPES_PAGE = "https://learn.microsoft.com/azure/foundry/foundry-models/concepts/deployment-types"
SPILLOVER_PAGE = (
    "https://learn.microsoft.com/azure/foundry/openai/how-to/spillover-traffic-management"
)

PRIVACY_PAGE = "https://learn.microsoft.com/azure/ai-foundry/responsible-ai/openai/data-privacy"

OTHER_COUNTRY = {
    "westeurope": "northeurope",
    "northeurope": "westeurope",
    "southeastasia": "eastasia",
    "eastasia": "southeastasia",
}
"""The other region of the two geographies that span countries: Europe and Asia Pacific.

https://learn.microsoft.com/azure/reliability/regions-list
"""

OWN_REGION = frozenset({"standard", "provisionedmanaged"})
EUROPE = "europe"
"""Microsoft's European data zone is its EU Data Boundary, with Norway and Switzerland."""

DATA_ZONE = frozenset({"datazonestandard", "datazoneprovisionedmanaged", "datazonebatch"})

SKU = "sku.name"
OTHERS = ("properties.spilloverDeploymentName", "properties.parentDeploymentName")
"""Where a deployment names another one of its account."""


def processing(account: Resource, deployments: Sequence[Reading]) -> Iterator[Placement]:
    """State where each deployment of an account handles data."""
    names = {(text(deployment.body, "name") or "").lower() for deployment in deployments}
    for deployment in deployments:
        yield _by_sku(account, deployment)
        yield from _in_geography(account, deployment)
        for path in OTHERS:
            other = text(deployment.body, path)
            if other and other.lower() not in names:
                yield unknown(deployment, Role.PROCESSING, path)


def _by_sku(account: Resource, deployment: Reading) -> Placement:
    sku = text(deployment.body, SKU) or ""
    match sku.lower():
        case name if name in OWN_REGION:
            own = at_location(account, Role.PROCESSING)
            return own if own.unresolved else replace(own, evidence=evidence(deployment, SKU, sku))
        case name if name in DATA_ZONE:
            return _in_zone(account, deployment)
        case name if name.startswith("global") or name == "developertier":
            return _documented(deployment, "global")
        case _:
            return unknown(deployment, Role.PROCESSING, SKU)


def _in_geography(account: Resource, deployment: Reading) -> Iterator[Placement]:
    """State the other country that a regional deployment may be handled in."""
    region = regions.find(account.location)
    other = OTHER_COUNTRY.get(region.name) if region else None
    if other and (text(deployment.body, SKU) or "").lower() in OWN_REGION:
        yield _documented(deployment, other, PRIVACY_PAGE)


def _in_zone(account: Resource, deployment: Reading) -> Placement:
    region = regions.find(account.location)
    if region is not None and region.eu:
        return _documented(deployment, EUROPE)
    if region is not None and region.country == "US":
        return _documented(deployment, "unitedstates")
    return unknown(deployment, Role.PROCESSING, SKU)


def _documented(deployment: Reading, region: str, page: str = TYPES_PAGE) -> Placement:
    fact = f"{deployment.path} {SKU} = '{text(deployment.body, SKU)}'"
    return documented(deployment, Role.PROCESSING, region, page=page, fact=fact)
