"""The web-config file: what is taken, and what is refused in which words."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import structlog

from residency.errors import ConfigError
from residency.web.web_config_file import Watched, load

HASH = "$2b$10$" + "a" * 53
TLS = "tls_server_config: {{cert_file: s.crt.pem, key_file: s.key.pem, {}}}"

GOOD = [
    "{}",
    "tls_server_config:\nhttp_server_config:\nbasic_auth_users:\nrate_limit:\n",
    f"basic_auth_users: {{anna: {HASH}}}",
    "http_server_config: {http2: false}",
    "http_server_config: {headers: {X-Frame-Options: deny, X-Content-Type-Options: nosniff}}",
    "http_server_config: {headers: {Strict-Transport-Security: max-age=300, X-XSS-Protection: x}}",
    "rate_limit: {interval: 500ms, burst: 10}",
    "rate_limit: {interval: 0, burst: 0}",
]

REFUSED: dict[str, str] = {
    "tls: {}": "tls: is not a key: use one of tls_server_config, http_server_config,"
    " basic_auth_users, rate_limit",
    "basic_auth_user: {}": "basic_auth_user: is not a key: did you mean basic_auth_users?",
    "[]": "must hold keys and values",
    "tls_server_config: {}": "tls_server_config.cert_file: is missing: add it",
    "tls_server_config: {cert_file: a, key_file: b, keyfile: c}": "tls_server_config.keyfile: is"
    " not a key: did you mean key_file?",
    "tls_server_config: {cert: x}": "tls_server_config.cert: put it in a file, and name that in"
    " cert_file",
    "tls_server_config: {key: canary}": "tls_server_config.key: put it in a file, and name that in"
    " key_file",
    "tls_server_config: {cert_file: none.pem, key_file: none.key}": "none.pem cannot be read (no"
    " such file or directory): correct the path or the rights",
    "basic_auth_users: {anna: canary}": "basic_auth_users.anna: must be a bcrypt hash",
    "basic_auth_users: {anna: }": "basic_auth_users.anna: needs text",
    f"basic_auth_users: {{anna: $2b$31${'a' * 53}}}": "basic_auth_users.anna: has a cost over 18",
    f'basic_auth_users: {{"a:b": {HASH}}}': "is no user name: it needs letters, and no colon",
    "basic_auth_users: [canary]": "basic_auth_users: needs keys and values",
    "http_server_config: {http2: perhaps}": "http_server_config.http2: 'perhaps' needs true or"
    " false",
    "http_server_config: {headers: {Server: x}}": "http_server_config.headers.Server: 'x' cannot be"
    " set: use one of Strict-Transport-Security, ",
    "http_server_config: {headers: {X-Frame-Options: allow}}": "http_server_config.headers.X-Frame"
    "-Options: 'allow' is not one of deny, sameorigin",
    'http_server_config: {headers: {X-XSS-Protection: "a\\nb"}}': "must be plain text on one line",
    "rate_limit: {interval: 5, burst: 1}": "rate_limit.interval: '5' needs a unit",
    "rate_limit: {interval: -1s, burst: 1}": "rate_limit.interval: '-1s' needs a unit",
    "rate_limit: {interval: 1s}": "rate_limit.burst: must be at least 1: none would pass",
    "rate_limit: {interval: 1s, burst: many}": "rate_limit.burst: 'many' needs a whole number",
    "rate_limit: {interval: 1s, burst: -1}": "rate_limit.burst: '-1' needs a whole number",
}

TLS_REFUSED: dict[str, str] = {
    "client_auth_type: RequireAndVerifyClientCert": "client_ca_file: is missing: client"
    " certificates are verified with it",
    "client_auth_type: RequireAnyClientCert, client_ca_file: authority.pem": "client_auth_type:"
    " 'RequireAnyClientCert' takes certificates that nobody verifies, which proves nothing: use"
    " RequireAndVerifyClientCert or VerifyClientCertIfGiven",
    "client_auth_type: RequestClientCert": "takes certificates that nobody verifies",
    "client_auth_type: Yes": "client_auth_type: 'Yes' is not one of NoClientCert,",
    "client_ca_file: authority.pem": "client_auth_type: is missing: set RequireAndVerifyClientCert",
    "client_ca_file: s.key.pem, client_auth_type: RequireAndVerifyClientCert": "s.key.pem holds no"
    " certificate: give a PEM file",
    "client_allowed_sans: [a]": "client_allowed_sans: needs client_auth_type:"
    " RequireAndVerifyClientCert",
    "client_ca_file: authority.pem, client_auth_type: VerifyClientCertIfGiven,"
    " client_allowed_sans: [a]": "client_allowed_sans: needs client_auth_type:",
    "min_version: TLS10": "min_version: 'TLS10' is broken (RFC 8996): use TLS12 or TLS13",
    "max_version: TLS14": "max_version: 'TLS14' is not one of TLS12, TLS13",
    "min_version: TLS13, max_version: TLS12": "min_version: must not be over max_version",
    "cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]": "cipher_suites[0]: 'TLS_RSA_WITH_RC4_128_SHA' is"
    " not one of the secure suites of Go",
    "cipher_suites: [TLS_AES_128_GCM_SHA256]": "cipher_suites: names none for TLS 1.2: add one, or"
    " set min_version: TLS13",
    "curve_preferences: [Brainpool]": "curve_preferences[0]: 'Brainpool' is not one of CurveP256,",
    "curve_preferences: [X25519, CurveP256]": "curve_preferences: can hold only one curve here",
    "key_file: authority.pem": "given twice",
}


@pytest.mark.parametrize("text", GOOD)
def test_what_the_exporter_toolkit_takes_is_taken(write: Callable[[str], Path], text: str) -> None:
    assert load(write(text)).tls is None


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_wrong_is_said_with_its_place(write: Callable[[str], Path], text: str) -> None:
    path = write(text)
    with pytest.raises(ConfigError) as refused:
        load(path)
    said = str(refused.value)
    assert REFUSED[text] in said
    assert str(path) in said
    assert "canary" not in said
    assert HASH not in said


@pytest.mark.parametrize("text", TLS_REFUSED)
def test_what_is_wrong_with_tls_is_said(
    write: Callable[[str], Path], authority: Any, text: str
) -> None:
    authority.server("s")
    path = write(TLS.format(text))
    with pytest.raises(ConfigError) as refused:
        load(path)
    assert TLS_REFUSED[text] in str(refused.value)


def test_a_key_that_is_not_the_certificates_is_refused(
    write: Callable[[str], Path], authority: Any
) -> None:
    authority.server("s")
    authority.server("t")
    with pytest.raises(ConfigError, match="no certificate and its private key"):
        load(write("tls_server_config: {cert_file: s.crt.pem, key_file: t.key.pem}"))


def test_several_mistakes_are_said_at_once(write: Callable[[str], Path]) -> None:
    with pytest.raises(ConfigError) as refused:
        load(write("rate_limit: {interval: 5}\nusers: {}\nbasic_auth_users: {anna: x}\n"))
    assert len(str(refused.value).splitlines()) == 3


def test_names_of_files_begin_at_the_folder_of_the_web_config_file(
    write: Callable[[str], Path],
    authority: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    paper = authority.server("s")
    path = write("tls_server_config: {cert_file: s.crt.pem, key_file: s.key.pem}")
    monkeypatch.chdir("/")
    assert load(path).tls is not None
    absolute = f"{{cert_file: {paper.certificate}, key_file: {paper.key}}}"
    assert load(write(f"tls_server_config: {absolute}")).tls is not None
    monkeypatch.chdir(tmp_path)
    assert load(Path("web.yaml")).tls is not None


def test_a_file_that_names_others_is_watched_with_those(
    write: Callable[[str], Path], authority: Any
) -> None:
    authority.server("s")
    authority.server("t")
    text = "tls_server_config: {{cert_file: {0}.crt.pem, key_file: {0}.key.pem}}"
    watched = Watched(write(text.format("s")))
    first = watched.now().tls
    assert watched.now().tls is first
    write(text.format("t"))
    second = watched.now().tls
    assert second not in (None, first)
    authority.server("s")
    assert watched.now().tls is second
    authority.server("t")
    assert watched.now().tls not in (None, second)


def test_a_file_that_is_named_before_it_is_there_is_taken_once_it_is(
    write: Callable[[str], Path], authority: Any
) -> None:
    authority.server("s")
    text = "tls_server_config: {{cert_file: {0}.crt.pem, key_file: {0}.key.pem}}"
    watched = Watched(write(text.format("s")))
    first = watched.now().tls
    with structlog.testing.capture_logs() as told:
        write(text.format("t"))
        for _ in range(3):
            watched.look()
        assert watched.now().tls is first
        assert "cannot be read" in str(watched.error)
        authority.server("t")
        watched.look()
    assert watched.error is None
    assert watched.now().tls is not first
    assert [line["log_level"] for line in told] == ["error", "info"]


def test_tls_cannot_be_added_while_plain_http_is_served(
    write: Callable[[str], Path], authority: Any
) -> None:
    authority.server("s")
    watched = Watched(write("{}"))
    write("tls_server_config: {cert_file: s.crt.pem, key_file: s.key.pem}")
    assert watched.now().tls is None
    assert watched.error
    assert "restart" in watched.error
