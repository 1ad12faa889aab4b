"""Whose certificates are trusted, and that no token leaves this machine in the clear."""

import asyncio
import ssl
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from residency.azure import open_session
from residency.azure.credentials import credential_for
from residency.azure.transport import trusted
from residency.errors import AccessDenied, AzureError, ConfigError, ResidencyError, Unavailable
from residency.settings import AzureSettings
from residency.simulator.server import serve_app
from residency.simulator.tls import issue

if TYPE_CHECKING:
    from tests.azure.conftest import Cloud

WITH_SECRET = "environment with a secret"  # noqa: S105 - a way to sign in


def test_an_authority_that_is_not_trusted_names_the_setting_that_decides(cloud: "Cloud") -> None:
    with pytest.raises(AccessDenied) as raised:
        cloud.scan(cloud.use(WITH_SECRET), ca_bundle=None)
    said = str(raised.value)
    assert said.startswith("azure.credential environment: could not sign in: the certificate of")
    assert cloud.login.url.removeprefix("https://") in said
    assert "set azure.ca_bundle to a file" in said
    assert cloud.authority.asked == []


def test_an_azure_that_is_not_trusted_names_the_setting_and_is_not_tried_again_and_again(
    cloud: "Cloud",
) -> None:
    cloud.use("managed-identity of a machine")
    since = time.monotonic()
    with pytest.raises(Unavailable, match=r"is not trusted .*set azure\.ca_bundle") as raised:
        cloud.scan("managed-identity", ca_bundle=None)
    assert raised.value.code == "UntrustedCertificate"
    assert cloud.arm.url.removeprefix("https://") in str(raised.value)
    assert time.monotonic() - since < 3
    assert cloud.simulator.requests == []


def test_a_certificate_for_another_name_is_not_taken_even_from_a_trusted_authority(
    cloud: "Cloud", tmp_path: Path
) -> None:
    other = issue(tmp_path, ["other.example"])
    cloud.use("managed-identity of a machine")
    with serve_app(cloud.arm, tls=other) as url:
        settings = {"endpoint": url, "ca_bundle": str(other.ca)}
        with pytest.raises(Unavailable, match=r"mismatch.*issued for this name"):
            cloud.scan("managed-identity", **settings)
    assert cloud.simulator.requests == []


def test_the_bundle_is_all_that_is_trusted(cloud: "Cloud", tmp_path: Path) -> None:
    stranger = issue(tmp_path)
    with pytest.raises(ResidencyError, match="is not trusted"):
        cloud.scan(cloud.use(WITH_SECRET), ca_bundle=str(stranger.ca))


@pytest.mark.parametrize("content", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nx"])
def test_a_bundle_without_a_certificate_is_a_mistake_in_the_configuration(
    cloud: "Cloud", tmp_path: Path, content: str
) -> None:
    path = tmp_path / "bundle.pem"
    path.write_text(content)
    with pytest.raises(ConfigError, match=r"azure\.ca_bundle: .*bundle\.pem holds no certificate"):
        cloud.scan(cloud.use(WITH_SECRET), ca_bundle=str(path))


def test_without_a_bundle_this_machine_decides() -> None:
    assert trusted(AzureSettings()) is None


def test_a_bundle_checks_names_and_certificates(cloud: "Cloud") -> None:
    context = trusted(cloud.settings("none").azure)
    assert context is not None
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED


def test_requests_in_a_row_share_one_connection_under_a_bundle(cloud: "Cloud") -> None:
    azure = cloud.settings(cloud.use(WITH_SECRET)).azure

    async def read() -> None:
        async with open_session(azure, timedelta(seconds=30)) as arm:
            for _ in range(5):
                await arm.list("/subscriptions", api_version="2022-12-01")

    asyncio.run(read())
    assert len(cloud.simulator.requests) == 5
    assert len(cloud.arm.peers) == 1


@pytest.mark.parametrize("endpoint", ["https://management.azure.com", "https://127.0.0.1.nip.io"])
def test_the_dummy_token_is_for_loopback_only(endpoint: str) -> None:
    azure = AzureSettings.model_validate({"endpoint": endpoint, "credential": "none"})
    with pytest.raises(ConfigError, match="none is for a loopback endpoint only"):
        credential_for(azure)


def test_no_token_goes_over_plain_http_to_another_machine(cloud: "Cloud") -> None:
    cloud.use(WITH_SECRET)
    open_settings = cloud.settings("environment")
    azure = open_settings.azure.model_copy(update={"endpoint": "http://management.example"})
    with pytest.raises(AzureError, match="https"):
        cloud.scan_with(open_settings.model_copy(update={"azure": azure}))
    assert cloud.authority.asked == []
