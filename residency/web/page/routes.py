"""The routes of the pages: who looks, what is read, and a page for each way in which that fails."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from residency.errors import StoreError
from residency.settings import Settings
from residency.store.reading.standing import Reader
from residency.web.callers import is_known
from residency.web.page.events import events
from residency.web.page.incident import incident
from residency.web.page.incidents import incidents
from residency.web.page.known import Kept
from residency.web.page.overview import overview
from residency.web.page.rendering import ICON, SCRIPT, STYLE, asset, asset_version, render
from residency.web.page.resource import resource
from residency.web.page.resources import resources
from residency.web.served import Busy, Served

_HTML = "text/html"
_ASSETS = {STYLE: "text/css", SCRIPT: "text/javascript", ICON: "image/svg+xml"}
_A_YEAR = "public, max-age=31536000, immutable"
_ASK = {"WWW-Authenticate": 'Basic realm="residency", charset="UTF-8"'}

View = Callable[[Reader, Settings, Request], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why there is no page."""

    status: int
    title: str
    said: str


def page_routes(served: Served) -> list[Route]:
    """Give the routes over what the service serves."""
    kept = Kept(served.standing)
    views: Mapping[str, tuple[str, View]] = {
        "/": ("overview", lambda reader, settings, _: overview(reader, settings, kept)),
        "/resources": (
            "resources",
            lambda reader, settings, request: resources(reader, settings, request.query_params),
        ),
        "/resource": (
            "resource",
            lambda reader, settings, request: resource(reader, settings, request.query_params),
        ),
        "/incidents": ("incidents", lambda reader, settings, _: incidents(reader, settings)),
        "/incident/{name}": (
            "incident",
            lambda reader, settings, request: incident(
                reader, settings, request.path_params["name"]
            ),
        ),
        "/events": (
            "events",
            lambda reader, _, request: events(reader, request.query_params.get("before")),
        ),
    }
    pages = [Route(path, _page(served, name, view)) for path, (name, view) in views.items()]
    return [*pages, *(Route(f"/static/{name}", _asset(name)) for name in _ASSETS)]


def wants_page(request: Request) -> bool:
    """Whether a browser asks, which shows people a page."""
    return _HTML in request.headers.get("accept", "")


def refused_page(error: HTTPException) -> Response:
    """Give a page that says what is wrong."""
    phrase = HTTPStatus(error.status_code).phrase
    said = error.detail if error.detail != phrase else "There is no such page here"
    view = Refusal(status=error.status_code, title=phrase, said=said)
    return _answer(render("refusal.html", view), error.status_code, error.headers)


def _page(served: Served, name: str, view: View) -> Callable[[Request], Awaitable[Response]]:
    async def page(request: Request) -> Response:
        try:
            _require_known(request)
            settings = served.settings()
            body = await served.read(
                lambda reader: render(f"{name}.html", view(reader, settings, request))
            )
        except HTTPException as error:
            return refused_page(error)
        except Busy:
            return refused_page(_later("Too many wait to read: come back later", 1))
        except StoreError as error:
            structlog.get_logger().warning("page not read", page=name, reason=str(error))
            return refused_page(_later("The store cannot be read now: the log says why", 30))
        return _answer_if_new(body, request)

    return page


def _require_known(request: Request) -> None:
    """Tokens are for programs: they open no page. Raises HTTPException: 401."""
    if not is_known(request):
        said = (
            "Only a known caller may look: show a user's password or a client certificate"
            " (docs/web.md)"
        )
        raise HTTPException(HTTPStatus.UNAUTHORIZED, said, _ASK)


def _later(said: str, seconds: int) -> HTTPException:
    return HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, said, {"Retry-After": str(seconds)})


def _answer(body: bytes, status: int, headers: Mapping[str, str] | None = None) -> Response:
    return Response(body, status, headers, media_type=_HTML)


def _answer_if_new(body: bytes, request: Request) -> Response:
    """Give a page, or say that the asker has it: it is made in any case, so that this is true."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": etag})
    return _answer(body, HTTPStatus.OK, {"ETag": etag})


def _asset(name: str) -> Callable[[Request], Awaitable[Response]]:
    async def give(request: Request) -> Response:
        """For long, where it is asked for by what is in it."""
        lasts = request.query_params.get("v") == asset_version(name)
        cached = {"Cache-Control": _A_YEAR} if lasts else {}
        return Response(asset(name), headers=cached, media_type=_ASSETS[name])

    return give
