"""Opens the pipeline to Azure Resource Manager once for a scan and closes it after it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from azure.core.rest import AsyncHttpResponse, HttpRequest
from azure.mgmt.core import AsyncARMPipelineClient

from residency.azure.arm import Arm
from residency.azure.credentials import credential_for
from residency.azure.pipeline import Named, PlainHttpOnLoopback, ReadOnly, RetryReads
from residency.azure.sign_in import RenewOnce
from residency.azure.transport import Transport, trusted
from residency.settings import AzureSettings

_CONNECT_SECONDS = 15
_READ_SECONDS = 60


@asynccontextmanager
async def open_session(azure: AzureSettings, deadline: timedelta) -> AsyncIterator[Arm]:
    """Sign in as configured and give the way to Azure Resource Manager, until the deadline.

    Raises ConfigError for a credential that does not fit the endpoint or lacks what it needs.
    """
    ends_at = asyncio.get_running_loop().time() + deadline.total_seconds()
    endpoint = azure.endpoint.rstrip("/")
    roots = trusted(azure)
    credential = credential_for(azure, roots)

    pipeline: AsyncARMPipelineClient[HttpRequest, AsyncHttpResponse] = AsyncARMPipelineClient(
        endpoint,
        # Not the list of the management clients. It also registers resource providers, which is
        # no read, and follows redirects: Azure Resource Manager sends none for a read, and what
        # does stands between and wants our token. The rest of it does nothing for a read.
        policies=[
            Named(),
            PlainHttpOnLoopback(),
            RetryReads(retry_total=4, retry_backoff_max=20),
            RenewOnce(credential, f"{endpoint}/.default"),
            ReadOnly(),
        ],
        transport=Transport(roots, connect_seconds=_CONNECT_SECONDS, read_seconds=_READ_SECONDS),
    )
    async with AsyncExitStack() as open_clients:
        open_clients.push_async_callback(credential.close)
        await open_clients.enter_async_context(pipeline)
        yield Arm(endpoint=endpoint, ends_at=ends_at, send=pipeline.send_request)
