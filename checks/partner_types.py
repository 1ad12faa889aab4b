"""The resources of Azure whose data is at a partner, and the fields that tell where.

Which fields those are is in the reference of each type, below
https://learn.microsoft.com/azure/templates/. Of most partners no field tells.
"""

from dataclasses import dataclass

from residency.model import Holds

PARTNERS_PAGE = "https://learn.microsoft.com/azure/partner-solutions/overview"
SOFTWARE_PAGE = "https://learn.microsoft.com/marketplace/purchase-saas-offer-in-azure-portal"
TEMPLATES = "https://learn.microsoft.com/azure/templates/"


@dataclass(frozen=True, slots=True, kw_only=True)
class AtPartner:
    """A type whose data is at a partner.

    Attributes:
        partner: The partner's name, as the vendor would list it as a sub-processor.
        holds: What the partner does with the data.
        field: Where the resource names the partner's region.
        lists: Child lists, one below the other, whose last items name a region in `listed_field`.
        cloud: Where such an item names the cloud that the region is of.
        is_partly_listed: Whether the partner has data that no such list tells of.
        name_field: Where the resource names the partner, if that is not always the same one.
    """

    type: str
    partner: str
    holds: Holds = Holds.STORES
    page: str = ""
    field: str = ""
    lists: tuple[str, ...] = ()
    listed_field: str = ""
    cloud: str = ""
    is_partly_listed: bool = False
    name_field: str = ""


def _software(resource_type: str) -> AtPartner:
    return AtPartner(
        type=resource_type,
        partner="publisher",
        page=SOFTWARE_PAGE,
        name_field="properties.publisherId",
    )


AT_PARTNERS: tuple[AtPartner, ...] = (
    AtPartner(
        type="astronomer.astro/organizations", partner="Astronomer", holds=Holds.PROCESSES
    ),
    AtPartner(
        type="commvault.contentstore/cloudaccounts",
        partner="Commvault",
        lists=("storages",),
        listed_field="properties.location",
    ),
    AtPartner(
        type="dynatrace.observability/monitors",
        partner="Dynatrace",
        field="properties.dynatraceEnvironmentProperties.accountInfo.regionId",
    ),
    AtPartner(
        type="informatica.datamanagement/organizations",
        partner="Informatica",
        holds=Holds.PROCESSES,
        lists=("serverlessRuntimes",),
        listed_field="properties.serverlessAccountLocation",
        is_partly_listed=True,
    ),
    AtPartner(
        type="informatica.datamanagement/organizations/serverlessruntimes",
        partner="Informatica",
        holds=Holds.PROCESSES,
        field="properties.serverlessAccountLocation",
    ),
    AtPartner(
        type="microsoft.confluent/organizations",
        partner="Confluent",
        lists=("environments", "clusters"),
        listed_field="properties.spec.region",
        cloud="properties.spec.cloud",
    ),
    AtPartner(type="microsoft.datadog/monitors", partner="Datadog"),
    AtPartner(
        type="microsoft.elastic/monitors",
        partner="Elastic",
        field="properties.elasticProperties.elasticCloudDeployment.elasticsearchRegion",
    ),
    AtPartner(type="microsoft.kx/kdbinsightsenterprise", partner="KX", page=PARTNERS_PAGE),
    AtPartner(type="microsoft.logz/monitors", partner="Logz.io"),
    _software("microsoft.saas/applications"),
    _software("microsoft.saas/resources"),
    _software("microsoft.saashub/cloudservices"),
    AtPartner(
        type="microsoft.weightsandbiases/instances",
        partner="Weights & Biases",
        field="properties.partnerProperties.region",
    ),
    AtPartner(type="mongodb.atlas/organizations", partner="MongoDB"),
    AtPartner(
        type="neon.postgres/organizations",
        partner="Neon",
        lists=("projects",),
        listed_field="properties.regionId",
    ),
    AtPartner(
        type="newrelic.observability/monitors",
        partner="New Relic",
        field="properties.newRelicAccountProperties.accountInfo.region",
    ),
    AtPartner(type="pinecone.vectordb/organizations", partner="Pinecone"),
)
