"""Makes the TLS of the listener from the web-config file."""

import ssl
from collections.abc import Mapping
from pathlib import Path

from residency.errors import ConfigError
from residency.web.web_config import ClientAuth, TlsServerConfig

_VERSIONS: Mapping[str, ssl.TLSVersion] = {
    "TLS12": ssl.TLSVersion.TLSv1_2,
    "TLS13": ssl.TLSVersion.TLSv1_3,
}
_VERIFIES: Mapping[str, ssl.VerifyMode] = {
    ClientAuth.NONE: ssl.CERT_NONE,
    ClientAuth.IF_GIVEN: ssl.CERT_OPTIONAL,
    ClientAuth.REQUIRED: ssl.CERT_REQUIRED,
}


def tls_context(config: TlsServerConfig) -> ssl.SSLContext:
    """Give a context with the certificates that the files hold now.

    Raises:
        ConfigError: Names the key, and the file that cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = _VERSIONS[config.min_version]
    context.maximum_version = _VERSIONS[config.max_version]
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    if not config.prefer_server_cipher_suites:
        context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
    _choose(context, config)
    _load_own(context, config)
    if config.client_ca_file:
        _load_client_ca(context, config.client_ca_file)
    context.verify_mode = _VERIFIES[config.client_auth_type]
    context.set_alpn_protocols(["http/1.1"])
    return context


def _choose(context: ssl.SSLContext, config: TlsServerConfig) -> None:
    try:
        if named := [suite for suite in config.cipher_suites if suite]:
            context.set_ciphers(":".join(named))
        for name in config.curve_preferences:
            context.set_ecdh_curve(name)
    except (ssl.SSLError, ValueError):
        raise ConfigError(
            "tls_server_config: OpenSSL on this machine has none of these cipher_suites, or not"
            " this one of curve_preferences: take them out"
        ) from None


def _load_own(context: ssl.SSLContext, config: TlsServerConfig) -> None:
    _require_readable("cert_file", config.cert_file)
    _require_readable("key_file", config.key_file)
    try:
        # No password: without this, OpenSSL would ask for one on the terminal.
        context.load_cert_chain(config.cert_file, config.key_file, password=lambda: b"")
    except (ssl.SSLError, OSError, ValueError):
        raise ConfigError(
            f"tls_server_config.cert_file: {config.cert_file} and key_file {config.key_file} are no"
            " certificate and its private key: give PEM files that belong together, without a"
            " password"
        ) from None


def _load_client_ca(context: ssl.SSLContext, path: Path) -> None:
    _require_readable("client_ca_file", path)
    try:
        context.load_verify_locations(cafile=path)
    except (ssl.SSLError, OSError):
        raise ConfigError(
            f"tls_server_config.client_ca_file: {path} holds no certificate: give a PEM file"
        ) from None


def _require_readable(key: str, path: Path) -> None:
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        reason = (error.strerror or "no reason given").lower()
        raise ConfigError(
            f"tls_server_config.{key}: {path} cannot be read ({reason}): correct the path or the"
            " rights"
        ) from None
