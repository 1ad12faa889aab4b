"""What a set of role assignments grants: the algebra of Azure's actions. Pure.

Assignments add up; `notActions` subtract within their own role and are no deny; a `*` stands for
any text, slashes included; nothing minds case
(https://learn.microsoft.com/azure/role-based-access-control/role-definitions).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from residency.errors import BadAnswer

_READ = "/read"
_BEYOND = ("write", "delete", "action")
"""The other verbs that an action can end in, by the page above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What one assignment grants, as the permissions API spells it.

    https://learn.microsoft.com/rest/api/authorization/permissions/list-for-resource-group
    """

    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    not_data_actions: tuple[str, ...] = ()


def grant_of(body: Mapping[str, Any]) -> Grant:
    """Make a grant of one item of the permissions API; raises BadAnswer on another shape."""
    return Grant(
        actions=_texts(body, "actions"),
        not_actions=_texts(body, "notActions"),
        data_actions=_texts(body, "dataActions"),
        not_data_actions=_texts(body, "notDataActions"),
    )


def covers(pattern: str, wanted: str) -> bool:
    """Whether a pattern matches all that `wanted` matches, which may be a pattern itself."""
    head, *inner = pattern.lower().split("*")
    text = wanted.lower()
    if not inner:
        return text == head
    *middle, tail = inner
    if not text.startswith(head):
        return False
    text = text.removeprefix(head)
    for part in middle:
        _, found, text = text.partition(part) if part else ("", "*", text)
        if not found:
            return False
    return text.endswith(tail)


def overlaps(one: str, other: str) -> bool:
    """Whether there is an action that both patterns match."""
    if "*" not in one:
        return covers(other, one)
    if "*" not in other:
        return covers(one, other)
    mine, theirs = one.lower().split("*"), other.lower().split("*")
    return _begins_alike(mine[0], theirs[0]) and _begins_alike(mine[-1][::-1], theirs[-1][::-1])


def is_granted(action: str, grants: Iterable[Grant]) -> bool:
    """Whether one assignment grants the action, and does not itself take a part of it back."""
    return any(
        any(covers(pattern, action) for pattern in grant.actions)
        and not any(overlaps(pattern, action) for pattern in grant.not_actions)
        for grant in grants
    )


def beyond_reading(grants: Iterable[Grant]) -> tuple[str, ...]:
    """Name every granted action that is not a read, less what its own assignment takes back.

    A read ends in `/read`; keys are listed by an action, so that counts as more than reading.
    """
    return tuple(
        dict.fromkeys(
            left
            for grant in grants
            for pattern in grant.actions
            for left in _left(pattern, tuple(_not_reads(pattern)), grant.not_actions)
        )
    )


def data_actions(grants: Iterable[Grant]) -> tuple[str, ...]:
    """Name every granted data action: each reaches content, a read as well."""
    return tuple(
        dict.fromkeys(
            pattern
            for grant in grants
            for pattern in grant.data_actions
            if not any(covers(taken, pattern) for taken in grant.not_data_actions)
        )
    )


def _not_reads(pattern: str) -> Iterator[str]:
    """Split what a pattern matches beside reads by verb, so that each can be subtracted."""
    if pattern.lower().endswith(_READ):
        return
    if not pattern.endswith("*"):
        yield pattern
        return
    stem = pattern.rstrip("*")
    for verb in _BEYOND:
        yield f"{stem}*/{verb}"
        if stem.endswith("/"):
            yield f"{stem}{verb}"


def _left(pattern: str, parts: tuple[str, ...], taken: tuple[str, ...]) -> tuple[str, ...]:
    """Give the pattern itself where nothing is taken whole, else the parts that stay."""
    left = tuple(part for part in parts if not any(covers(each, part) for each in taken))
    return (pattern,) if left and left == parts else left


def _begins_alike(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _texts(body: Mapping[str, Any], key: str) -> tuple[str, ...]:
    found = body.get(key)
    match found:
        case None:
            return ()
        case list() if all(isinstance(each, str) for each in found):
            return tuple(found)
        case _:
            raise BadAnswer(f"the rights of this identity came with odd {key}", code="BadAnswer")
