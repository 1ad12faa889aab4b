"""How TLS is trusted on the way to Azure and to its authority: one rule for both."""

import ssl
from typing import Any
from urllib.request import getproxies

import aiohttp
from azure.core.exceptions import ServiceRequestError
from azure.core.pipeline.transport import AioHttpTransport

from residency.errors import ConfigError, Unavailable
from residency.settings import AzureSettings

_PROXIED = frozenset({"http", "https"})


def trusted(azure: AzureSettings) -> ssl.SSLContext | None:
    """Give the certificates to trust; None: those of this machine.

    Raises:
        ConfigError: `azure.ca_bundle` holds no certificate.
    """
    if azure.ca_bundle is None:
        return None
    try:
        return ssl.create_default_context(cafile=azure.ca_bundle)
    except (ssl.SSLError, OSError) as error:
        raise ConfigError(
            f"azure.ca_bundle: {azure.ca_bundle} holds no certificate that can be read: give a file"
            " with certificates in PEM form"
        ) from error


class Transport(AioHttpTransport):  # type: ignore[misc] # azure-core exports it untyped
    """azure-core's transport that loads `azure.ca_bundle` once, and says whom it does not trust.

    azure-core itself, told to verify with a file, reads that file for every request and shares no
    connection between requests.
    """

    def __init__(
        self, trusted: ssl.SSLContext | None, *, connect_seconds: float, read_seconds: float
    ) -> None:
        """Trust what is given, or where that is None what this machine trusts."""
        # aiohttp looks for a proxy in the environment, and in ~/.netrc, for every request anew.
        self._proxied = not _PROXIED.isdisjoint(getproxies())
        super().__init__(
            connection_timeout=connect_seconds,
            read_timeout=read_seconds,
            use_env_settings=self._proxied,
        )
        self._trusted = trusted

    async def open(self) -> None:
        """Open the connections, with proxies taken from the environment."""
        if self._trusted is not None:
            self.session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=self._trusted),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=self._proxied,
            )
            self._trusted = None
        await super().open()

    async def send(self, request: Any, **options: Any) -> Any:  # noqa: ANN401 - azure-core has two kinds
        """Send a request. Raises Unavailable, at once, for a certificate that is not trusted."""
        try:
            return await super().send(request, **options)
        except ServiceRequestError as error:
            cause = error.__cause__
            if isinstance(cause, aiohttp.ClientConnectorCertificateError):
                raise _untrusted(cause) from error
            raise


def _untrusted(error: aiohttp.ClientConnectorCertificateError) -> Unavailable:
    """Say which host is not trusted, why, and which setting decides."""
    found = error.certificate_error
    why = found.verify_message if isinstance(found, ssl.SSLCertVerificationError) else str(found)
    advice = (
        "correct the address, or have the certificate issued for this name"
        if "mismatch" in why
        else "set azure.ca_bundle to a file with the certificates of the authority that issued it"
    )
    return Unavailable(
        f"the certificate of {error.host}:{error.port} is not trusted ({why.rstrip('.')}):"
        f" {advice}",
        code="UntrustedCertificate",
    )
