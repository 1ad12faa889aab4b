"""The machines of a recovery plan of Azure Site Recovery: its protected items.

A plan fails over all its machines with one call, and the activity log names the plan alone.
https://learn.microsoft.com/rest/api/site-recovery/replication-recovery-plans/get
"""

from collections.abc import Iterator, Mapping
from typing import Any

from residency.azure import Arm
from residency.check import items, resource_id
from residency.errors import CheckError

_API_VERSION = "2024-04-01"
_PLANS = "/replicationrecoveryplans/"
_ITEMS = "/replicationprotecteditems/"


def is_plan(operated_id: str) -> bool:
    """Whether a lower-cased id is that of a recovery plan."""
    vault, _, name = operated_id.partition(_PLANS)
    return bool(vault and name) and "/" not in name


async def machines_of(arm: Arm, plan_id: str) -> tuple[str, ...]:
    """Read the lower-cased ids of the protected items of a plan.

    Raises:
        AzureError: The plan could not be read.
        CheckError: It names something else than protected items of its own vault.
    """
    plan = await arm.get(plan_id, api_version=_API_VERSION)
    within = plan_id.partition(_PLANS)[0]
    return tuple(sorted({_of_vault(each, within) for each in _named(plan)}))


def _named(plan: Mapping[str, Any]) -> Iterator[str]:
    for group in items(plan, "properties.groups"):
        for item in items(plan, f"{group}.replicationProtectedItems"):
            yield resource_id(plan, f"{item}.id")


def _of_vault(item_id: str, vault: str) -> str:
    if not item_id.startswith(f"{vault}/") or _ITEMS not in item_id:
        raise CheckError("a recovery plan names something else than items of its vault")
    return item_id
