"""What to do so that a subscription can be read whole: the very command, and what is missing."""

import shlex
from collections.abc import Iterator

from residency.inventory.permissions import is_granted
from residency.scan.examined import Examination, Examined, Rights
from residency.scan.trials import Refusal

IDENTITY = "IDENTITY-OBJECT-ID"
"""Stands where the object id of the identity belongs."""


def grant_command(subscription_id: str) -> str:
    """Give the command of the Azure CLI that makes the identity a Reader.

    https://learn.microsoft.com/azure/role-based-access-control/role-assignments-cli
    """
    scope = shlex.quote(f"/subscriptions/{subscription_id}")
    return f"az role assignment create --assignee {IDENTITY} --role Reader --scope {scope}"


def lacks_rights(examined: Examined) -> bool:
    """Whether more rights would help: less than everything is granted, or nothing is known."""
    match examined.rights:
        case Rights() as rights:
            return not rights.everything or bool(missing_actions(examined))
        case _:
            return True


def missing_actions(examined: Examined) -> tuple[str, ...]:
    """Name each action that is missing, for a custom role; what Azure named in a refusal too."""
    granted = examined.rights.grants if isinstance(examined.rights, Rights) else ()
    needed = (
        *(action for facet in examined.facets for action in facet.missing or ()),
        *(
            refusal.action
            for refusal in _refusals(examined)
            if subscription_of(refusal.path) == examined.coverage.id
            and refusal.action
            and not is_granted(refusal.action, granted)
        ),
        *(f"{name}/read" for facet in examined.facets for name in facet.hidden_types),
    )
    by_name: dict[str, str] = {}
    for action in needed:
        by_name.setdefault(action.lower(), action)
    return tuple(by_name.values())


def refused_though_granted(examination: Examination) -> tuple[Refusal, ...]:
    """Give each refusal, once, of an action that the rights in its subscription do grant."""
    granted = {
        each.coverage.id: each.rights.grants
        for each in examination.subscriptions
        if isinstance(each.rights, Rights)
    }
    every = (refusal for each in examination.subscriptions for refusal in _refusals(each))
    return tuple(
        dict.fromkeys(
            refusal
            for refusal in every
            if refusal.action
            and is_granted(refusal.action, granted.get(subscription_of(refusal.path), ()))
        )
    )


def subscription_of(path: str) -> str:
    """Give the id of the subscription that a path is in, or nothing."""
    match path.lower().split("/"):
        case ["", "subscriptions", found, *_]:
            return found
        case _:
            return ""


def _refusals(examined: Examined) -> Iterator[Refusal]:
    for facet in examined.facets:
        for trial in facet.trials:
            yield from trial.refusals
