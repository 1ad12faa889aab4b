"""Policies that stand in the SDK's own pipelines: read-only, http on loopback only, retries."""

from math import isfinite
from typing import Any
from urllib.parse import urlsplit

from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import AsyncRetryPolicy, SansIOHTTPPolicy
from azure.core.pipeline.transport import AsyncHttpTransport
from azure.core.rest import AsyncHttpResponse, HttpRequest

from residency.azure.credentials import is_loopback
from residency.azure.quotas import resets_after
from residency.errors import AzureError

_LEAST_BACKOFF_SECONDS = 0.2
GRAPH_PATH = "/providers/microsoft.resourcegraph/resources"


class ReadOnly(SansIOHTTPPolicy[HttpRequest, object]):
    """Refuses whatever is not a GET, or the POST that asks Resource Graph.

    It stands after the SDK's own policies, so that what those add (registering a resource
    provider, say) is refused as well.
    """

    def on_request(self, request: PipelineRequest[HttpRequest]) -> None:
        """Raise AzureError for a request that could change something."""
        sent = request.http_request
        path = urlsplit(sent.url).path.lower().rstrip("/")
        if sent.method == "GET" or (sent.method == "POST" and path == GRAPH_PATH):
            return
        raise AzureError(
            f"refused to send {sent.method} {path}: this monitor only reads", code="ReadOnly"
        )


class PlainHttpOnLoopback(SansIOHTTPPolicy[HttpRequest, object]):
    """Lets a token go over plain http, to this machine only (the simulator)."""

    def on_request(self, request: PipelineRequest[HttpRequest]) -> None:
        """Lift azure-core's https rule for a loopback address."""
        if is_loopback(request.http_request.url):
            request.context.options["enforce_https"] = False


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
