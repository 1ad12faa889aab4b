"""Results of Resource Graph that wait for their next page, by `$skipToken`."""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from residency.simulator.answers import Refusal
from residency.simulator.graph import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A place in a result. The size is part of the token, as in Azure."""

    result: Result
    key: str
    question: str
    offset: int
    size: int
    is_first: bool

    def next_token(self) -> str:
        """Give the `$skipToken` of the page after this one."""
        place = {"r": self.key, "o": self.offset + self.size, "n": self.size}
        return base64.b64encode(json.dumps(place).encode()).decode()


def rewound(token: str) -> str:
    """Give the token of the same result's first page, as a server that loops would read it."""
    place = json.loads(base64.b64decode(token))
    return base64.b64encode(json.dumps({**place, "o": 0}).encode()).decode()


class Results:
    """Keeps each result until its token expires."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Start empty."""
        self._clock = clock
        self._kept: dict[str, tuple[datetime, str, Result]] = {}

    def first(self, result: Result, question: str, *, offset: int, size: int) -> Page:
        """Keep a result and give its first page."""
        key = str(uuid4())
        self._kept[key] = (self._clock(), question, result)
        return Page(
            result=result, key=key, question=question, offset=offset, size=size, is_first=True
        )

    def later(self, token: str, question: str, *, lifetime_seconds: float) -> Page:
        """Find the page that a token stands for.

        Raises:
            Refusal: The token is none, has expired, or belongs to another query.
        """
        self.expire(lifetime_seconds)
        try:
            place = json.loads(base64.b64decode(token, validate=True))
            _, asked, result = self._kept[place["r"]]
        except (binascii.Error, ValueError, KeyError, TypeError) as error:
            raise _refused("The skip token is not valid or has expired.") from error
        if asked != question:
            raise _refused("The skip token belongs to another query.")
        return Page(
            result=result,
            key=place["r"],
            question=question,
            offset=place["o"],
            size=place["n"],
            is_first=False,
        )

    def drop(self, page: Page) -> None:
        """Let go of a result that needs no further page."""
        self._kept.pop(page.key, None)
        page.result.cursor.close()

    def expire(self, lifetime_seconds: float) -> None:
        """Let go of every result that is older than a token lives."""
        now = self._clock()
        for key, (since, _, result) in list(self._kept.items()):
            if (now - since).total_seconds() > lifetime_seconds:
                del self._kept[key]
                result.cursor.close()


def _refused(message: str) -> Refusal:
    details = [{"code": "InvalidSkipToken", "message": message}]
    return Refusal(400, "BadRequest", message, details=details)
