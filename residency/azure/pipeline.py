"""Policies that stand in the SDK's own pipelines: read-only, and plain http on loopback only."""

from urllib.parse import urlsplit

from azure.core.pipeline import PipelineRequest
from azure.core.pipeline.policies import SansIOHTTPPolicy
from azure.core.rest import HttpRequest

from residency.azure.credentials import is_loopback
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
