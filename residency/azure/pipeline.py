"""Policies that stand in the SDK's own pipelines: read-only, http on loopback only, retries."""

from typing import Any
from urllib.parse import urlsplit

from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import AsyncRetryPolicy, SansIOHTTPPolicy
from azure.core.rest import AsyncHttpResponse, HttpRequest

from residency.azure.credentials import is_loopback
from residency.azure.quotas import resets_after
from residency.errors import AzureError

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

    azure-core itself repeats no POST after a reset, a 502 or a 429 without Retry-After, and a
    Retry-After that it cannot read ends in a ValueError.
    """

    def configure_retries(self, options: dict[str, Any]) -> dict[str, Any]:
        """Let a POST be sent again like a GET."""
        return super().configure_retries(options) | {"methods": frozenset({"GET", "POST"})}

    def get_retry_after(self, response: PipelineResponse[Any, Any]) -> float | None:
        """Give the seconds that Azure asks to wait, in whichever header, or None."""
        try:
            asked = super().get_retry_after(response)
        except ValueError:
            asked = None
        return asked or resets_after(response.http_response.headers) or None
