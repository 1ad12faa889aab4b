"""Who asks: what the listener knows of a caller, and whether it is on this machine."""

from starlette.requests import Request

from residency.web.hosts import is_loopback

KNOWN = "known_caller"
"""Key of a request's state under which the listener says that it knows the caller."""

_BEARER = "bearer"
_PROXIES = ("forwarded", "via", "x-forwarded-for", "x-real-ip")


def is_known(request: Request) -> bool:
    """Whether it is a user, or showed a client certificate; so is whoever has this machine."""
    return bool(request.scope.get("state", {}).get(KNOWN)) or _is_local(request)


def came_in_private(request: Request) -> bool:
    """Whether nobody on the way could read what it shows: over TLS, or on this machine."""
    return request.url.scheme == "https" or _is_here(request)


def address_of(request: Request) -> str:
    """Give where it comes from."""
    return request.client.host if request.client else ""


def shown_token(authorization: str | None) -> str | None:
    """Give the token that a header shows, be it one or not; None where it shows none."""
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() if scheme.lower() == _BEARER else None


def _is_here(request: Request) -> bool:
    return request.client is not None and is_loopback(request.client.host)


def _is_local(request: Request) -> bool:
    """Behind a proxy on this machine, everybody would seem to be here."""
    return _is_here(request) and not any(name in request.headers for name in _PROXIES)
