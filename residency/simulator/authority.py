"""Who gets a token, and which tokens Azure Resource Manager takes.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
"""

import base64
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import jwt

from residency.simulator.answers import Answer, Refusal, encode

_DEFAULT = "/.default"
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_BEARER = "bearer "
_LEEWAY_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Federated:
    """A federated credential: whose tokens an application takes instead of a secret.

    Attributes:
        key: The public key of the issuer, PEM.
    """

    issuer: str
    subject: str
    key: str = field(repr=False)
    audience: str = "api://AzureADTokenExchange"


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """An application with the proofs that it may show.

    Attributes:
        certificate_key: The public key of the certificate that it may sign with, PEM.
    """

    client_id: str
    secret: str = field(default="", repr=False)
    certificate_key: str = field(default="", repr=False)
    federated: Federated | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A token that was given out. `claims` is what it was asked with."""

    token: str = field(repr=False)
    audience: str
    client_id: str
    expires_at: datetime
    claims: Mapping[str, Any]


@dataclass(slots=True, kw_only=True)
class Authority:
    """A tenant's authority; everything can be set while it runs.

    Attributes:
        managed_identities: Their client ids; the first one is the system-assigned.
        identity_header: What App Service wants in X-IDENTITY-HEADER.
        token_lifetime_seconds: How long a token lives; those given out keep theirs.
        demanded: Claims without which Azure Resource Manager takes no token any more.
        refuses_claims: No token is given to who asks with claims.
        instead: What is answered instead of any token.
        hangs_seconds: How long every answer with a token takes.
        asked: What tokens were asked with, oldest first: the kind of proof and the claims.
    """

    tenant_id: str
    applications: tuple[Application, ...] = ()
    managed_identities: tuple[str, ...] = ()
    identity_header: str = field(default="", repr=False)
    token_lifetime_seconds: int = 3600
    demanded: Mapping[str, Any] = field(default_factory=dict)
    refuses_claims: bool = False
    instead: Answer | None = None
    hangs_seconds: float = 0.0
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    asked: list[tuple[str, str]] = field(default_factory=list)
    issued: dict[str, Issued] = field(default_factory=dict, repr=False)

    def issue(self, audience: str, client_id: str, claims: str = "") -> Issued:
        """Give out a token: a JWT in form, known to Azure by itself."""
        now = self.clock()
        expires_at = now + timedelta(seconds=self.token_lifetime_seconds)
        payload = {"aud": audience, "appid": client_id, "exp": int(expires_at.timestamp())}
        parts = [encode({"alg": "RS256", "typ": "JWT"}), encode(payload), secrets.token_bytes(32)]
        token = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
        issued = Issued(
            token=token,
            audience=audience,
            client_id=client_id,
            expires_at=expires_at,
            claims=json.loads(claims or "{}"),
        )
        self.issued[token] = issued
        return issued

    def prove(self, tenant: str, form: Mapping[str, str], token_url: str) -> Issued:
        """Give a token for client credentials. Raises Refusal with the authority's own code."""
        if tenant != self.tenant_id:
            raise refused(90002, f"Tenant '{tenant}' not found. Check to make sure you have it.")
        if form.get("grant_type") != "client_credentials":
            raise refused(70003, "The grant type is not supported.", "unsupported_grant_type")
        client_id = form.get("client_id", "")
        known = next((one for one in self.applications if one.client_id == client_id), None)
        if known is None:
            message = f"Application with identifier '{client_id}' was not found in the directory."
            raise refused(700016, message, "unauthorized_client")
        _check_proof(known, form, token_url)
        return self.issue(audience_of(form.get("scope", "")), client_id, self._claims(form))

    def _claims(self, form: Mapping[str, str]) -> str:
        claims = form.get("claims", "")
        if claims and self.refuses_claims:
            message = "Access has been blocked by Conditional Access policies."
            raise refused(53003, message, "access_denied")
        return claims

    def check(self, principal: str, base_url: str) -> None:
        """Refuse what Azure Resource Manager refuses: 401 with its challenge."""
        token = principal[len(_BEARER) :]
        issued = self.issued.get(token)
        if issued is None or issued.audience.rstrip("/") != base_url:
            raise self._unauthorized("InvalidAuthenticationToken", "The access token is invalid.")
        if issued.expires_at <= self.clock():
            message = f"The access token expiry UTC time '{issued.expires_at}' is in the past."
            raise self._unauthorized("ExpiredAuthenticationToken", message)
        if self.demanded and not _holds(issued.claims, self.demanded):
            raise self._challenge()

    def _unauthorized(self, code: str, message: str) -> Refusal:
        challenge = (
            f'Bearer authorization_uri="https://login.microsoftonline.com/{self.tenant_id}",'
            f' error="invalid_token", error_description="{message}"'
        )
        return Refusal(401, code, message, headers={"WWW-Authenticate": challenge})

    def _challenge(self) -> Refusal:
        """https://learn.microsoft.com/entra/identity-platform/claims-challenge."""
        claims = base64.b64encode(encode(self.demanded)).decode()
        challenge = (
            'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/'
            f'authorize", error="insufficient_claims", claims="{claims}"'
        )
        message = "Continuous access evaluation resulted in claims challenge."
        return Refusal(
            401, "InvalidAuthenticationToken", message, headers={"WWW-Authenticate": challenge}
        )


def audience_of(scope: str) -> str:
    """Give the resource of a scope that ends in /.default. Raises Refusal for any other."""
    resource = scope.removesuffix(_DEFAULT)
    if resource == scope:
        raise refused(
            1002012, f"The provided value for scope {scope} is not valid.", "invalid_scope"
        )
    if urlsplit(resource).scheme != "https" or " " in scope:
        message = f"The resource principal named {resource} was not found in the tenant."
        raise refused(500011, message, "invalid_resource")
    return resource


def refused(number: int, message: str, error: str = "invalid_request") -> Refusal:
    """Make the refusal of a token: its `code` is the authority's `error`."""
    status = 401 if error == "invalid_client" else 400
    return Refusal(status, error, f"AADSTS{number}: {message}")


def _check_proof(known: Application, form: Mapping[str, str], token_url: str) -> None:
    if "client_secret" in form:
        if not known.secret or form["client_secret"] != known.secret:
            message = "Invalid client secret provided. Send the secret's value, not its id."
            raise refused(7000215, message, "invalid_client")
        return
    if form.get("client_assertion_type") != _ASSERTION:
        raise refused(7000218, "The request must hold a client_assertion.", "invalid_client")
    _check_assertion(known, form.get("client_assertion", ""), token_url)


def _check_assertion(known: Application, assertion: str, token_url: str) -> None:
    """Take the application's own certificate, or a token of its federated issuer."""
    try:
        said = jwt.decode(assertion, options={"verify_signature": False})
        if said.get("iss") == known.client_id:
            _verified(assertion, known.certificate_key, token_url)
        elif (federated := known.federated) is None or said.get("iss") != federated.issuer:
            message = "No matching federated identity record found for the assertion's issuer."
            raise refused(700211, message, "invalid_client")
        elif said.get("sub") != federated.subject:
            message = "No matching federated identity record found for the assertion's subject."
            raise refused(700213, message, "invalid_client")
        else:
            _verified(assertion, federated.key, federated.audience)
    except jwt.ExpiredSignatureError as error:
        message = "Client assertion is not within its valid time range."
        raise refused(700024, message, "invalid_client") from error
    except jwt.InvalidTokenError as error:
        message = "Client assertion failed signature validation."
        raise refused(700027, message, "invalid_client") from error


def _verified(assertion: str, key: str, audience: str) -> None:
    jwt.decode(
        assertion,
        key,
        algorithms=["RS256", "PS256"],
        audience=audience,
        leeway=_LEEWAY_SECONDS,
        options={"require": ["exp", "iss", "sub"]},
    )


def _holds(claims: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Tell whether every wanted claim is there with its value, at any depth."""
    return all(
        _holds(claims[name], value)
        if isinstance(value, Mapping) and isinstance(claims.get(name), Mapping)
        else claims.get(name) == value
        for name, value in wanted.items()
    )
