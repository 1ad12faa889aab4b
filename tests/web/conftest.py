"""The service's web part on a real socket, the callers that ask it, and an authority for both."""

import asyncio
import http.client
import ipaddress
import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import bcrypt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from residency.errors import StoreError
from residency.settings import Settings
from residency.store.reading.standing import Reader
from residency.web import Listening, Served, create_app, listening

ACKNOWLEDGED_AT = datetime(2026, 10, 25, 2, 30, tzinfo=UTC)
KEY = b"canary-hook-key/with+signs=="
PASSWORD = "canary-password"  # noqa: S105 - made up
PEM = serialization.Encoding.PEM


@dataclass
class Desk:
    """A service that writes down what it is told."""

    keys: tuple[bytes, ...] = (KEY,)
    reason: str | None = None
    fault: Exception | None = None
    told_of: list[tuple[str, ...]] = field(default_factory=list)
    asked_as: list[tuple[str, str]] = field(default_factory=list)
    acknowledged: list[tuple[str, str, str]] = field(default_factory=list)
    seconds: float = 0.0

    def metrics(self, accept: str, accept_encoding: str) -> tuple[bytes, Mapping[str, str]]:
        if self.fault:
            raise self.fault
        self.asked_as.append((accept, accept_encoding))
        return b"residency_up 1\n", {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}

    def not_ready(self) -> str | None:
        return self.reason

    def settings(self) -> Settings:
        return Settings()

    def standing(self) -> None:
        return None

    async def read(self, ask: Callable[[Reader], Any]) -> Any:
        raise StoreError(f"There is no store here for {ask}")

    def hook_keys(self) -> tuple[bytes, ...]:
        return self.keys

    async def told(self, resource_ids: tuple[str, ...]) -> None:
        self.told_of.append(resource_ids)

    async def acknowledge(self, subject: str, role: str, note: str) -> tuple[int, datetime]:
        await asyncio.sleep(self.seconds)
        if subject == "404":
            raise StoreError("There is no event, episode or incident 404")
        self.acknowledged.append((subject, role, note))
        return 7, ACKNOWLEDGED_AT


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, kw_only=True)
class Site:
    """A running service and the desk behind it."""

    desk: Desk
    listening: Listening

    @property
    def port(self) -> int:
        return urlsplit(self.listening.url).port or 0

    def ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> Answer:
        """Ask on a connection of its own."""
        connection = self.connection(tls)
        try:
            connection.request(method, path, body, dict(headers or {}))
            got = connection.getresponse()
            return Answer(
                status=got.status,
                headers={name.lower(): value for name, value in got.getheaders()},
                body=got.read(),
            )
        finally:
            connection.close()

    def connection(self, tls: ssl.SSLContext | None = None) -> http.client.HTTPConnection:
        if tls:
            return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=10, context=tls)
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)

    def tell(self, body: object, headers: Mapping[str, str] | None = None) -> Answer:
        """Post a body to the hook with its key."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        shown = {"Authorization": f"Bearer {KEY.decode()}"} | dict(headers or {})
        return self.ask("POST", "/api/v1/hooks/azure", shown, content)


@contextmanager
def at(
    desk: Served, address: str, config_file: Path | None, *, anywhere: bool
) -> Iterator[Listening]:
    """Serve in a thread with a loop of its own, as uvicorn would be."""
    begun: Future[Listening] = Future()
    stop = threading.Event()

    async def run() -> None:
        async with listening(address, config_file, create_app(desk), anywhere=anywhere) as it:
            begun.set_result(it)
            while not stop.is_set():  # noqa: ASYNC110 - set by another thread
                await asyncio.sleep(0.01)

    def main() -> None:
        try:
            asyncio.run(run())
        except BaseException as error:
            if begun.done():
                raise
            begun.set_exception(error)

    thread = threading.Thread(target=main)
    thread.start()
    try:
        yield begun.result(20)
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


Serve = Callable[..., Site]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start services; all end with the test."""
    with ExitStack() as stack:

        def start(
            config_file: Path | None = None,
            *,
            desk: Desk | None = None,
            address: str = "127.0.0.1:0",
            anywhere: bool = False,
        ) -> Site:
            behind = desk or Desk()
            it = stack.enter_context(at(behind, address, config_file, anywhere=anywhere))
            return Site(desk=behind, listening=it)

        yield start


@pytest.fixture
def site(serve: Serve) -> Site:
    """A service on loopback without a web-config file."""
    return serve()


@pytest.fixture(scope="session")
def password_hash() -> str:
    return bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A certificate and its key, as files."""

    certificate: Path
    key: Path


class Authority:
    """Issues certificates for a day."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = folder / f"{name}.pem"
        own = self._begun(self._name, self._key.public_key())
        own = own.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        usage = x509.KeyUsage(
            digital_signature=True,
            key_cert_sign=True,
            crl_sign=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        )
        own = own.add_extension(usage, critical=True)
        self.certificate.write_bytes(own.sign(self._key, hashes.SHA256()).public_bytes(PEM))

    def issue(self, name: str, *alternatives: x509.GeneralName) -> Paper:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = self._begun(subject, key.public_key())
        if alternatives:
            made = made.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        paper = Paper(
            certificate=self._folder / f"{name}.crt.pem", key=self._folder / f"{name}.key.pem"
        )
        paper.certificate.write_bytes(made.sign(self._key, hashes.SHA256()).public_bytes(PEM))
        form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        paper.key.write_bytes(key.private_bytes(PEM, form, plain))
        return paper

    def server(self, name: str) -> Paper:
        """A certificate for this machine; `name` is its common name."""
        here = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
        return self.issue(name, here, x509.DNSName("localhost"))

    def _begun(self, subject: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        own = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(own, critical=False)
        )


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "authority")


@pytest.fixture
def other_authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "other-authority")


def trusting(authority: Authority, paper: Paper | None = None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(authority.certificate))
    if paper:
        context.load_cert_chain(paper.certificate, paper.key)
    return context


@pytest.fixture
def trust() -> Callable[..., ssl.SSLContext]:
    """Make a client that trusts an authority, and shows a certificate if it has one."""
    return trusting


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Write the web-config file."""

    def to_file(text: str) -> Path:
        path = tmp_path / "web.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return to_file
