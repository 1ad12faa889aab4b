"""The table of what in Azure stands for data at a partner."""

from checks.at_partner import AtPartner
from residency.model import Holds

PARTNERS_PAGE = "https://learn.microsoft.com/azure/partner-solutions/overview"
SOFTWARE_PAGE = "https://learn.microsoft.com/partner-center/marketplace-offers/plan-saas-offer"

AT_PARTNERS: tuple[AtPartner, ...] = (
    AtPartner(
        arm_type="Astronomer.Astro/organizations", partner="Astronomer", holds=Holds.PROCESSES
    ),
    AtPartner(
        arm_type="Commvault.ContentStore/cloudAccounts",
        partner="Commvault",
        lists=("storages",),
        listed_field="properties.location",
    ),
    AtPartner(
        arm_type="Dynatrace.Observability/monitors",
        partner="Dynatrace",
        field="properties.dynatraceEnvironmentProperties.accountInfo.regionId",
    ),
    AtPartner(
        arm_type="Informatica.DataManagement/organizations",
        partner="Informatica",
        holds=Holds.PROCESSES,
        lists=("serverlessRuntimes",),
        listed_field="properties.serverlessAccountLocation",
        is_partly_listed=True,
    ),
    AtPartner(
        arm_type="Informatica.DataManagement/organizations/serverlessRuntimes",
        partner="Informatica",
        holds=Holds.PROCESSES,
        field="properties.serverlessAccountLocation",
    ),
    AtPartner(
        arm_type="Microsoft.Confluent/organizations",
        partner="Confluent",
        lists=("environments", "clusters"),
        listed_field="properties.spec.region",
        cloud="properties.spec.cloud",
    ),
    AtPartner(arm_type="Microsoft.Datadog/monitors", partner="Datadog"),
    AtPartner(
        arm_type="Microsoft.Elastic/monitors",
        partner="Elastic",
        field="properties.elasticProperties.elasticCloudDeployment.elasticsearchRegion",
    ),
    AtPartner(arm_type="Microsoft.KX/kdbInsightsEnterprise", partner="KX", own_page=PARTNERS_PAGE),
    AtPartner(arm_type="Microsoft.Logz/monitors", partner="Logz.io"),
    *(
        AtPartner(
            arm_type=f"Microsoft.{name}",
            partner="publisher",
            own_page=SOFTWARE_PAGE,
            name_field="properties.publisherId",
        )
        for name in ("SaaS/applications", "SaaS/resources", "SaaSHub/cloudServices")
    ),
    AtPartner(
        arm_type="Microsoft.WeightsAndBiases/instances",
        partner="Weights & Biases",
        field="properties.partnerProperties.region",
    ),
    AtPartner(arm_type="MongoDB.Atlas/organizations", partner="MongoDB"),
    AtPartner(
        arm_type="Neon.Postgres/organizations",
        partner="Neon",
        lists=("projects",),
        listed_field="properties.regionId",
    ),
    AtPartner(
        arm_type="NewRelic.Observability/monitors",
        partner="New Relic",
        field="properties.newRelicAccountProperties.accountInfo.region",
    ),
    AtPartner(arm_type="Pinecone.VectorDb/organizations", partner="Pinecone"),
)
