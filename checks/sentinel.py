"""Microsoft Sentinel on a workspace: where it handles the logs, and what it does not say.

https://learn.microsoft.com/azure/sentinel/geographical-availability-data-residency: the logs stay
in the workspace and are handled in Europe (for a workspace there), in Israel (likewise) or in the
United States (for every other). Incidents, alerts and settings are kept where the Defender portal
keeps them if the workspace was brought into it, which no field of Azure shows.
"""

from collections.abc import Iterator

from checks.api_versions import version_of
from residency import regions
from residency.check import Reader, documented
from residency.errors import AzureError, NotFound
from residency.model import UNKNOWN_REGION, Placement, Resource, Role

PAGE = "https://learn.microsoft.com/azure/sentinel/geographical-availability-data-residency"
NOT_REGISTERED = "MissingSubscriptionRegistration"
"""Azure's code where a subscription does not use Sentinel at all.

https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-register-resource-provider
"""

EUROPE = regions.COUNTRIES_OF_THE_EU | {"CH", "GB", "NO"}
HANDLED = "the logs of a workspace are handled in Europe, Israel or the United States"
KEPT = "incidents, alerts and settings may be kept where Microsoft Defender XDR keeps its data"


def states_path(workspace_id: str) -> str:
    """Give the path of the list that has an item where Sentinel is switched on."""
    return f"{workspace_id}/providers/Microsoft.SecurityInsights/onboardingStates"


def sentinel(workspace: Resource, reader: Reader) -> Iterator[Placement]:
    """State where Sentinel handles the logs of a workspace, if it is on. Raises AzureError."""
    if not _is_on(workspace, reader):
        return
    reading, region = workspace.reading, _handled_in(workspace)
    yield documented(reading, Role.PROCESSING, region, page=PAGE, fact=HANDLED)
    yield documented(reading, Role.REPLICA, UNKNOWN_REGION, page=PAGE, fact=KEPT)


def _is_on(workspace: Resource, reader: Reader) -> bool:
    try:
        path = states_path(workspace.id)
        return bool(reader.list(path, api_version=version_of(path)))
    except NotFound:
        return False
    except AzureError as error:
        if error.code == NOT_REGISTERED:
            return False
        raise


def _handled_in(workspace: Resource) -> str:
    home = regions.find(workspace.location)
    if home is None or home.country is None:
        return UNKNOWN_REGION
    if home.country == "IL":
        return "israel"
    return "europe" if home.country in EUROPE else "unitedstates"
