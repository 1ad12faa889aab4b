"""The routes of the service."""

from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from residency.web.ack import ack_route
from residency.web.answers import failed, refused
from residency.web.api import api_routes
from residency.web.hooks import hook_route
from residency.web.served import Served

_FRONT = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>residency</title></head>
<body>
<h1>residency</h1>
<p>Shows where the data of every Azure resource is, and judges it against the promise.</p>
<ul>
<li><a href="/metrics">/metrics</a>: what Prometheus reads</li>
<li><a href="/api/v1/openapi.json">/api/v1/</a>: what programs read, described</li>
<li><a href="/-/healthy">/-/healthy</a>: whether this program runs</li>
<li><a href="/-/ready">/-/ready</a>: whether there is a state to serve</li>
</ul>
</body>
</html>
"""


def create_app(served: Served) -> ASGIApp:
    """Give the application over what the service serves; `listening` puts it on an address."""
    app = Starlette(
        routes=[
            Route("/", _front),
            Route("/metrics", _Pages(served).metrics),
            Route("/-/healthy", _healthy),
            Route("/-/ready", _Pages(served).ready),
            hook_route(served),
            *api_routes(served),
            Route("/api/v1/events/{subject}/ack", ack_route(served), methods=["POST"]),
        ],
        exception_handlers={HTTPException: refused, Exception: failed},
    )
    app.router.redirect_slashes = False  # a redirect would repeat the query, and so a key
    return app


async def _front(_request: Request) -> Response:
    return HTMLResponse(_FRONT)


async def _healthy(_request: Request) -> Response:
    return PlainTextResponse("The service runs.\n")


class _Pages:
    """What is read from the state."""

    def __init__(self, served: Served) -> None:
        self._served = served

    async def ready(self, _request: Request) -> Response:
        if reason := self._served.not_ready():
            return PlainTextResponse(f"{reason}\n", HTTPStatus.SERVICE_UNAVAILABLE)
        return PlainTextResponse("There is a state to serve.\n")

    async def metrics(self, request: Request) -> Response:
        if reason := self._served.not_ready():
            return PlainTextResponse(f"{reason}\n", HTTPStatus.SERVICE_UNAVAILABLE)
        body, headers = self._served.metrics(
            request.headers.get("accept", ""), request.headers.get("accept-encoding", "")
        )
        return Response(body, headers={"Vary": "Accept, Accept-Encoding", **headers})
