"""The routes of the service."""

from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from residency.web.ack import ack_route
from residency.web.answers import API, failed, refused
from residency.web.api import api_routes
from residency.web.hooks import hook_route
from residency.web.page import page_routes, refused_page, wants_page
from residency.web.served import Served


def create_app(served: Served) -> ASGIApp:
    """Give the application over what the service serves; `listening` puts it on an address."""
    app = Starlette(
        routes=[
            Route("/metrics", _Pages(served).metrics),
            Route("/-/healthy", _healthy),
            Route("/-/ready", _Pages(served).ready),
            *page_routes(served),
            hook_route(served),
            *api_routes(served),
            Route("/api/v1/events/{subject}/ack", ack_route(served), methods=["POST"]),
        ],
        exception_handlers={HTTPException: _refused, Exception: failed},
    )
    app.router.redirect_slashes = False  # a redirect would repeat the query, and so a key
    return app


async def _refused(request: Request, error: Exception) -> Response:
    """Answer a browser with a page, and all else in a sentence."""
    if isinstance(error, HTTPException) and _is_for_people(request):
        return refused_page(error)
    return await refused(request, error)


def _is_for_people(request: Request) -> bool:
    return wants_page(request) and not request.url.path.startswith(API)


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
