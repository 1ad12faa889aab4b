"""Calls to Azure Resource Manager through the `send_request` of the SDK clients' pipelines."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast
from urllib.parse import quote, urlencode, urlsplit

import msgspec
from azure.core.rest import AsyncHttpResponse, HttpRequest

from residency.azure.failures import decoded, failure, translated
from residency.errors import BadAnswer

_OK = 200
_MOST_PAGES = 10_000

Struct = TypeVar("Struct", bound=msgspec.Struct)
Send = Callable[..., Awaitable[AsyncHttpResponse]]


class Page(msgspec.Struct):
    """One page of any ARM list."""

    value: list[dict[str, Any]]
    next_link: str | None = msgspec.field(default=None, name="nextLink")


class _Anything(msgspec.Struct):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """Azure Resource Manager, as far as this monitor may go.

    Attributes:
        endpoint: Scheme and host, without a path.
        ends_at: The scan's deadline, in the event loop's time; past it every call fails.
        resources, storage, subscriptions: `send_request` of the three SDK clients.
    """

    endpoint: str
    ends_at: float
    resources: Send
    storage: Send
    subscriptions: Send

    async def get(self, path: str, *, api_version: str, expand: str = "") -> dict[str, Any]:
        """Read one resource as JSON. Raises AzureError."""
        query = {"api-version": api_version} | ({"$expand": expand} if expand else {})
        body, _ = await self._send(self.resources, "GET", self._url(path, query))
        decoded(body, _Anything, path)
        return cast("dict[str, Any]", msgspec.json.decode(body))

    async def list(
        self, path: str, *, api_version: str, through: Send | None = None, **query: str
    ) -> tuple[dict[str, Any], ...]:
        """Read a whole list, all its pages. Raises AzureError; never gives a part."""
        url = self._url(path, {"api-version": api_version, **query})
        items: list[dict[str, Any]] = []
        seen: set[str] = set()
        while url:
            self._guard(url, seen, path)
            body, _ = await self._send(through or self.resources, "GET", url)
            page = cast("Page", decoded(body, Page, path))
            items.extend(page.value)
            url = page.next_link or ""
        return tuple(items)

    async def graph(self, request: Mapping[str, Any]) -> tuple[bytes, Mapping[str, str]]:
        """Ask Resource Graph one page; gives the raw answer and its headers. Raises AzureError."""
        url = self._url(
            "/providers/Microsoft.ResourceGraph/resources", {"api-version": "2021-03-01"}
        )
        return await self._send(self.resources, "POST", url, json=dict(request))

    def _url(self, path: str, query: Mapping[str, str]) -> str:
        return f"{self.endpoint}{quote(path)}?{urlencode(query, safe='$,')}"

    def _guard(self, url: str, seen: set[str], what: str) -> None:
        """A next link must stay with Azure (it carries our token) and must lead on."""
        here, wanted = urlsplit(url), urlsplit(self.endpoint)
        if (here.scheme, here.netloc) != (wanted.scheme, wanted.netloc):
            raise BadAnswer(f"{what}: the next page is on another host", code="ForeignNextLink")
        if url in seen or len(seen) >= _MOST_PAGES:
            raise BadAnswer(f"{what}: the pages lead back to themselves", code="PageLoop")
        seen.add(url)

    async def _send(
        self,
        send: Send,
        method: str,
        url: str,
        **content: Any,  # noqa: ANN401 - what HttpRequest takes
    ) -> tuple[bytes, Mapping[str, str]]:
        what = urlsplit(url).path
        with translated(what):
            async with asyncio.timeout_at(self.ends_at):
                # A stream keeps azure-core from building objects of a body that msgspec decodes.
                response = await send(HttpRequest(method, url, **content), stream=True)
                async with response:
                    body = await response.read()
        if response.status_code != _OK:
            raise failure(response.status_code, body, what)
        return body, response.headers
