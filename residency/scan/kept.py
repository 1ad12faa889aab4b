"""What earlier scans read: one answer of Azure by what was asked, and where such answers are kept.

Nothing is kept that names a person: of a failure only its kind, code and action, because Azure's
sentence says who asked, and of an answer not who made or changed something
(`systemData`, https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, NamedTuple, Protocol

from residency.errors import (
    AccessDenied,
    AzureError,
    BadAnswer,
    NotFound,
    PayloadTooLarge,
    Unavailable,
)
from residency.scan.freshness import Rule, rule_of

Body = Mapping[str, Any]
Bodies = tuple[Body, ...]
Call = Literal["get", "list"]

_KINDS = {kind.__name__: kind for kind in (NotFound, Unavailable, BadAnswer, PayloadTooLarge)}
_SETTLED = frozenset({"ResourceTypeNotSupported"})
"""Refusals that are answers: Azure has nothing there, and never will have."""

_NOT_FOUND = NotFound.__name__

_OF_PEOPLE = frozenset({"systemdata", "createdby", "lastmodifiedby", "modifiedby", "deletedby"})
"""Fields that name a person, lower-cased; no fact is read of them."""


class Key(NamedTuple):
    """What was asked. `path` is lower-cased, so that one thing has one key."""

    call: Call
    path: str
    api_version: str
    expand: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why there was no answer. `kind` names the class of the error."""

    kind: str
    code: str
    action: str = ""

    @classmethod
    def of(cls, error: AzureError) -> "Failure":
        """Keep of an error what may be kept."""
        action = error.action if isinstance(error, AccessDenied) else ""
        return cls(kind=type(error).__name__, code=error.code, action=action)

    def settles(self, older: "Answer | None") -> bool:
        """Whether it is an answer by itself: there is nothing, and `older` does not say else."""
        return self.code in _SETTLED or (self.kind == _NOT_FOUND and older is None)

    def error(self, path: str) -> AzureError:
        """Give the error again."""
        message = f"{path}: {self.code or self.kind}, as when it was last asked"
        if self.kind == AccessDenied.__name__:
            return AccessDenied(message, code=self.code, action=self.action)
        return _KINDS.get(self.kind, AzureError)(message, code=self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """How one kept answer stands, without what it says.

    Attributes:
        asked_at: When Azure was last asked.
        failed: Azure failed then, so that there is nothing to give.
        empty_at: When it was read that there is nothing; None: there is something, or it failed.
        rule: How it must be read again: worked out once, and not in every scan.
    """

    key: Key
    asked_at: datetime
    failed: bool = False
    empty_at: datetime | None = None
    rule: Rule = field(init=False)

    def __post_init__(self) -> None:
        """Work out the rule."""
        object.__setattr__(self, "rule", rule_of(self.key.path))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What Azure said, and when it really was read.

    `bodies` are the items of a list, or the one body of a resource.
    """

    bodies: Bodies
    read_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One answer as it is kept.

    Attributes:
        asked_at: When Azure was last asked.
        answer: What it last answered; None: it never has.
        failure: Why it did not when it was last asked. It stands beside the older answer, and
            never in its place.
    """

    key: Key
    asked_at: datetime
    answer: Answer | None = None
    failure: Failure | None = None

    def after(self, asked_at: datetime, failure: Failure) -> "Kept":
        """Give it as it stands after a failure. What is not found twice in a row is gone."""
        was_gone = self.failure is not None and self.failure.kind == _NOT_FOUND
        is_gone = was_gone and failure.kind == _NOT_FOUND
        answer = None if is_gone else self.answer
        return replace(self, asked_at=asked_at, answer=answer, failure=failure)

    @property
    def stamp(self) -> Stamp:
        """Give how it stands."""
        settled = self.failure is not None and self.failure.settles(self.answer)
        is_empty = self.failure is None and self.answer is not None and not self.answer.bodies
        return Stamp(
            key=self.key,
            asked_at=self.asked_at,
            failed=not settled and (self.failure is not None or self.answer is None),
            empty_at=self.answer.read_at if is_empty and self.answer else None,
        )


def without_people(bodies: Bodies) -> Bodies:
    """Give answers without the fields that can name a person."""
    return tuple({key: _impersonal(found) for key, found in _of_things(body)} for body in bodies)


def _impersonal(found: object) -> object:
    match found:
        case dict():
            return {key: _impersonal(inner) for key, inner in _of_things(found)}
        case list():
            return [_impersonal(inner) for inner in found]
        case _:
            return found


def _of_things(body: Body) -> Iterator[tuple[str, Any]]:
    return ((key, found) for key, found in body.items() if key.lower() not in _OF_PEOPLE)


class Cache(Protocol):
    """Where answers are kept from scan to scan."""

    def stamps(self) -> Iterable[Stamp]:
        """Give how every kept answer stands, in any order."""
        ...

    def get(self, key: Key) -> Kept | None:
        """Give what is kept under a key."""
        ...

    def put(self, kept: Kept) -> None:
        """Keep an answer in place of what was kept under its key."""
        ...

    def forget(self, keys: Iterable[Key]) -> None:
        """Keep nothing more under these keys; some may not be there."""
        ...

    def flush(self) -> None:
        """Let what was kept outlast the process, where it is meant to. Raises StoreError."""
        ...


class InMemory:
    """Keeps answers as long as the process lives: for a scan without a store."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._kept: dict[Key, Kept] = {}

    def stamps(self) -> Iterable[Stamp]:
        """Give how every kept answer stands."""
        return [kept.stamp for kept in self._kept.values()]

    def get(self, key: Key) -> Kept | None:
        """Give what is kept under a key."""
        return self._kept.get(key)

    def put(self, kept: Kept) -> None:
        """Keep an answer."""
        self._kept[kept.key] = kept

    def forget(self, keys: Iterable[Key]) -> None:
        """Drop what is kept under these keys."""
        for key in keys:
            self._kept.pop(key, None)

    def flush(self) -> None:
        """Do nothing: it is not meant to last."""
