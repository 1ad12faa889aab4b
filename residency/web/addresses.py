"""Opens the address to listen on, if it is safe to."""

import asyncio
import errno
import socket
from dataclasses import dataclass

from residency.errors import ConfigError
from residency.web.hosts import is_loopback

FLAG = "--listen-anywhere"
"""The option of the command line that allows an address beyond this machine without TLS."""

_BACKLOG = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to listen: a host as it was written, and what it stands for."""

    host: str
    port: int
    addresses: tuple[tuple[socket.AddressFamily, str], ...]

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return all(is_loopback(address) for _, address in self.addresses)


async def find(listen: str) -> Place:
    """Look up what `host:port` stands for.

    Raises:
        ConfigError: No such host.
    """
    host, _, port = listen.rpartition(":")
    loop = asyncio.get_running_loop()
    name = host.removeprefix("[").removesuffix("]")
    try:
        found = await loop.getaddrinfo(name, int(port), type=socket.SOCK_STREAM)
    except OSError:
        raise ConfigError(
            f"web.listen: the host of {listen} is not known: give an address of this machine"
        ) from None
    addresses = dict.fromkeys((family, str(address[0])) for family, *_, address in found)
    return Place(host=host, port=int(port), addresses=tuple(addresses))


def require_safe(listen: str, place: Place, *, has_tls: bool, anywhere: bool) -> None:
    """Refuse to show the state to a network in the clear, unless that is meant.

    Raises:
        ConfigError: Says what to do.
    """
    if place.is_loopback or has_tls or anywhere:
        return
    raise ConfigError(
        f"web.listen: {listen} can be reached from other machines, and there is no TLS: set"
        " tls_server_config in web.config_file (docs/web.md), or listen on 127.0.0.1, or say"
        f" {FLAG} if something before it protects it"
    )


def listen_on(listen: str, place: Place) -> list[socket.socket]:
    """Open a socket for each address; with port 0 all take the port that the first was given.

    Raises:
        ConfigError: None can be opened, or one is taken.
    """
    opened: list[socket.socket] = []
    port = place.port
    try:
        for family, address in place.addresses:
            if one := _open(family, address, port):
                opened.append(one)
                port = one.getsockname()[1]
    except OSError as error:
        for one in opened:
            one.close()
        raise _refusal(listen, error) from None
    if not opened:
        raise _refusal(listen, OSError(errno.EADDRNOTAVAIL, "not an address of this machine"))
    return opened


def _open(family: socket.AddressFamily, address: str, port: int) -> socket.socket | None:
    """Give a socket that listens, or None where this machine has no such address."""
    # asyncio sends small writes at once only where the protocol is named (TCP_NODELAY).
    one = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind((address, port))
        one.listen(_BACKLOG)
    except OSError as error:
        one.close()
        if error.errno == errno.EADDRNOTAVAIL:
            return None
        raise
    one.setblocking(False)  # noqa: FBT003 - its name says which
    return one


def _refusal(listen: str, error: OSError) -> ConfigError:
    reason = (error.strerror or "no reason given").lower()
    return ConfigError(
        f"web.listen: cannot listen on {listen} ({reason}): set another address or port, or stop"
        " what uses it"
    )
