"""Bodies of Microsoft.CognitiveServices: where the model runs is in the deployment's SKU.

https://learn.microsoft.com/azure/ai-foundry/foundry-models/concepts/deployment-types
"""

from collections.abc import Mapping

from residency.simulator.estate.bodies import CREATED, Group, Part, arm, child, list_path
from residency.simulator.world import Body

ACCOUNTS = "Microsoft.CognitiveServices/accounts"


def account(group: Group, name: str, *, location: str = "", kind: str = "OpenAI") -> Body:
    """Give an AI account."""
    return arm(
        group,
        ACCOUNTS,
        name,
        {
            "customSubDomainName": name,
            "dateCreated": CREATED,
            "disableLocalAuth": True,
            "endpoint": f"https://{name}.openai.azure.com/",
            "networkAcls": {"defaultAction": "Deny"},
            "publicNetworkAccess": "Disabled",
        },
        location=location,
        kind=kind,
        sku={"name": "S0"},
    )


def deployments(owner: Body, models: Mapping[str, str]) -> Part:
    """Give the deployments of an account: model to SKU."""
    items = tuple(
        child(
            owner["id"],
            f"{ACCOUNTS}/deployments",
            model,
            {
                "model": {"format": "OpenAI", "name": model, "version": "2025-04-14"},
                "provisioningState": "Succeeded",
                "versionUpgradeOption": "NoAutoUpgrade",
            },
            sku={"name": sku, "capacity": 50},
        )
        for model, sku in models.items()
    )
    return Part(children={list_path(owner["id"], "deployments"): items})
