"""What a simulated tenant is made of: plain ARM bodies, before anything happens to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

Body = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One subscription and what the monitor's identity may do in it.

    Attributes:
        state: Azure's own: Enabled, Warned, PastDue, Disabled, Deleted.
        actions: What the permissions API answers; `*/read` is Reader.
        readable: False: reads are refused with 403 and Resource Graph leaves it out silently.
        listed: False: `GET /subscriptions` does not show it.
        in_graph: False: listed and readable, yet Resource Graph leaves it out silently.
    """

    id: str
    name: str
    state: str = "Enabled"
    actions: tuple[str, ...] = ("*/read",)
    not_actions: tuple[str, ...] = ()
    readable: bool = True
    listed: bool = True
    in_graph: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Estate:
    """A whole tenant.

    Attributes:
        resource_groups: ARM bodies: id, name, location, tags, managedBy.
        resources: ARM bodies as the provider returns them: id, name, type (ARM's own casing),
            location, and kind, sku, tags, properties, managedBy, extendedLocation where set.
        children: What only a child list shows: lower-cased list path to its items, for example
            `/subscriptions/…/servers/s/replicationlinks`. A path that is absent answers with an
            empty list where its parent exists, and 404 where it does not.
        denied: Lower-cased path prefixes that answer 403 AuthorizationFailed.
    """

    tenant_id: str
    management_group: str
    subscriptions: Sequence[Subscription]
    resource_groups: Sequence[Body]
    resources: Sequence[Body]
    children: Mapping[str, Sequence[Body]] = field(default_factory=dict)
    denied: Sequence[str] = ()


def with_more(estate: Estate, more: Mapping[str, Any]) -> Estate:
    """Give an estate with further `resource_groups`, `resources` and `children`."""
    return replace(
        estate,
        resource_groups=[*estate.resource_groups, *more["resource_groups"]],
        resources=[*estate.resources, *more["resources"]],
        children={**estate.children, **more["children"]},
    )
