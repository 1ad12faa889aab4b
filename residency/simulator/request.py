"""One request as the reads of the simulator see it, and the pages of a list."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from residency.simulator.answers import Answer, Refusal, encode

_SKIP = "$skiptoken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request.

    Attributes:
        base_url: Scheme, host and port, for `nextLink`.
        path: As it was asked, without a trailing slash.
        query: Names lower-cased, as ARM takes them in any case.
        principal: The bearer token: whose quotas are used.
    """

    method: str
    base_url: str
    path: str
    query: Mapping[str, str]
    principal: str
    body: bytes = b""

    @property
    def key(self) -> str:
        """The path without regard to case."""
        return self.path.lower()

    @property
    def parts(self) -> list[str]:
        """The lower-cased segments of the path."""
        return [part for part in self.key.split("/") if part]

    def link(self, **changes: str) -> str:
        """Give the whole address of this request, with some parameters changed."""
        query = urlencode({**self.query, **changes}, quote_via=quote)
        return f"{self.base_url}{self.path}?{query}"


def page(items: Sequence[bytes], *, next_link: str | None) -> Answer:
    """Give one page of a list from the JSON of its items."""
    tail = b"]" + (b',"nextLink":' + encode(next_link) if next_link else b"") + b"}"
    return Answer(body=b'{"value":[' + b",".join(items) + tail)


def bounds(request: Request, total: int, size: int) -> tuple[slice, str | None]:
    """Find which items of a list belong on this page, and the link to the next.

    Raises:
        Refusal: `$top` or `$skiptoken` is not what Azure takes.
    """
    start = _start(request.query.get(_SKIP))
    top = request.query.get("$top")
    if top is not None and not (top.isdigit() and int(top) > 0):
        raise Refusal(400, "InvalidTopValue", f"$top '{top}' is not a positive number.")
    end = start + min(size, int(top) if top else size)
    more = request.link(**{_SKIP: _token(end)}) if end < total else None
    return slice(start, end), more


def listed(request: Request, items: Sequence[object], size: int) -> Answer:
    """Give the page of a whole list that a request asks for."""
    place, link = bounds(request, len(items), size)
    return page([encode(item) for item in items[place]], next_link=link)


def _token(offset: int) -> str:
    return base64.urlsafe_b64encode(f"at {offset}".encode()).decode()


def _start(token: str | None) -> int:
    if token is None:
        return 0
    try:
        return int(base64.urlsafe_b64decode(token).removeprefix(b"at "))
    except (binascii.Error, ValueError) as error:
        raise Refusal(400, "InvalidSkipToken", "The $skiptoken is not valid.") from error
