"""Which identity the monitor signs in with: chosen by configuration, never a stored secret."""

import time
from typing import Any, Self, assert_never
from urllib.parse import urlsplit

from azure.core.credentials import AccessToken
from azure.core.credentials_async import AsyncTokenCredential

from residency.errors import ConfigError
from residency.settings import AzureSettings

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


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


def is_loopback(endpoint: str) -> bool:
    """Whether an endpoint is on this machine."""
    return urlsplit(endpoint).hostname in _LOOPBACK


def credential_for(azure: AzureSettings) -> AsyncTokenCredential:
    """Make the credential that the configuration names; raises ConfigError for `none` elsewhere."""
    from azure.identity import aio  # noqa: PLC0415 - 0.3 s that a simulator run does not need

    match azure.credential:
        case "none":
            if not is_loopback(azure.endpoint):
                raise ConfigError("azure.credential: none is for a loopback endpoint only")
            return DummyCredential()
        case "workload-identity":
            return aio.WorkloadIdentityCredential()
        case "managed-identity":
            return aio.ManagedIdentityCredential()
        case "azure-cli":
            return aio.AzureCliCredential()
        case "environment":
            return aio.EnvironmentCredential()
        case "default":
            return aio.DefaultAzureCredential()
        case _:
            assert_never(azure.credential)
