"""Opens the SDK clients once for a scan and closes them after it."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any

from azure.core.credentials_async import AsyncTokenCredential
from azure.mgmt.resource.resources.aio import ResourceManagementClient
from azure.mgmt.resource.subscriptions.aio import SubscriptionClient
from azure.mgmt.storage.aio import StorageManagementClient

from residency.azure.arm import Arm
from residency.azure.credentials import credential_for
from residency.azure.pipeline import Named, PlainHttpOnLoopback, ReadOnly, RetryReads
from residency.azure.sign_in import RenewOnce
from residency.azure.transport import Transport, trusted
from residency.settings import AzureSettings

_CONNECT_SECONDS = 15
_READ_SECONDS = 60
_NO_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
"""The clients want one; every path that is sent names its own."""


@asynccontextmanager
async def open_session(azure: AzureSettings, deadline: timedelta) -> AsyncIterator[Arm]:
    """Sign in as configured and give the way to Azure Resource Manager, until the deadline.

    Raises ConfigError for a credential that does not fit the endpoint or lacks what it needs.
    """
    ends_at = asyncio.get_running_loop().time() + deadline.total_seconds()
    endpoint = azure.endpoint.rstrip("/")
    roots = trusted(azure)
    credential = credential_for(azure, roots)

    def options() -> dict[str, Any]:
        return _options(endpoint, credential, roots)

    async with AsyncExitStack() as open_clients:
        open_clients.push_async_callback(credential.close)
        resources = ResourceManagementClient(credential, _NO_SUBSCRIPTION, **options())
        storage = StorageManagementClient(credential, _NO_SUBSCRIPTION, **options())
        subscriptions = SubscriptionClient(credential, **options())
        for client in (resources, storage, subscriptions):
            await open_clients.enter_async_context(client)
        yield Arm(
            endpoint=endpoint,
            ends_at=ends_at,
            resources=resources.send_request,
            storage=storage.send_request,
            subscriptions=subscriptions.send_request,
        )


def _options(
    endpoint: str, credential: AsyncTokenCredential, roots: ssl.SSLContext | None
) -> dict[str, Any]:
    """Give the settings of one client, with policies of its own: they belong to one pipeline."""
    scope = f"{endpoint}/.default"
    return {
        "base_url": endpoint,
        "credential_scopes": [scope],
        # Not the clients' own list. It also registers resource providers, which is no read, and
        # follows redirects: Azure Resource Manager sends none for a read, and what does stands
        # between and wants our token. The rest of it costs time and does nothing for a read.
        "policies": [
            Named(),
            PlainHttpOnLoopback(),
            RetryReads(retry_total=4, retry_backoff_max=20),
            RenewOnce(credential, scope),
            ReadOnly(),
        ],
        "transport": Transport(roots, connect_seconds=_CONNECT_SECONDS, read_seconds=_READ_SECONDS),
    }
