"""Which identity the monitor signs in with: chosen by configuration, never a stored secret.

azure-identity's asynchronous credentials ask the authority's token endpoint and nothing else: they
make no instance discovery, so that none has to be switched off for a private authority.
"""

import asyncio
import os
import ssl
import time
from pathlib import Path
from subprocess import TimeoutExpired
from typing import Any, Self, assert_never
from urllib.parse import urlsplit

from azure.core.credentials import AccessToken
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import ClientAuthenticationError

from residency.azure.sign_in import SignIn
from residency.azure.transport import Transport
from residency.errors import AccessDenied, ConfigError
from residency.settings import AzureSettings

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_TENANT, _CLIENT = "AZURE_TENANT_ID", "AZURE_CLIENT_ID"
_TOKEN_FILE = "AZURE_FEDERATED_TOKEN_FILE"  # noqa: S105 - the name of a variable
_SECRET, _CERTIFICATE = "AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH"
_CONNECT_SECONDS = 5.0
_READ_SECONDS = 20.0
_IMDS_CONNECT_SECONDS = 2.0
_IMDS_READ_SECONDS = 5.0
_CLI_SECONDS = 20


class DummyCredential:
    """A fixed token for a simulator on loopback; Azure itself would refuse it."""

    async def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:  # noqa: ANN401 - azure-core's protocol
        """Give the same harmless token each time."""
        return AccessToken("simulator", int(time.time()) + 3600)

    async def close(self) -> None:
        """Nothing is held open."""

    async def __aenter__(self) -> Self:
        """Enter without doing anything."""
        return self

    async def __aexit__(self, *_failure: object) -> None:
        """Leave without doing anything."""


class CliCredential:
    """The signed-in Azure CLI, run in a thread.

    azure-identity's asynchronous one leaves an `az` that hangs behind unreaped.
    """

    def __init__(self) -> None:
        """Find nothing out yet: `az` is run for a token only."""
        from azure.identity import AzureCliCredential  # noqa: PLC0415 - as slow as its aio

        self._credential = AzureCliCredential(process_timeout=_CLI_SECONDS)

    async def get_token(self, *scopes: str, **options: Any) -> AccessToken:  # noqa: ANN401 - azure-core's protocol
        """Give what `az account get-access-token` prints. Raises AccessDenied where it hangs."""
        try:
            return await asyncio.to_thread(self._credential.get_token, *scopes, **options)
        except ClientAuthenticationError as error:
            if isinstance(error.__cause__, TimeoutExpired):
                raise AccessDenied(
                    f"`az` did not answer within {_CLI_SECONDS} s: run"
                    " `az account get-access-token` to see why",
                    code="SignInFailed",
                ) from error
            raise

    async def close(self) -> None:
        """Nothing is held open."""

    async def __aenter__(self) -> Self:
        """Enter without doing anything."""
        return self

    async def __aexit__(self, *_failure: object) -> None:
        """Leave without doing anything."""


def is_loopback(endpoint: str) -> bool:
    """Whether an endpoint is on this machine."""
    return urlsplit(endpoint).hostname in _LOOPBACK


def credential_for(
    azure: AzureSettings, trusted: ssl.SSLContext | None = None
) -> AsyncTokenCredential:
    """Make the credential that the configuration names; `trusted` as for the clients.

    Raises:
        ConfigError: Something that the kind needs is missing, or `none` is used elsewhere than
            on loopback.
    """
    if azure.credential == "none":
        if not is_loopback(azure.endpoint):
            raise ConfigError("azure.credential: none is for a loopback endpoint only")
        return DummyCredential()
    try:
        return SignIn(azure.credential, lambda: _credential(azure, trusted))
    except (ValueError, OSError) as error:
        raise ConfigError(f"azure.credential {azure.credential}: {error}") from error


def _credential(azure: AzureSettings, trusted: ssl.SSLContext | None) -> AsyncTokenCredential:
    from azure.identity import aio  # noqa: PLC0415 - 0.3 s that a simulator run does not need

    match azure.credential:
        case "workload-identity":
            tenant, client, file = _needed("workload-identity", _TENANT, _CLIENT, _TOKEN_FILE)
            return aio.ClientAssertionCredential(
                tenant, client, lambda: federated_token(Path(file)), **_authority_options(trusted)
            )
        case "managed-identity":
            client_id = os.environ.get(_CLIENT) or None
            return aio.ManagedIdentityCredential(client_id=client_id, **_imds_options(trusted))
        case "azure-cli":
            return CliCredential()
        case "environment":
            proof = _CERTIFICATE if os.environ.get(_CERTIFICATE) else _SECRET
            _needed("environment", _TENANT, _CLIENT, proof)
            return aio.EnvironmentCredential(**_authority_options(trusted))
        case "default":
            return aio.DefaultAzureCredential(
                process_timeout=_CLI_SECONDS, **_authority_options(trusted)
            )
        case "none":
            return DummyCredential()
        case _:
            assert_never(azure.credential)


def federated_token(file: Path) -> str:
    """Read the token that Kubernetes rotates in a file, anew each time that it is needed.

    azure-identity's own credential holds what it read, an empty file's nothing included, for ten
    minutes. Raises AccessDenied.

    https://learn.microsoft.com/azure/aks/workload-identity-overview
    """
    advice = (
        f"{_TOKEN_FILE} is to name the file that the webhook mounts: label the pod"
        ' azure.workload.identity/use: "true" and see that the webhook runs'
    )
    try:
        token = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not text"
        raise AccessDenied(
            f"{file} cannot be read ({why}): {advice}", code="FederatedTokenFile"
        ) from error
    if not token:
        raise AccessDenied(f"{file} is empty: {advice}", code="FederatedTokenFile")
    return token


def _needed(kind: str, *names: str) -> tuple[str, ...]:
    """Give the values of environment variables. Raises ConfigError naming all that is missing."""
    missing = [name for name in names if not os.environ.get(name)]
    if missing:
        also = f" (or {_CERTIFICATE})" if _SECRET in missing else ""
        raise ConfigError(
            f"azure.credential {kind} needs {', '.join(missing)}{also} in the environment: set what"
            " is missing, or choose another azure.credential"
        )
    return tuple(os.environ[name] for name in names)


def _authority_options(trusted: ssl.SSLContext | None) -> dict[str, Any]:
    transport = Transport(trusted, connect_seconds=_CONNECT_SECONDS, read_seconds=_READ_SECONDS)
    return {"transport": transport, "retry_connect": 2, "retry_read": 1}


def _imds_options(trusted: ssl.SSLContext | None) -> dict[str, Any]:
    """Give up within seconds where there is no managed identity, yet wait for one that is busy."""
    transport = Transport(
        trusted, connect_seconds=_IMDS_CONNECT_SECONDS, read_seconds=_IMDS_READ_SECONDS
    )
    return {"transport": transport, "retry_connect": 1, "retry_read": 1}
