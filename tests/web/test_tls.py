"""TLS, and clients that show certificates, with real handshakes on loopback."""

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from residency.errors import ConfigError

Trust = Callable[..., ssl.SSLContext]
Write = Callable[[str], Path]
REFUSALS = (ssl.SSLError, ConnectionError, http.client.RemoteDisconnected)


def config(paper: Any, more: str = "") -> str:
    """Name the files as they are beside the web-config file."""
    return (
        f"tls_server_config:\n  cert_file: {paper.certificate.name}\n  key_file: {paper.key.name}\n"
    ) + more


def mutual(paper: Any, ca: Any, kind: str = "RequireAndVerifyClientCert", more: str = "") -> str:
    client = f"  client_auth_type: {kind}\n  client_ca_file: {ca.certificate.name}\n"
    return config(paper, client + more)


def certificate_of(site: Any, context: ssl.SSLContext) -> str:
    """Give the common name that the server shows now."""
    with (
        socket.create_connection(("127.0.0.1", site.port), timeout=10) as line,
        context.wrap_socket(line, server_hostname="localhost") as tls,
    ):
        shown = tls.getpeercert(binary_form=True)
        assert shown
        (name,) = x509.load_der_x509_certificate(shown).subject
        return str(name.value)


def version_of(site: Any, context: ssl.SSLContext) -> tuple[str | None, str]:
    with (
        socket.create_connection(("127.0.0.1", site.port), timeout=10) as line,
        context.wrap_socket(line, server_hostname="localhost") as tls,
    ):
        cipher = tls.cipher()
        assert cipher
        return tls.version(), cipher[0]


def is_refused(site: Any, context: ssl.SSLContext) -> bool:
    try:
        return bool(site.ask("GET", "/metrics", tls=context).status != 200)
    except REFUSALS:
        return True


def test_the_service_answers_over_tls(
    serve: Callable[..., Any], write: Write, authority: Any, trust: Trust
) -> None:
    site = serve(write(config(authority.server("server"))))
    assert site.listening.url.startswith("https://127.0.0.1:")
    assert site.ask("GET", "/metrics", tls=trust(authority)).body == b"residency_up 1\n"
    with pytest.raises(REFUSALS):
        site.ask("GET", "/metrics")  # plain HTTP on a TLS port


def test_with_tls_the_service_listens_elsewhere(
    serve: Callable[..., Any], write: Write, authority: Any, trust: Trust
) -> None:
    path = write(config(authority.server("server")))
    site = serve(path, address="0.0.0.0:0")
    named = {"Host": "residency.example"}
    assert site.ask("GET", "/metrics", named, tls=trust(authority)).status == 200


def test_old_versions_are_not_spoken_and_a_newest_is_obeyed(
    serve: Callable[..., Any], write: Write, authority: Any, trust: Trust
) -> None:
    paper = authority.server("server")
    client = trust(authority)
    assert version_of(serve(write(config(paper))), client)[0] == "TLSv1.3"
    older = serve(write(config(paper, "  max_version: TLS12\n")))
    assert version_of(older, client)[0] == "TLSv1.2"
    newer = serve(write(config(paper, "  min_version: TLS13\n")))
    client.maximum_version = ssl.TLSVersion.TLSv1_2
    assert is_refused(newer, client)


@pytest.mark.parametrize(
    ("suite", "openssl"),
    [
        ("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"),
        ("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"),
    ],
)
def test_a_cipher_suite_is_known_by_its_name_in_go(
    serve: Callable[..., Any], write: Write, authority: Any, trust: Trust, suite: str, openssl: str
) -> None:
    more = f"  max_version: TLS12\n  cipher_suites: [{suite}, TLS_AES_128_GCM_SHA256]\n"
    site = serve(write(config(authority.server("server"), more)))
    assert version_of(site, trust(authority)) == ("TLSv1.2", openssl)


@pytest.mark.parametrize("prefer", ["true", "false"])
def test_the_order_of_the_suites_is_the_servers_or_the_clients(
    serve: Callable[..., Any], write: Write, authority: Any, trust: Trust, prefer: str
) -> None:
    suites = "[TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]"
    more = f"  cipher_suites: {suites}\n  prefer_server_cipher_suites: {prefer}\n"
    site = serve(write(config(authority.server("server"), f"  max_version: TLS12\n{more}")))
    client = trust(authority)
    client.set_ciphers("ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384")
    bits = "256" if prefer == "true" else "128"
    assert bits in version_of(site, client)[1]


def has_curve(name: str) -> bool:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).set_ecdh_curve(name)
    except (ssl.SSLError, ValueError):
        return False
    return True


@pytest.mark.parametrize(
    ("curve", "openssl"),
    [
        ("CurveP256", "prime256v1"),
        ("CurveP384", "secp384r1"),
        ("CurveP521", "secp521r1"),
        ("X25519", "X25519"),
    ],
)
def test_a_curve_is_obeyed_or_refused_where_this_python_lacks_it(
    serve: Callable[..., Any], write: Write, authority: Any, trust: Trust, curve: str, openssl: str
) -> None:
    written = write(config(authority.server("server"), f"  curve_preferences: [{curve}]\n"))
    if not has_curve(openssl):  # Debian's Python 3.11 has no X25519
        with pytest.raises(ConfigError, match="not this one of curve_preferences: take them out"):
            serve(written)
        return
    site = serve(written)
    same, another = trust(authority), trust(authority)
    same.set_ecdh_curve(openssl)
    another.set_ecdh_curve("secp384r1" if openssl != "secp384r1" else "prime256v1")
    assert not is_refused(site, same)
    assert is_refused(site, another)


def test_only_a_client_with_a_certificate_is_answered(
    serve: Callable[..., Any], write: Write, authority: Any, other_authority: Any, trust: Trust
) -> None:
    site = serve(write(mutual(authority.server("server"), authority)))
    assert not is_refused(site, trust(authority, authority.issue("prometheus")))
    assert is_refused(site, trust(authority))
    assert is_refused(site, trust(authority, other_authority.issue("stranger")))


def test_a_certificate_may_be_left_out_where_it_is_verified_if_given(
    serve: Callable[..., Any], write: Write, authority: Any, other_authority: Any, trust: Trust
) -> None:
    path = write(mutual(authority.server("server"), authority, "VerifyClientCertIfGiven"))
    site = serve(path)
    assert not is_refused(site, trust(authority))
    assert not is_refused(site, trust(authority, authority.issue("prometheus")))
    assert is_refused(site, trust(authority, other_authority.issue("stranger")))


NAMES: dict[str, x509.GeneralName] = {
    "dns": x509.DNSName("prometheus.example"),
    "e-mail": x509.RFC822Name("prometheus@example.com"),
    "uri": x509.UniformResourceIdentifier("spiffe://example/prometheus"),
    "ip": x509.IPAddress(ipaddress.ip_address("10.1.2.3")),
}
ALLOWED = (
    "  client_allowed_sans:\n  - prometheus.example\n  - prometheus@example.com\n"
    "  - spiffe://example/prometheus\n  - 10.1.2.3\n"
)


@pytest.mark.parametrize("kind", NAMES)
def test_a_certificate_with_a_name_on_the_list_is_let_in(
    serve: Callable[..., Any], write: Write, authority: Any, trust: Trust, kind: str
) -> None:
    site = serve(write(mutual(authority.server("server"), authority, more=ALLOWED)))
    paper = authority.issue("client", x509.DNSName("another.example"), NAMES[kind])
    assert not is_refused(site, trust(authority, paper))


def test_a_certificate_without_a_name_on_the_list_is_not(
    serve: Callable[..., Any], write: Write, authority: Any, trust: Trust
) -> None:
    site = serve(write(mutual(authority.server("server"), authority, more=ALLOWED)))
    for paper in (
        authority.issue("prometheus.example"),
        authority.issue("other", x509.DNSName("x.prometheus.example")),
        authority.issue("upper", x509.DNSName("PROMETHEUS.example")),
        authority.issue("address", x509.DNSName("10.1.2.4")),
    ):
        assert is_refused(site, trust(authority, paper))


def test_a_client_certificate_makes_a_caller_known(
    serve: Callable[..., Any], write: Write, authority: Any, trust: Trust
) -> None:
    site = serve(write(mutual(authority.server("server"), authority)))
    sent = {"Content-Type": "application/json", "X-Forwarded-For": "10.0.0.1"}
    client = trust(authority, authority.issue("on-call"))
    got = site.ask("POST", "/api/v1/events/1/ack", sent, b'{"by": "on-call"}', tls=client)
    assert got.status == 200


def test_a_certificate_that_is_merely_asked_for_makes_nobody_known(
    serve: Callable[..., Any], write: Write, authority: Any, trust: Trust
) -> None:
    path = write(mutual(authority.server("server"), authority, "VerifyClientCertIfGiven"))
    sent = {"Content-Type": "application/json", "X-Forwarded-For": "10.0.0.1"}
    path_to = ("POST", "/api/v1/events/1/ack", sent, b'{"by": "on-call"}')
    assert serve(path).ask(*path_to, tls=trust(authority)).status == 403


def test_a_renewed_certificate_holds_for_new_connections_without_a_restart(
    serve: Callable[..., Any], write: Write, authority: Any, trust: Trust
) -> None:
    paper = authority.server("before")
    site = serve(write(config(paper)))
    client = trust(authority)
    kept = site.connection(client)
    kept.request("GET", "/metrics")
    assert kept.getresponse().read()
    assert certificate_of(site, client) == "before"
    after = authority.server("after")
    after.key.replace(paper.key)
    after.certificate.replace(paper.certificate)
    assert certificate_of(site, client) == "after"
    kept.request("GET", "/metrics")
    assert kept.getresponse().status == 200
    kept.close()


def test_a_certificate_behind_a_link_is_renewed_as_kubernetes_does_it(
    serve: Callable[..., Any], write: Write, authority: Any, trust: Trust, tmp_path: Path
) -> None:
    for name in ("before", "after"):
        folder = tmp_path / name
        folder.mkdir()
        paper = authority.server(name)
        paper.certificate.rename(folder / "tls.crt")
        paper.key.rename(folder / "tls.key")
    data = tmp_path / "..data"
    data.symlink_to("before")
    path = write("tls_server_config: {cert_file: ..data/tls.crt, key_file: ..data/tls.key}\n")
    site = serve(path)
    assert certificate_of(site, trust(authority)) == "before"
    (tmp_path / "..new").symlink_to("after")
    (tmp_path / "..new").replace(data)
    assert certificate_of(site, trust(authority)) == "after"


def test_a_new_client_authority_and_a_new_list_hold_for_new_connections(
    serve: Callable[..., Any], write: Write, authority: Any, other_authority: Any, trust: Trust
) -> None:
    server = authority.server("server")
    site = serve(write(mutual(server, authority)))
    old = trust(authority, authority.issue("old"))
    new = trust(authority, other_authority.issue("new", x509.DNSName("new.example")))
    assert (is_refused(site, old), is_refused(site, new)) == (False, True)
    write(mutual(server, other_authority))
    assert (is_refused(site, old), is_refused(site, new)) == (True, False)
    write(mutual(server, other_authority, more="  client_allowed_sans: [another.example]\n"))
    assert is_refused(site, new)
    write(mutual(server, other_authority, more="  client_allowed_sans: [new.example]\n"))
    assert not is_refused(site, new)
    assert site.listening.config_error is None


@pytest.mark.parametrize("broken", ["certificate", "key"])
def test_a_certificate_that_became_bad_is_refused_and_the_old_holds(
    serve: Callable[..., Any], write: Write, authority: Any, trust: Trust, broken: str
) -> None:
    paper = authority.server("before")
    site = serve(write(config(paper)))
    path = getattr(paper, broken)
    good = path.read_bytes()
    path.write_bytes(b"-----BEGIN NONSENSE-----\n")
    assert certificate_of(site, trust(authority)) == "before"
    assert "no certificate and its private key" in site.listening.config_error
    path.unlink()
    assert certificate_of(site, trust(authority)) == "before"
    assert "cannot be read (no such file or directory)" in site.listening.config_error
    path.write_bytes(good)
    assert certificate_of(site, trust(authority)) == "before"
    assert site.listening.config_error is None


def test_less_protection_needs_a_restart(
    serve: Callable[..., Any], write: Write, authority: Any, trust: Trust, password_hash: str
) -> None:
    server = authority.server("server")
    users = f"basic_auth_users:\n  anna: {password_hash}\n"
    site = serve(write(mutual(server, authority) + users))
    client = trust(authority, authority.issue("prometheus"))
    for text, said in (
        (users, "tls_server_config was taken out"),
        (mutual(server, authority), "basic_auth_users was taken out"),
        (config(server) + users, "client_auth_type was taken out"),
        ("{}", "tls_server_config was taken out"),
        ("", "must hold keys and values"),
    ):
        write(text)
        assert site.ask("GET", "/metrics", tls=client).status == 401
        assert is_refused(site, trust(authority))
        assert said in site.listening.config_error


def test_callers_that_never_finish_hold_nobody_up(
    serve: Callable[..., Any], write: Write, authority: Any, trust: Trust
) -> None:
    site = serve(write(config(authority.server("server"))))
    lines = [socket.create_connection(("127.0.0.1", site.port)) for _ in range(50)]
    begun = time.monotonic()
    assert site.ask("GET", "/metrics", tls=trust(authority)).status == 200
    assert time.monotonic() - begun < 2
    for line in lines:
        line.close()


def handles() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_refused_handshakes_leave_no_file_handle(
    serve: Callable[..., Any], write: Write, authority: Any, trust: Trust
) -> None:
    site = serve(write(mutual(authority.server("server"), authority)))
    client = trust(authority, authority.issue("prometheus"))
    assert site.ask("GET", "/metrics", tls=client).status == 200
    before = handles()
    for _ in range(30):
        assert is_refused(site, trust(authority))
        with pytest.raises(REFUSALS):
            site.ask("GET", "/metrics")
    assert site.ask("GET", "/metrics", tls=client).status == 200
    time.sleep(0.2)
    assert handles() <= before + 2
