"""The simulator over HTTP: authentication, faults, quotas, the journal, and then the answer."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from residency.simulator import arm, control, resource_graph
from residency.simulator.answers import Answer, Refusal
from residency.simulator.api_versions import check_api_version
from residency.simulator.faults import Effect, Fault, spoil
from residency.simulator.journal import Call, api_of, kind_of, subscription_of
from residency.simulator.limits import arm_limit, graph_limit
from residency.simulator.request import Request
from residency.simulator.simulator import Simulator

_GRAPH = "/providers/microsoft.resourcegraph/resources"
_CONTROL = "/_control/"
_ALL_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def create_app(simulator: Simulator) -> Starlette:
    """Give the ASGI application that answers as Azure Resource Manager."""

    async def endpoint(http: HttpRequest) -> Response:
        request = await _request_of(http)
        if request.path.startswith(_CONTROL):
            return await run_in_threadpool(_control, simulator, request)
        return await _respond(simulator, request)

    return Starlette(routes=[Route("/{path:path}", endpoint, methods=_ALL_METHODS)])


async def _request_of(http: HttpRequest) -> Request:
    token = http.headers.get("authorization", "")
    return Request(
        method=http.method,
        base_url=str(http.base_url).rstrip("/"),
        path=http.url.path.rstrip("/") or "/",
        query={name.lower(): value for name, value in http.query_params.items()},
        principal=token if token.lower().startswith("bearer ") else "",
        body=await http.body(),
    )


def _control(simulator: Simulator, request: Request) -> Response:
    action = request.path.removeprefix(_CONTROL)
    return _response(control.perform(simulator, action, request.body), {})


async def _respond(simulator: Simulator, request: Request) -> Response:
    faults = simulator.faults.drawn(request.method, request.path, api_of(request.path))
    wait = simulator.behaviour.latency_seconds
    wait += sum(one.delay_seconds for one in faults)
    if wait:
        await asyncio.sleep(wait)
    abrupt = next((one for one in faults if one.effect in {Effect.RESET, Effect.TRUNCATE}), None)
    answer, headers = await run_in_threadpool(_faulty_answer, simulator, request, faults)
    is_reset = abrupt is not None and abrupt.effect is Effect.RESET
    _note(simulator, request, 0 if is_reset else answer.status)
    if abrupt is not None:
        return BrokenResponse(answer.body, status_code=answer.status, sends_half=not is_reset)
    return _response(answer, headers)


def _faulty_answer(
    simulator: Simulator, request: Request, faults: list[Fault]
) -> tuple[Answer, Mapping[str, str]]:
    effects = {one.effect for one in faults}
    stopped = next((one for one in faults if one.effect is Effect.STATUS), None)
    if stopped is not None:
        return stopped.answer(), {}
    asked = request
    if Effect.LOOP in effects:
        asked = _first_page(request)
    if Effect.EXPIRED_TOKEN in effects and _has_token(request):
        return Refusal(400, "BadRequest", "The skip token has expired.").answer(), {}
    answer, headers = _answer(simulator, asked)
    for fault in faults:
        answer = spoil(fault, answer, request.body, request.link())
    return answer, headers


def _has_token(request: Request) -> bool:
    return b'"$skipToken"' in request.body or "$skiptoken" in request.query


def _first_page(request: Request) -> Request:
    query = {name: value for name, value in request.query.items() if name != "$skiptoken"}
    return replace(request, query=query, body=resource_graph.rewind(request.body))


def _answer(simulator: Simulator, request: Request) -> tuple[Answer, Mapping[str, str]]:
    headers: Mapping[str, str] = {}
    try:
        _check_request(simulator, request)
        if request.method == "POST":
            with simulator.at_rest():
                headers = graph_limit(simulator, request)
            return resource_graph.ask(simulator, request.body), headers
        with simulator.at_rest():
            headers = arm_limit(simulator, request)
            return arm.read(simulator, request), headers
    except Refusal as refusal:
        return refusal.answer(), headers


def _check_request(simulator: Simulator, request: Request) -> None:
    if _is_breach(request):
        message = f"The http method '{request.method}' is not supported here."
        raise Refusal(405, "MethodNotAllowed", message)
    if not request.principal:
        raise _unauthenticated(simulator)
    if simulator.authority is not None:
        simulator.authority.check(request.principal, request.base_url)
    if request.method == "POST":
        namespace = "Microsoft.ResourceGraph"
        check_api_version(request.query.get("api-version"), namespace, "resources", "")


def _is_breach(request: Request) -> bool:
    return request.method != "GET" and not (request.method == "POST" and request.key == _GRAPH)


def _unauthenticated(simulator: Simulator) -> Refusal:
    authority = f"https://login.microsoftonline.com/{simulator.tenant.tenant_id}"
    message = "Authentication failed. The 'Authorization' header is missing."
    challenge = (
        f'Bearer authorization_uri="{authority}", error="invalid_token", '
        'error_description="The authentication scheme of null is not supported."'
    )
    return Refusal(401, "AuthenticationFailed", message, headers={"WWW-Authenticate": challenge})


def _note(simulator: Simulator, request: Request, status: int) -> None:
    table = resource_graph.table_asked(request.body) if request.key == _GRAPH else ""
    call = Call(
        method=request.method,
        path=request.path,
        query=request.query,
        api=api_of(request.path),
        kind=kind_of(request.path, table),
        subscription=subscription_of(request.path),
        status=status,
        time=simulator.clock(),
    )
    simulator.journal.record(call, breach=_is_breach(request))


def _response(answer: Answer, headers: Mapping[str, str]) -> Response:
    one = str(uuid4())
    ours = {
        "Content-Type": "application/json; charset=utf-8",
        "Cache-Control": "no-cache",
        "x-ms-request-id": one,
        "x-ms-correlation-request-id": one,
    }
    return Response(
        answer.body, status_code=answer.status, headers={**ours, **headers, **answer.headers}
    )


class BrokenResponse(Response):
    """An answer that ends too early: half of the body, or nothing at all and a reset."""

    def __init__(self, content: bytes, *, status_code: int, sends_half: bool) -> None:
        """Promise the whole `content`."""
        super().__init__(content, status_code=status_code, media_type="application/json")
        self._sends_half = sends_half

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Send what is to be sent, and break the connection."""
        if self._sends_half:
            start: dict[str, Any] = {"type": "http.response.start", "status": self.status_code}
            await send({**start, "headers": self.raw_headers})
            half = self.body[: len(self.body) // 2]
            await send({"type": "http.response.body", "body": bytes(half), "more_body": True})
        scope["state"]["break_connection"](reset=not self._sends_half)
