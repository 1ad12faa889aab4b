"""Another api-version where Azure refuses one, taken from the provider's own list of versions.

A type takes the versions of a closed list, which differs between clouds and changes with time
(https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-invalid-resource-type-api-version,
https://learn.microsoft.com/azure/azure-resource-manager/management/resource-providers-and-types).
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import msgspec

from residency.errors import AzureError

PROVIDER_VERSION = "2021-04-01"
_REFUSALS = frozenset(
    {
        "InvalidApiVersionParameter",
        "InvalidResourceType",
        "NoRegisteredProviderFound",
        "UnsupportedApiVersion",
    }
)
_VERSION = re.compile(r"(?<=[?&]api-version=)\d{4}-\d{2}-\d{2}[a-z-]*(?=&|$)")
_PLAIN = re.compile(r"\d{4}-\d{2}-\d{2}")
_WELL_FORMED = re.compile(r"\d{4}-\d{2}-\d{2}(-[a-z]+)?")


class _Type(msgspec.Struct, kw_only=True, rename="camel"):
    resource_type: str
    api_versions: list[str] | None = None


class ProviderVersions(msgspec.Struct, kw_only=True, rename="camel"):
    """What a resource provider says of the versions of its types.

    https://learn.microsoft.com/rest/api/resources/providers/get
    """

    resource_types: list[_Type] | None = None


Ask = Callable[[str], Awaitable[ProviderVersions]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What an address asks: the provider's own address, and the type under it, lower-cased."""

    provider: str
    kind: str


@dataclass(slots=True, kw_only=True)
class Versions:
    """The versions that are used in place of refused ones; each provider is asked once."""

    _instead: dict[tuple[str, str, str], str] = field(default_factory=dict)
    _listed: dict[str, asyncio.Task[ProviderVersions]] = field(default_factory=dict)

    def known(self, url: str) -> str:
        """Give the address with the version that took the place of a refused one, if one did."""
        key = _key(url) if self._instead else None
        return _with(url, self._instead[key]) if key in self._instead else url

    async def after(self, refused: AzureError, url: str, ask: Ask) -> str:
        """Give the address to ask once more after a refusal.

        Args:
            refused: What Azure said of `url`.
            url: What was asked.
            ask: Reads a provider by its path.

        Raises:
            AzureError: `refused` itself: it is not about the version, or there is no other.
        """
        asked, key = _asked(url), _key(url)
        if refused.code not in _REFUSALS or asked is None or key is None:
            raise refused
        newest = _newest(await self._of(asked, refused, ask), asked.kind)
        if newest is None or newest == key[-1]:
            raise refused
        self._instead[key] = newest
        return _with(url, newest)

    async def _of(self, asked: _Asked, refused: AzureError, ask: Ask) -> ProviderVersions:
        namespace = asked.provider.rpartition("/")[2].lower()
        if namespace not in self._listed:
            self._listed[namespace] = asyncio.ensure_future(ask(asked.provider))
        try:
            return await self._listed[namespace]
        except AzureError as error:
            raise refused from error


def _newest(found: ProviderVersions, kind: str) -> str | None:
    """Give the newest version that is no preview, else the newest; None where there is none."""
    offered = [
        version
        for each in found.resource_types or ()
        if each.resource_type.lower() == kind
        for version in each.api_versions or ()
        if _WELL_FORMED.fullmatch(version)
    ]
    return max(filter(_PLAIN.fullmatch, offered), default=max(offered, default=None))


def _asked(url: str) -> _Asked | None:
    """Read the provider and type of an address: those that stand last in it."""
    before, found, rest = urlsplit(url).path.rpartition("/providers/")
    namespace, *segments = rest.split("/")
    if not found or not segments:
        return None
    scope = "/".join(before.split("/")[:3]) if before.lower().startswith("/subscriptions/") else ""
    return _Asked(provider=f"{scope}/providers/{namespace}", kind="/".join(segments[::2]).lower())


def _key(url: str) -> tuple[str, str, str] | None:
    asked, version = _asked(url), _VERSION.search(url)
    if asked is None or version is None:
        return None
    return asked.provider.rpartition("/")[2].lower(), asked.kind, version[0]


def _with(url: str, version: str) -> str:
    return _VERSION.sub(version, url)
