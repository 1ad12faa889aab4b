"""The policies of the SDK clients' pipelines: named, retried, read-only, http on loopback only.

Each sends on by itself: azure-core's way to run a policy that only has hooks costs more than what
the policies here do.
"""

from math import isfinite
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import AsyncHTTPPolicy, AsyncRetryPolicy, UserAgentPolicy
from azure.core.pipeline.transport import AsyncHttpTransport
from azure.core.rest import AsyncHttpResponse, HttpRequest

from residency import __version__
from residency.azure.credentials import is_loopback
from residency.azure.quotas import resets_after
from residency.errors import AzureError

_LEAST_BACKOFF_SECONDS = 0.2
GRAPH_PATH = "/providers/microsoft.resourcegraph/resources"

_Policy = AsyncHTTPPolicy[HttpRequest, AsyncHttpResponse]
_Request = PipelineRequest[HttpRequest]
_Response = PipelineResponse[HttpRequest, AsyncHttpResponse]


class Named(_Policy):
    """Says who asks, and gives each request an id for Azure's support: it keeps that in a retry."""

    def __init__(self) -> None:
        """Read the environment (AZURE_HTTP_USER_AGENT) once."""
        self._user_agent = UserAgentPolicy(user_agent=f"residency/{__version__}").user_agent

    async def send(self, request: _Request) -> _Response:
        """Put both in the headers."""
        headers = request.http_request.headers
        headers["User-Agent"] = self._user_agent
        headers["x-ms-client-request-id"] = str(uuid4())
        return await self.next.send(request)


class PlainHttpOnLoopback(_Policy):
    """Lets a token go over plain http, to this machine only (the simulator)."""

    async def send(self, request: _Request) -> _Response:
        """Lift azure-core's https rule for a loopback address."""
        url = request.http_request.url
        if not url.startswith("https:") and is_loopback(url):
            request.context.options["enforce_https"] = False
        return await self.next.send(request)


class ReadOnly(_Policy):
    """Refuses whatever is not a GET, or the POST that asks Resource Graph.

    It stands last, so that what other policies change or send again is refused as well.
    """

    async def send(self, request: _Request) -> _Response:
        """Raise AzureError for a request that could change something."""
        sent = request.http_request
        if sent.method != "GET":
            path = urlsplit(sent.url).path.lower().rstrip("/")
            if sent.method != "POST" or path != GRAPH_PATH:
                raise AzureError(
                    f"refused to send {sent.method} {path}: this monitor only reads",
                    code="ReadOnly",
                )
        return await self.next.send(request)


class RetryReads(AsyncRetryPolicy[HttpRequest, AsyncHttpResponse]):
    """azure-core's retries for a client whose every request is a read, its POST included.

    azure-core itself repeats no POST after a reset, a 502 or a 429 without Retry-After, waits as
    long as any Retry-After says, and ends in a ValueError where it cannot read one. A request that
    brings `again` (see `Turn.again`) waits by that, which knows the quotas and the deadline.
    """

    def configure_retries(self, options: dict[str, Any]) -> dict[str, Any]:
        """Let a POST be sent again like a GET."""
        again = options.pop("again", None)
        settings = super().configure_retries(options)
        return settings | {"methods": frozenset({"GET", "POST"}), "again": again}

    async def sleep(
        self,
        settings: dict[str, Any],
        transport: AsyncHttpTransport[Any, Any],
        response: PipelineResponse[Any, Any] | None = None,
    ) -> None:
        """Wait until the request may be sent again. Raises what `again` raises."""
        if response is not None:
            await response.http_response.close()  # unread, it would keep its connection open
        if settings["again"] is None:
            await super().sleep(settings, transport, response)
            return
        asked = self.get_retry_after(response) if response else None
        headers = response.http_response.headers if response else {}
        backoff = max(_LEAST_BACKOFF_SECONDS, self.get_backoff_time(settings))
        await settings["again"](headers, asked or 0.0, backoff)

    def get_retry_after(self, response: PipelineResponse[Any, Any]) -> float | None:
        """Give the seconds that Azure asks to wait, in whichever header, or None."""
        try:
            asked = super().get_retry_after(response)
        except ValueError:
            asked = None
        if asked is None or not isfinite(asked) or asked <= 0:
            asked = resets_after(response.http_response.headers)
        return asked or None
