"""Signs in once for all clients of a scan, and again when a token ends or is refused."""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Self

from azure.core.credentials import AccessToken
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError as SdkError
from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.rest import AsyncHttpResponse, HttpRequest
from azure.mgmt.core.policies import AsyncARMChallengeAuthenticationPolicy

from residency.azure.sign_in_advice import explain
from residency.errors import AccessDenied, ResidencyError

_DUE_SECONDS = 300.0
_BETWEEN_RENEWALS_SECONDS = 30.0
_BETWEEN_FAILURES_SECONDS = 5.0
_ODD_ANSWERS = (AttributeError, KeyError, TypeError, ValueError)
"""What azure-identity raises where the answer with the token has not the shape it trusts."""

Make = Callable[[], AsyncTokenCredential]


class SignIn:
    """One identity for all clients: a token is asked for once, and its failure is explained.

    A failure keeps nothing of what caused it: azure-identity's own errors can quote an answer.
    """

    def __init__(self, kind: str, make: Make) -> None:
        """Take the name of the kind, and what makes its credential: a new one has no old token."""
        self._kind = kind
        self._make = make
        self._credential = make()
        self._lock = asyncio.Lock()
        self._tokens: dict[str | None, AccessToken] = {}
        self._failures: dict[str | None, tuple[float, AccessDenied]] = {}
        self._asked_at = self._renewed_at = float("-inf")

    async def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        **options: Any,  # noqa: ANN401 - azure-core's protocol
    ) -> AccessToken:
        """Give the token that is held, or a new one. Raises AccessDenied with what to do."""
        async with self._lock:
            held = self._tokens.get(claims)
            if held is not None and self._serves(held):
                return held
            new = await self._ask(scopes, claims, options)
            self._asked_at = time.monotonic()
            self._tokens = {**self._tokens, claims: new, None: new}
            return new

    def _serves(self, held: AccessToken) -> bool:
        """Tell whether a token lives long enough; if not, a longer one is sought now and then."""
        left = held.expires_on - time.time()
        lately = time.monotonic() - self._asked_at < _BETWEEN_RENEWALS_SECONDS
        return left > _DUE_SECONDS or (left > 0 and lately)

    async def renew(self, refused: str) -> None:
        """Forget a token that Azure refused, so that the next one is new; not again and again."""
        async with self._lock:
            now = time.monotonic()
            held = self._tokens.get(None)
            recently = now - self._renewed_at < _BETWEEN_RENEWALS_SECONDS
            if recently or held is None or held.token != refused:
                return
            self._renewed_at = now
            self._tokens = {}
            old, self._credential = self._credential, self._make()
            await old.close()

    async def _ask(
        self, scopes: tuple[str, ...], claims: str | None, options: dict[str, Any]
    ) -> AccessToken:
        """Ask the credential; a failure holds for a moment, so that not every call repeats it."""
        until, failure = self._failures.get(claims, (0.0, None))
        if failure is None or until < time.monotonic():
            try:
                return await self._credential.get_token(*scopes, claims=claims, **options)
            except (SdkError, ResidencyError, *_ODD_ANSWERS) as error:
                failure = explain(self._kind, error)
            self._failures[claims] = time.monotonic() + _BETWEEN_FAILURES_SECONDS, failure
        raise AccessDenied(str(failure), code=failure.code)

    async def close(self) -> None:
        """Close the connections to the authority."""
        await self._credential.close()

    async def __aenter__(self) -> Self:
        """Enter without doing anything."""
        return self

    async def __aexit__(self, *_failure: object) -> None:
        """Close the connections to the authority."""
        await self.close()


class RenewOnce(AsyncARMChallengeAuthenticationPolicy):
    """Answers a 401 once with another token: one with the claims asked for, or else a new one.

    https://learn.microsoft.com/entra/identity-platform/claims-challenge
    """

    def __init__(self, credential: AsyncTokenCredential, scope: str) -> None:
        """Ask `credential` for tokens for `scope`."""
        super().__init__(credential, scope)
        self._identity = credential
        self._scope = scope

    async def on_challenge(
        self,
        request: PipelineRequest[HttpRequest],
        response: PipelineResponse[HttpRequest, AsyncHttpResponse],
    ) -> bool:
        """Put another token in the request; False where there is none: 401 stays the answer.

        azure-core drops a refusal that it answers with a new request, so its body is read here: an
        answer left half read keeps its connection.
        """
        await response.http_response.read()
        if await super().on_challenge(request, response):
            return True
        refused = request.http_request.headers["Authorization"]
        if isinstance(self._identity, SignIn):
            await self._identity.renew(refused.removeprefix("Bearer "))
        await self.authorize_request(request, self._scope)
        return request.http_request.headers["Authorization"] != refused
