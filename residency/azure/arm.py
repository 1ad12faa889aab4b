"""Calls to Azure Resource Manager through the `send_request` of the SDK's pipeline client."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import uniform
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import msgspec
from azure.core.rest import AsyncHttpResponse, HttpRequest

from residency.azure.failures import decoded, failure, translated
from residency.azure.quotas import Quotas
from residency.azure.versions import PROVIDER_VERSION, ProviderVersions, Versions
from residency.errors import AzureError, BadAnswer

_OK = 200
_PORTS = {"https": 443, "http": 80}
_MOST_PAGES = 10_000
_ELSEWHERE = frozenset({"", ".", ".."})
_MOST_SHOWN = 200
_PAUSE_SECONDS = 0.2, 0.4

Item = TypeVar("Item")
Wanted = TypeVar("Wanted")
Send = Callable[..., Awaitable[AsyncHttpResponse]]


class Page(msgspec.Struct, Generic[Item]):
    """One page of any ARM list."""

    value: list[Item]
    next_link: str | None = msgspec.field(default=None, name="nextLink")


def _quoted(path: str) -> str:
    """Quote a path, so that what is asked is what it names.

    Raises BadAnswer for a path that would lead elsewhere: ids in answers go into paths, clients
    resolve `..` even where it is quoted once, and without a first `/` it would lengthen the host.
    """
    first, *parts = path.split("/")
    if first or not parts or any(part in _ELSEWHERE for part in parts):
        raise BadAnswer(f"'{path[:_MOST_SHOWN]}' is not a path below Azure", code="BadPath")
    return quote(path)


def is_at(endpoint: str, url: str) -> bool:
    """Whether an address is on the endpoint's own host, whatever its case and default port."""
    return _origin(url) == _origin(endpoint)


def _origin(url: str) -> tuple[object, ...]:
    parts = urlsplit(url)
    try:
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        port = None
    return parts.scheme, parts.hostname, port, parts.username, parts.password


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """Azure Resource Manager, as far as this monitor may go.

    Attributes:
        endpoint: Scheme and host, without a path.
        ends_at: The scan's deadline, in the event loop's time; past it every call fails.
        send: `send_request` of the SDK's pipeline client.
        answers: How many answers came, by the provider that was asked and the status code.
    """

    endpoint: str
    ends_at: float
    send: Send
    quotas: Quotas = field(default_factory=Quotas)
    versions: Versions = field(default_factory=Versions)
    answers: Counter[str] = field(default_factory=Counter)

    async def get(self, path: str, *, api_version: str, expand: str = "") -> dict[str, Any]:
        """Read one resource as JSON. Raises AzureError."""
        query = {"api-version": api_version} | ({"$expand": expand} if expand else {})
        body, _ = await self._agreed(dict[str, Any], self._url(path, query))
        return body

    async def list(
        self, path: str, *, api_version: str, **query: str
    ) -> tuple[dict[str, Any], ...]:
        """Read a whole list, all its pages. Raises AzureError; never gives a part."""
        pages = self.pages(path, dict[str, Any], api_version=api_version, **query)
        return tuple([each async for page in pages for each in page])

    async def pages(
        self,
        path: str,
        item: type[Item],
        *,
        api_version: str,
        **query: str,
    ) -> AsyncIterator[Sequence[Item]]:
        """Read a list page by page. Raises AzureError: what was given till then is a part."""
        wanted: type[Page[Item]] = Page[item]  # type: ignore[valid-type] # known at run time
        url = self._url(path, {"api-version": api_version, **query})
        seen: set[str] = set()
        while url:
            self._guard(url, seen, path)
            page, _ = await self._agreed(wanted, url)
            yield page.value
            url = page.next_link or ""

    async def graph(
        self, request: Mapping[str, Any], wanted: type[Wanted]
    ) -> tuple[Wanted, Mapping[str, str]]:
        """Ask Resource Graph one page; gives the answer and its headers. Raises AzureError."""
        url = self._url(
            "/providers/Microsoft.ResourceGraph/resources", {"api-version": "2021-03-01"}
        )
        return await self._read(wanted, "POST", url, json=dict(request))

    def _url(self, path: str, query: Mapping[str, str]) -> str:
        return f"{self.endpoint}{_quoted(path)}?{urlencode(query, safe='$,', quote_via=quote)}"

    def _guard(self, url: str, seen: set[str], what: str) -> None:
        """A next link must stay with Azure (it carries our token) and must lead on."""
        if not is_at(self.endpoint, url):
            raise BadAnswer(f"{what}: the next page is on another host", code="ForeignNextLink")
        if url in seen or len(seen) >= _MOST_PAGES:
            raise BadAnswer(f"{what}: the pages lead back to themselves", code="PageLoop")
        seen.add(url)

    async def _agreed(self, wanted: type[Wanted], url: str) -> tuple[Wanted, Mapping[str, str]]:
        """Read an address; once more with another api-version where Azure refuses that one."""
        url = self.versions.known(url)
        try:
            return await self._read(wanted, "GET", url)
        except AzureError as refused:
            other = await self.versions.after(refused, url, self._provider)
        return await self._read(wanted, "GET", other)

    async def _provider(self, path: str) -> ProviderVersions:
        url = self._url(path, {"api-version": PROVIDER_VERSION})
        found, _ = await self._read(ProviderVersions, "GET", url)
        return found

    async def _read(
        self,
        wanted: type[Wanted],
        method: str,
        url: str,
        **content: Any,  # noqa: ANN401 - what HttpRequest takes
    ) -> tuple[Wanted, Mapping[str, str]]:
        """Send a request and decode its answer, once more where that was cut short or garbled."""
        what = urlsplit(url).path
        with translated(what):
            async with asyncio.timeout_at(self.ends_at):
                request = HttpRequest(method, url, **content)
                try:
                    return await self._once(wanted, request, what)
                except BadAnswer:
                    await asyncio.sleep(uniform(*_PAUSE_SECONDS))  # noqa: S311 - no secret
                return await self._once(wanted, request, what)

    async def _once(
        self, wanted: type[Wanted], request: HttpRequest, what: str
    ) -> tuple[Wanted, Mapping[str, str]]:
        async with self.quotas.turn(what, self.ends_at) as turn:
            with translated(what):
                # A stream keeps azure-core from building objects of a body that msgspec decodes.
                response = await self.send(request, stream=True, again=turn.again)
                async with response:
                    body = await response.read()
            turn.end(response.headers)
        self.answers[f"{_api(what)} {response.status_code}"] += 1
        if response.status_code != _OK:
            raise failure(response.status_code, body, what)
        return decoded(body, wanted, what), response.headers


def _api(path: str) -> str:
    """Name the provider that a path asks; what asks none is Resource Manager's own."""
    _, found, rest = path.lower().rpartition("/providers/")
    return rest.partition("/")[0] if found else "microsoft.resources"
