"""A tenant with an authority of its own, over real TLS, and every way to sign in to it."""

import asyncio
import json
import logging
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from residency.check import Catalogue, load_catalogue
from residency.scan import Scan, scan
from residency.settings import Settings
from residency.simulator.app import create_app
from residency.simulator.authority import Application, Authority, Federated
from residency.simulator.authority_app import create_authority
from residency.simulator.estate.bodies import Group
from residency.simulator.estate.storage import storage_account
from residency.simulator.server import serve_app
from residency.simulator.simulator import Simulator
from residency.simulator.tls import Tls, issue
from residency.simulator.world import Estate, Subscription

TENANT = "99999999-0000-4000-8000-000000000009"
CLIENT = "cccccccc-0000-4000-8000-00000000000c"
SYSTEM, ASSIGNED = "dddddddd-0000-4000-8000-00000000000d", "eeeeeeee-0000-4000-8000-00000000000e"
SECRET = "canary-client-secret"  # noqa: S105 - made up
HEADER = "canary-identity-header"
ISSUER, SUBJECT = "https://cluster.example/issuer", "system:serviceaccount:residency:residency"
MAIN = Subscription(id="aaaaaaaa-0000-4000-8000-000000000001", name="main")
DATA = Group(subscription=MAIN, name="rg-data", tags={})
PREFIXES = ("AZURE_", "IDENTITY_", "MSI_", "IMDS_", "RESIDENCY_")
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


def estate() -> Estate:
    group = {
        "id": DATA.id,
        "name": DATA.name,
        "type": "Microsoft.Resources/resourceGroups",
        "location": "westeurope",
        "properties": {"provisioningState": "Succeeded"},
    }
    return Estate(
        tenant_id=TENANT,
        management_group="mg-small",
        subscriptions=(MAIN,),
        resource_groups=(group,),
        resources=tuple(storage_account(DATA, f"st{number}") for number in range(8)),
    )


class Stage:
    """One server for all tests: each puts its own application on it, and what follows a request."""

    def __init__(self) -> None:
        self.app: ASGIApp | None = None
        self.after: Callable[[], None] = lambda: None
        self.url = ""
        self.peers: set[tuple[str, int]] = set()
        self.refusals_late_by_seconds = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None
        self.peers.add(scope["client"])
        await self.app(scope, receive, self._late(send))
        self.after()

    def _late(self, send: Send) -> Send:
        """Let the body of a 401 come later than its head."""
        refused = False

        async def late(message: Message) -> None:
            nonlocal refused
            refused = refused or message.get("status") == HTTPStatus.UNAUTHORIZED
            if refused and message["type"] == "http.response.body":
                await asyncio.sleep(self.refusals_late_by_seconds)
            await send(message)

        return late


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What the cluster and the application sign with; slow to make, so made once."""

    cluster: str
    cluster_public: str
    stranger: str
    stranger_public: str
    certificate: str
    certificate_public: str


@dataclass
class Cloud:
    """The simulated Azure, its authority, and this machine's environment.

    Attributes:
        canaries: Secrets and assertions that were shown; tokens are added by `secrets`.
    """

    arm: Stage
    login: Stage
    plain: Stage
    tls: Tls
    keys: Keys
    folder: Path
    catalogue: Catalogue
    simulator: Simulator
    authority: Authority
    set: Callable[[str, str], None]
    canaries: list[str] = field(default_factory=lambda: [SECRET, HEADER])

    def settings(self, kind: str, **azure: Any) -> Settings:
        base = {"endpoint": self.arm.url, "credential": kind, "ca_bundle": str(self.tls.ca)}
        document = {
            "azure": base | azure,
            "scope": {"subscriptions": [{"id": MAIN.id, "name": MAIN.name}]},
            "scan": {"deadline": "60s"},
        }
        return Settings.model_validate(document)

    def scan(self, kind: str, **azure: Any) -> Scan:
        return self.scan_with(self.settings(kind, **azure))

    def scan_with(self, settings: Settings) -> Scan:
        return asyncio.run(scan(settings, self.catalogue))

    def secrets(self) -> list[str]:
        """Give everything that nobody may ever read."""
        return [*self.canaries, *self.authority.issued]

    def use(self, way: str) -> str:
        """Prepare this machine for a way to sign in; give the kind to configure."""
        WAYS[way](self)
        return way.split(maxsplit=1)[0]

    def variables(self, **values: str) -> None:
        self.set("AZURE_AUTHORITY_HOST", self.login.url)
        for name, value in values.items():
            self.set(name, value)

    def rotate_cluster_key(self) -> None:
        """Let the cluster sign with another key, and mount a token that it signed."""
        (application,) = self.authority.applications
        assert application.federated
        federated = replace(application.federated, key=self.keys.stranger_public)
        self.authority.applications = (replace(application, federated=federated),)
        self.token_file(self.assertion(self.keys.stranger))

    def assertion(self, key: str = "", **claims: object) -> str:
        """Sign a service account's token as the cluster does."""
        now = datetime.now(UTC)
        said = {
            "iss": ISSUER,
            "sub": SUBJECT,
            "aud": ["api://AzureADTokenExchange"],
            "iat": now,
            "exp": now + timedelta(hours=1),
        }
        token = jwt.encode(said | claims, key or self.keys.cluster, algorithm="RS256")
        self.canaries.append(token)
        return token

    def token_file(self, content: str | None = None) -> Path:
        path = self.folder / "azure-identity-token"
        path.write_text(self.assertion() if content is None else content)
        return path

    def az(self, script: str) -> None:
        """Put an `az` of our own on an otherwise ordinary PATH."""
        path = self.folder / "bin" / "az"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        self.set("PATH", f"{path.parent}{os.pathsep}/usr/bin{os.pathsep}/bin")

    def az_answer(self, **more: Any) -> dict[str, Any]:
        """Give what `az account get-access-token --output json` prints."""
        token = self.authority.issue(self.arm.url, "az")
        expires = token.expires_at.timestamp()
        local = datetime.fromtimestamp(expires).astimezone()
        return {
            "accessToken": token.token,
            "expiresOn": f"{local:%Y-%m-%d %H:%M:%S.%f}",
            "expires_on": int(expires),
            "subscription": MAIN.id,
            "tenant": TENANT,
            "tokenType": "Bearer",
        } | more


def _federated(cloud: Cloud) -> None:
    cloud.variables(
        AZURE_TENANT_ID=TENANT,
        AZURE_CLIENT_ID=CLIENT,
        AZURE_FEDERATED_TOKEN_FILE=str(cloud.token_file()),
    )


def _secret(cloud: Cloud) -> None:
    cloud.variables(AZURE_TENANT_ID=TENANT, AZURE_CLIENT_ID=CLIENT, AZURE_CLIENT_SECRET=SECRET)


def _certificate(cloud: Cloud) -> None:
    path = cloud.folder / "client.pem"
    path.write_text(cloud.keys.certificate)
    cloud.variables(
        AZURE_TENANT_ID=TENANT,
        AZURE_CLIENT_ID=CLIENT,
        AZURE_CLIENT_CERTIFICATE_PATH=str(path),
    )


def _imds(cloud: Cloud) -> None:
    cloud.variables(AZURE_POD_IDENTITY_AUTHORITY_HOST=cloud.plain.url)


def _user_assigned(cloud: Cloud) -> None:
    cloud.variables(AZURE_POD_IDENTITY_AUTHORITY_HOST=cloud.plain.url, AZURE_CLIENT_ID=ASSIGNED)


def _app_service(cloud: Cloud) -> None:
    cloud.variables(IDENTITY_ENDPOINT=f"{cloud.plain.url}/msi/token", IDENTITY_HEADER=HEADER)


def _cli(cloud: Cloud) -> None:
    answer = cloud.folder / "answer.json"
    answer.write_text(json.dumps(cloud.az_answer(), indent=2))
    cloud.az(f'echo "$*" >> {cloud.folder}/calls\ncat {answer}')


WAYS: Mapping[str, Callable[[Cloud], None]] = {
    "workload-identity": _federated,
    "managed-identity of a machine": _imds,
    "managed-identity that is user-assigned": _user_assigned,
    "managed-identity of App Service": _app_service,
    "environment with a secret": _secret,
    "environment with a certificate": _certificate,
    "azure-cli": _cli,
    "default with a federated token": _federated,
    "default with a secret": _secret,
    "default with App Service": _app_service,
}


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def _pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def _public(key: rsa.RSAPrivateKey) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def _certified(key: rsa.RSAPrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "residency")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return _pem(key) + certificate.public_bytes(serialization.Encoding.PEM).decode()


@pytest.fixture(scope="session")
def keys() -> Keys:
    cluster, own, stranger = (rsa.generate_private_key(65537, 2048) for _ in range(3))
    return Keys(
        cluster=_pem(cluster),
        cluster_public=_public(cluster),
        stranger=_pem(stranger),
        stranger_public=_public(stranger),
        certificate=_certified(own),
        certificate_public=_public(own),
    )


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    return issue(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="session")
def stages(tls: Tls) -> Iterator[tuple[Stage, Stage, Stage]]:
    """Azure Resource Manager and the authority over TLS, instance metadata over plain http."""
    arm, login, plain = Stage(), Stage(), Stage()
    with (
        serve_app(arm, tls=tls) as arm.url,
        serve_app(login, tls=tls) as login.url,
        serve_app(plain) as plain.url,
    ):
        yield arm, login, plain


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture
def cloud(
    stages: tuple[Stage, Stage, Stage],
    tls: Tls,
    keys: Keys,
    catalogue: Catalogue,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Cloud:
    """A tenant of its own for each test, and an environment that knows nothing of Azure."""
    for name in os.environ:
        if name.startswith(PREFIXES) or name in PROXIES:
            monkeypatch.delenv(name)
    arm, login, plain = stages
    application = Application(
        client_id=CLIENT,
        secret=SECRET,
        certificate_key=keys.certificate_public,
        federated=Federated(issuer=ISSUER, subject=SUBJECT, key=keys.cluster_public),
    )
    authority = Authority(
        tenant_id=TENANT,
        applications=(application,),
        managed_identities=(SYSTEM, ASSIGNED),
        identity_header=HEADER,
    )
    simulator = Simulator(estate())
    simulator.authority = authority
    arm.app, login.app = create_app(simulator), create_authority(authority)
    plain.app = create_authority(authority)
    for stage in stages:
        stage.after, stage.refusals_late_by_seconds = lambda: None, 0.0
        stage.peers.clear()
    return Cloud(
        arm=arm,
        login=login,
        plain=plain,
        tls=tls,
        keys=keys,
        folder=tmp_path,
        catalogue=catalogue,
        simulator=simulator,
        authority=authority,
        set=monkeypatch.setenv,
    )


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """Give everything that was logged, at every level."""
    caplog.set_level(logging.DEBUG)
    return lambda: caplog.text
