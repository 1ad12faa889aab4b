"""What goes with a request: who asks, an id for support, a proxy of the environment; no more."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from residency import __version__
from residency.azure import open_session
from residency.settings import AzureSettings

EMPTY = b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\nConnection: close\r\n\r\n" + b'{"value":[]}'
BUSY = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
LOOKED_AT = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")

Heard = list[Mapping[str, str]]
Read = Callable[..., Heard]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Read:
    """Read a list twice from a server that is Azure and the proxy as well; gives what it heard."""
    for name in LOOKED_AT:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    heard: Heard = []

    async def run(answers: list[bytes], environment: Mapping[str, str]) -> None:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            first, *lines = head.rstrip().splitlines()
            headers = dict(line.lower().split(": ", 1) for line in lines)
            heard.append({"first": first} | headers)
            writer.write(answers.pop(0) if answers else EMPTY)
            await writer.drain()
            writer.close()

        async with await asyncio.start_server(answer, "127.0.0.1") as server:
            here = "{}:{}".format(*server.sockets[0].getsockname())
            for name, value in environment.items():
                monkeypatch.setenv(name, value.replace("HERE", here))
            azure = AzureSettings(endpoint=f"http://{here}", credential="none")
            async with open_session(azure, timedelta(seconds=20)) as arm:
                for _ in range(2):
                    await arm.list("/subscriptions", api_version="2022-12-01")

    def of(answers: tuple[bytes, ...] = (), **environment: str) -> Heard:
        asyncio.run(run(list(answers), environment))
        return heard

    return of


def test_azure_is_told_who_asks(read: Read) -> None:
    for request in read(AZURE_HTTP_USER_AGENT="Pid-1"):
        assert request["user-agent"].startswith(f"residency/{__version__} azsdk-python-")
        assert request["user-agent"].endswith(" pid-1")


def test_a_request_has_an_id_for_support_and_keeps_it_when_it_is_sent_again(read: Read) -> None:
    first, again, other = (UUID(each["x-ms-client-request-id"]) for each in read((BUSY,)))
    assert first == again != other


def test_without_a_proxy_in_the_environment_azure_is_asked_itself(read: Read) -> None:
    for request in read():
        assert request["first"].startswith("GET /subscriptions?")


def test_a_proxy_of_the_environment_is_asked_and_signed_in_to(read: Read) -> None:
    for request in read(HTTP_PROXY="http://me:word@HERE"):
        assert request["first"].startswith("GET http://127.0.0.1:")
        assert request["proxy-authorization"].startswith("basic ")
        assert request["authorization"] == "bearer simulator"


def test_an_address_that_passes_the_proxy_by_is_asked_itself(read: Read) -> None:
    for request in read(HTTP_PROXY="http://HERE", NO_PROXY="127.0.0.1"):
        assert request["first"].startswith("GET /subscriptions?")


def test_a_password_of_this_machine_does_not_go_to_azure(read: Read, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login me password canary\n")
    netrc.chmod(0o600)
    for request in read(NETRC=str(netrc)):
        assert request["authorization"] == "bearer simulator"
