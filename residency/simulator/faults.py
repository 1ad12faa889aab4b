"""What can go wrong between the monitor and Azure, as rules that match requests."""

import json
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from residency.simulator.answers import Answer, encode


class Effect(StrEnum):
    """What a fault does."""

    STATUS = "status"
    DELAY = "delay"
    TRUNCATE = "truncate"
    RESET = "reset"
    HTML = "html"
    WRONG_SHAPE = "wrong-shape"
    LOOP = "loop"
    REPEAT_TOKEN = "repeat-token"  # noqa: S105 - a paging token
    EXPIRED_TOKEN = "expired-token"  # noqa: S105 - a paging token
    DUPLICATE_ROWS = "duplicate-rows"
    MISSING_ROWS = "missing-rows"
    LOW_COUNT = "low-count"
    TRUNCATED_RESULT = "truncated-result"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One rule: which requests, how often, and what happens to them.

    Attributes:
        effect: STATUS answers `status`, `headers` and `body` in place of Azure. DELAY waits
            `delay_seconds`. TRUNCATE sends half of the body and closes; RESET sends nothing. HTML
            is a proxy's page with 200. WRONG_SHAPE renames the key that holds the rows. The others
            spoil pages: LOOP sends the first page and its token for ever; REPEAT_TOKEN sends the
            token back that was sent; EXPIRED_TOKEN refuses every token; DUPLICATE_ROWS and
            MISSING_ROWS double and drop the first row; LOW_COUNT adds one to `totalRecords`;
            TRUNCATED_RESULT says "true" and gives no token.
        method: The method it applies to; empty for any.
        path: A regular expression, searched in the path without case; empty for any.
        api: As in `Call.api`; empty for any.
        times: How often it happens; None for ever.
        probability: How likely it is for each request that matches.
        seed: Makes `probability` repeatable.
    """

    effect: Effect
    method: str = ""
    path: str = ""
    api: str = ""
    times: int | None = None
    probability: float = 1.0
    seed: int = 0
    status: int = 503
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    delay_seconds: float = 0.0

    def answer(self) -> Answer:
        """Give the answer of a STATUS fault; without a `body` it is ARM's error body."""
        error = {"error": {"code": "SimulatedFault", "message": f"A simulated {self.status}."}}
        body = error if self.body is None else self.body
        raw = body.encode() if isinstance(body, str) else encode(body)
        return Answer(status=self.status, headers=self.headers, body=raw)


@dataclass(slots=True)
class _Rule:
    fault: Fault
    left: int | None
    chance: random.Random

    def meets(self, method: str, path: str, api: str) -> bool:
        fault = self.fault
        return (
            self.left != 0
            and fault.method.upper() in {"", method.upper()}
            and fault.api in {"", api}
            and re.search(fault.path, path, re.IGNORECASE) is not None
            and self.chance.random() < fault.probability
        )


class Faults:
    """The rules in force, in the order in which they were added."""

    def __init__(self) -> None:
        """Start with a healthy Azure."""
        self._rules: list[_Rule] = []

    def add(self, fault: Fault) -> None:
        """Put a rule in force."""
        chance = random.Random(fault.seed)  # noqa: S311 - repeatable, and no secret
        self._rules.append(_Rule(fault, fault.times, chance))

    def clear(self) -> None:
        """Make Azure healthy again."""
        self._rules.clear()

    def drawn(self, method: str, path: str, api: str) -> list[Fault]:
        """Give what happens to a request, and count it."""
        met = [rule for rule in self._rules if rule.meets(method, path, api)]
        for rule in met:
            rule.left = None if rule.left is None else rule.left - 1
        return [rule.fault for rule in met]


_ROWS = ("data", "value")
_TOKENS = ("$skipToken", "nextLink")


def spoil(fault: Fault, answer: Answer, asked: bytes, link: str) -> Answer:
    """Give a good answer as the fault leaves it.

    Args:
        fault: One that changes an answer.
        answer: What the simulator would have sent.
        asked: The body of the request, which holds its `$skipToken`.
        link: The whole address that was asked, for a `nextLink` that points at itself.
    """
    if fault.effect is Effect.HTML:
        page = b"<!DOCTYPE html><html><body>Sign in to the network</body></html>"
        return Answer(body=page, headers={"Content-Type": "text/html"})
    change = _CHANGES.get(fault.effect)
    body = json.loads(answer.body) if change and answer.status == 200 else None  # noqa: PLR2004
    if change is None or not isinstance(body, dict):
        return answer
    change(body, _token_of(asked), link)
    return Answer(body=encode(body), headers=answer.headers)


def _token_of(asked: bytes) -> str:
    if not asked:
        return ""
    options = json.loads(asked).get("options") or {}
    return str(options.get("$skipToken") or "")


def _rows(body: Mapping[str, Any]) -> list[Any]:
    return next((list(body[key]) for key in _ROWS if isinstance(body.get(key), list)), [])


def _put_rows(body: dict[str, Any], rows: Sequence[Any]) -> None:
    for key in _ROWS:
        if key in body:
            body[key] = list(rows)
    if "count" in body:
        body["count"] = len(rows)


def _rename(body: dict[str, Any], _token: str, _link: str) -> None:
    for key in _ROWS:
        if key in body:
            body[f"{key}s"] = body.pop(key)


def _repeat(body: dict[str, Any], token: str, link: str) -> None:
    if "$skipToken" in body:
        body["$skipToken"] = token or body["$skipToken"]
    if "nextLink" in body:
        body["nextLink"] = link


def _double(body: dict[str, Any], _token: str, _link: str) -> None:
    rows = _rows(body)
    _put_rows(body, [*rows, *rows[:1]])


def _drop(body: dict[str, Any], _token: str, _link: str) -> None:
    _put_rows(body, _rows(body)[1:])


def _low_count(body: dict[str, Any], _token: str, _link: str) -> None:
    if "totalRecords" in body:
        body["totalRecords"] += 1


def _cut(body: dict[str, Any], _token: str, _link: str) -> None:
    for key in _TOKENS:
        body.pop(key, None)
    if "resultTruncated" in body:
        body["resultTruncated"] = "true"


_CHANGES: Mapping[Effect, Callable[[dict[str, Any], str, str], None]] = {
    Effect.WRONG_SHAPE: _rename,
    Effect.REPEAT_TOKEN: _repeat,
    Effect.DUPLICATE_ROWS: _double,
    Effect.MISSING_ROWS: _drop,
    Effect.LOW_COUNT: _low_count,
    Effect.TRUNCATED_RESULT: _cut,
}
