"""The authority over HTTP: token endpoint, instance metadata, App Service's managed identity.

https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
https://learn.microsoft.com/azure/app-service/overview-managed-identity
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from residency.simulator.answers import Refusal
from residency.simulator.authority import Authority, Issued, audience_of, refused

_IMDS_VERSION = "2018-02-01"
_APP_SERVICE_VERSION = "2019-08-01"

Handler = Callable[[Authority, Request], Awaitable[dict[str, Any]]]


def create_authority(authority: Authority) -> Starlette:
    """Give the ASGI application that gives out an authority's tokens."""

    def route(path: str, handler: Handler, method: str) -> Route:
        async def endpoint(http: Request) -> Response:
            return await _answered(authority, handler, http)

        return Route(path, endpoint, methods=[method])

    return Starlette(
        routes=[
            route("/{tenant}/v2.0/.well-known/openid-configuration", _configuration, "GET"),
            route("/{tenant}/oauth2/v2.0/token", _client_credentials, "POST"),
            route("/metadata/identity/oauth2/token", _instance_metadata, "GET"),
            route("/msi/token", _app_service, "GET"),
        ]
    )


async def _answered(authority: Authority, handler: Handler, http: Request) -> Response:
    try:
        if authority.hangs_seconds:
            await asyncio.sleep(authority.hangs_seconds)
        answer = await handler(authority, http)
    except Refusal as refusal:
        return _refusal(refusal)
    if authority.instead is not None:
        instead = authority.instead
        return Response(instead.body, status_code=instead.status, headers=dict(instead.headers))
    return JSONResponse(answer)


def _refusal(refusal: Refusal) -> JSONResponse:
    """Give the error as the authority writes it, with numbers for a support ticket."""
    trace, correlation = str(uuid4()), str(uuid4())
    ticket = f" Trace ID: {trace} Correlation ID: {correlation} Timestamp: 2026-01-01 00:00:00Z"
    body = {
        "error": refusal.code,
        "error_description": f"{refusal}{ticket}",
        "trace_id": trace,
        "correlation_id": correlation,
    }
    return JSONResponse(body, status_code=refusal.status)


async def _configuration(authority: Authority, http: Request) -> dict[str, Any]:
    tenant = http.path_params["tenant"]
    authority.asked.append(("openid-configuration", ""))
    base = f"{http.base_url}{tenant}"
    return {
        "token_endpoint": f"{base}/oauth2/v2.0/token",
        "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
        "issuer": f"{base}/v2.0",
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
    }


async def _client_credentials(authority: Authority, http: Request) -> dict[str, Any]:
    form = dict(parse_qsl((await http.body()).decode()))
    proof = "client_secret" if "client_secret" in form else "client_assertion"
    authority.asked.append((proof, form.get("claims", "")))
    issued = authority.prove(http.path_params["tenant"], form, str(http.url))
    seconds = authority.token_lifetime_seconds
    return {
        "token_type": "Bearer",
        "expires_in": seconds,
        "ext_expires_in": seconds,
        "access_token": issued.token,
    }


async def _instance_metadata(authority: Authority, http: Request) -> dict[str, Any]:
    authority.asked.append(("imds", ""))
    if http.headers.get("metadata") != "true":
        raise Refusal(400, "invalid_request", "Required metadata header not specified")
    return _managed(authority, http, _IMDS_VERSION)


async def _app_service(authority: Authority, http: Request) -> dict[str, Any]:
    authority.asked.append(("app-service", ""))
    if http.headers.get("x-identity-header") != authority.identity_header:
        raise Refusal(401, "unauthorized", "The X-IDENTITY-HEADER is not the right one.")
    return _managed(authority, http, _APP_SERVICE_VERSION)


def _managed(authority: Authority, http: Request, version: str) -> dict[str, Any]:
    if http.query_params.get("api-version") != version:
        raise Refusal(400, "bad_request_102", f"The api-version must be {version}.")
    client_id = http.query_params.get("client_id") or next(iter(authority.managed_identities), "")
    if client_id not in authority.managed_identities:
        raise Refusal(400, "invalid_request", "Identity not found")
    resource = http.query_params.get("resource", "")
    if not resource:
        raise refused(500014, "A resource is needed.", "invalid_resource")
    issued: Issued = authority.issue(audience_of(f"{resource}/.default"), client_id)
    return {
        "access_token": issued.token,
        "client_id": client_id,
        "expires_in": str(authority.token_lifetime_seconds),
        "expires_on": str(int(issued.expires_at.timestamp())),
        "resource": resource,
        "token_type": "Bearer",
    }
