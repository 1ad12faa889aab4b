"""The keys of the web-config file: those of Prometheus' exporter-toolkit.

https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md

What Python's TLS cannot do as Go's does is refused in words, never left out quietly.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from residency.settings.section import Section, mistake, refuse
from residency.web.ciphers import cipher_suite, curve

_HASH = re.compile(r"\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}")
_HIGHEST_COST = 18
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
_UNIT_SECONDS: Mapping[str, float] = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_VALUES: Mapping[str, tuple[str, ...]] = {
    "Strict-Transport-Security": (),
    "X-Content-Type-Options": ("nosniff",),
    "X-Frame-Options": ("deny", "sameorigin"),
    "X-XSS-Protection": (),
    "Content-Security-Policy": (),
}


class ClientAuth(StrEnum):
    """What is asked of a client's certificate, in Go's words."""

    NONE = "NoClientCert"
    IF_GIVEN = "VerifyClientCertIfGiven"
    REQUIRED = "RequireAndVerifyClientCert"


_UNVERIFIED = ("RequestClientCert", "RequireClientCert", "RequireAnyClientCert")


def client_auth(value: str) -> str:
    """Accept what Python's TLS can ask for.

    Raises:
        ValueError: Unknown, or a certificate that nobody verifies.
    """
    if value in _UNVERIFIED:
        raise ValueError(
            f"takes certificates that nobody verifies, which proves nothing: use"
            f" {ClientAuth.REQUIRED} or {ClientAuth.IF_GIVEN}"
        )
    if value not in tuple(ClientAuth):
        raise ValueError(f"is not one of {', '.join(ClientAuth)}")
    return value


def tls_version(value: str) -> str:
    """Accept TLS 1.2 and 1.3.

    Raises:
        ValueError: An older version, or none.
    """
    if value in ("TLS10", "TLS11"):
        raise ValueError("is broken (RFC 8996): use TLS12 or TLS13")
    if value not in ("TLS12", "TLS13"):
        raise ValueError("is not one of TLS12, TLS13")
    return value


def bcrypt_hash(value: str) -> str:
    """Accept a bcrypt hash whose cost does not stop the service.

    Raises:
        ValueError: Another text, or too high a cost. Does not show it.
    """
    found = _HASH.fullmatch(value)
    if found is None:
        raise ValueError("must be a bcrypt hash, such as `htpasswd -nBC 10 NAME` prints")
    if int(found[1]) > _HIGHEST_COST:
        raise ValueError(f"has a cost over {_HIGHEST_COST}: each check would take seconds")
    return value


def user_name(value: str) -> str:
    """Accept a name that basic authentication can carry.

    Raises:
        ValueError: Empty, or with a colon.
    """
    if not value or ":" in value:
        raise ValueError("is no user name: it needs letters, and no colon")
    return value


def duration_seconds(value: object) -> float:
    """Accept a duration as Go writes it (`1s`, `500ms`), or 0.

    Raises:
        ValueError: No duration.
    """
    if value == "0":
        return 0.0
    found = _DURATION.fullmatch(str(value))
    if found is None:
        raise ValueError("needs a unit: ms, s, m or h, such as 1s")
    return float(found[1]) * _UNIT_SECONDS[found[2]]


def whole_number(value: object) -> int:
    """Accept a number of at most six digits.

    Raises:
        ValueError: Another text.
    """
    if not (isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 6):  # noqa: PLR2004 - as said
        raise ValueError("needs a whole number, such as 10")
    return int(value)


class TlsServerConfig(Section):
    """How the service shows itself, and what it asks of clients."""

    cert_file: Path
    key_file: Path
    client_auth_type: Annotated[str, AfterValidator(client_auth)] = ClientAuth.NONE
    client_ca_file: Path | None = None
    client_allowed_sans: tuple[str, ...] = ()
    min_version: Annotated[str, AfterValidator(tls_version)] = "TLS12"
    max_version: Annotated[str, AfterValidator(tls_version)] = "TLS13"
    cipher_suites: tuple[Annotated[str, AfterValidator(cipher_suite)], ...] = ()
    prefer_server_cipher_suites: bool = True
    curve_preferences: tuple[Annotated[str, AfterValidator(curve)], ...] = ()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        refuse("TlsServerConfig", [mistake((key,), None, said) for key, said in _misfits(self)])
        return self


def _misfits(tls: TlsServerConfig) -> list[tuple[str, str]]:
    """Give each key that does not go with another, and why."""
    asks = tls.client_auth_type != ClientAuth.NONE
    wrong = []
    if asks and tls.client_ca_file is None:
        wrong.append(("client_ca_file", "is missing: client certificates are verified with it"))
    if tls.client_ca_file and not asks:
        wrong.append(("client_auth_type", f"is missing: set {ClientAuth.REQUIRED}"))
    if tls.client_allowed_sans and tls.client_auth_type != ClientAuth.REQUIRED:
        wrong.append(("client_allowed_sans", f"needs client_auth_type: {ClientAuth.REQUIRED}"))
    if tls.min_version > tls.max_version:
        wrong.append(("min_version", "must not be over max_version"))
    is_named = any(tls.cipher_suites)
    if tls.cipher_suites and not is_named and tls.min_version == "TLS12":
        wrong.append(
            ("cipher_suites", "names none for TLS 1.2: add one, or set min_version: TLS13")
        )
    if len(tls.curve_preferences) > 1:
        wrong.append(("curve_preferences", "can hold only one curve here: keep the one preferred"))
    return wrong


class HttpServerConfig(Section):
    """How answers look."""

    http2: bool = True
    headers: Mapping[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known_headers(self) -> Self:
        wrong = []
        for name, value in self.headers.items():
            if said := _header_problem(name, value):
                wrong.append(mistake(("headers", name), value, said))
        refuse("HttpServerConfig", wrong)
        return self


def _header_problem(name: str, value: str) -> str | None:
    if name not in _VALUES:
        return f"cannot be set: use one of {', '.join(_VALUES)}"
    if not (value.isascii() and value.isprintable()):
        return "must be plain text on one line"
    allowed = _VALUES[name]
    if value and allowed and value not in allowed:
        return f"is not one of {', '.join(allowed)}"
    return None


class RateLimit(Section):
    """How many requests may come: a token bucket over all callers."""

    interval: Annotated[float, BeforeValidator(duration_seconds)] = 0.0
    """Seconds between two requests, written as `1s`; 0: no limit."""

    burst: Annotated[int, BeforeValidator(whole_number)] = 0

    @model_validator(mode="after")
    def _lets_through(self) -> Self:
        if self.interval and not self.burst:
            refuse("RateLimit", [mistake(("burst",), None, "must be at least 1: none would pass")])
        return self


class WebConfig(Section):
    """The file."""

    tls_server_config: TlsServerConfig | None = None
    http_server_config: HttpServerConfig = HttpServerConfig()
    basic_auth_users: Mapping[
        Annotated[str, AfterValidator(user_name)], Annotated[str, AfterValidator(bcrypt_hash)]
    ] = Field(default_factory=dict, repr=False)
    rate_limit: RateLimit = RateLimit()

    @model_validator(mode="before")
    @classmethod
    def _without_the_empty(cls, given: object) -> object:
        """A key with nothing behind it stands for its default."""
        if not isinstance(given, dict):
            return given
        return {key: value for key, value in given.items() if value is not None}
