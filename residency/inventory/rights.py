"""Whether what an identity may read in a subscription is all of it.

https://learn.microsoft.com/rest/api/authorization/permissions/list-for-resource-group
https://learn.microsoft.com/azure/role-based-access-control/role-definitions
"""

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

CONTENT_READS = (
    "microsoft.operationalinsights/workspaces/query/*",
    "microsoft.resources/deployments/*",
    "microsoft.resources/deploymentscripts/logs/*",
    "microsoft.automation/automationaccounts/variables/*",
    "microsoft.automation/automationaccounts/runbooks/*/read",
    "microsoft.automation/automationaccounts/jobs/*",
    "microsoft.logic/workflows/runs/*",
    "microsoft.web/sites/config/*",
    "microsoft.containerinstance/containergroups/*/read",
)
"""Reads of content, not of places, which a careful role leaves out (docs/rights.md).

None of them is the read of a type itself, without which its resources would not be seen at all.
"""


def reads_everything(permissions: Iterable[Mapping[str, Any]]) -> bool:
    """Whether one role grants `*/read`, less only the documented reads of content."""
    return any(
        _grants_all_reads(_texts(role, "actions"))
        and all(_harmless(action) for action in _texts(role, "notActions"))
        for role in permissions
    )


def _grants_all_reads(actions: Sequence[str]) -> bool:
    return "*" in actions or "*/read" in actions


def _harmless(not_action: str) -> bool:
    """A subtraction narrows what can be seen if it can match a read of a place."""
    can_match_a_read = not_action.endswith(("/read", "*"))
    return not can_match_a_read or any(fnmatchcase(not_action, each) for each in CONTENT_READS)


def _texts(role: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(str(action).lower() for action in role.get(key) or ())
