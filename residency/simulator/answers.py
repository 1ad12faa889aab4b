"""What the simulator sends: an answer as bytes, or a refusal in Azure Resource Manager's form."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One HTTP answer before faults, latency and rate-limit headers are put on it."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Refusal(Exception):  # noqa: N818 - it is an answer, and not a failure of the simulator
    """A refusal with ARM's error body.

    https://learn.microsoft.com/en-us/rest/api/azure/#error-response
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: Sequence[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Keep ARM's `code` and `message`; `details` is left out of the body where empty."""
        super().__init__(message)
        self.status = status
        self.code = code
        self.details = details
        self.headers = headers or {}

    def answer(self) -> Answer:
        """Give the refusal as the answer that goes over the wire."""
        error: dict[str, Any] = {"code": self.code, "message": str(self)}
        if self.details:
            error["details"] = list(self.details)
        return Answer(status=self.status, body=encode({"error": error}), headers=self.headers)


def encode(value: object) -> bytes:
    """Give JSON in its shortest form, as Azure sends it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def answer_of(value: object) -> Answer:
    """Give a 200 with `value` as its JSON body."""
    return Answer(body=encode(value))
