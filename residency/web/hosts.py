"""Which names a caller may use for a service on loopback.

A page on the web can let its own name point at 127.0.0.1 and then read what listens there (DNS
rebinding). Its requests still carry its name.
"""

import ipaddress

from starlette.datastructures import Headers

_LOCAL = "localhost"


def is_loopback(address: str) -> bool:
    """Tell whether an IP address, perhaps an IPv4 one written as IPv6, is of this machine alone."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return bool((mapped or found).is_loopback)


def names_this_machine(headers: Headers) -> bool:
    """Tell whether `Host` is a name that only this machine answers to."""
    given = headers.getlist("host")
    if len(given) != 1:
        return False
    host = _without_port(given[0]).lower().removesuffix(".")
    return host == _LOCAL or host.endswith(f".{_LOCAL}") or is_loopback(host)


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]
