"""A certificate for loopback, and the authority that issued it, so that TLS is real TLS."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """What a server shows, and what a client has to trust.

    Attributes:
        certificate: The server's certificate, PEM.
        key: Its private key, PEM.
        ca: The certificate of the authority that issued it, PEM.
    """

    certificate: Path
    key: Path
    ca: Path


def issue(folder: Path, names: Sequence[str] = ("127.0.0.1", "localhost")) -> Tls:
    """Make an authority and a certificate for these names or addresses, in a folder, for a day."""
    tls = Tls(certificate=folder / "server.pem", key=folder / "server.key", ca=folder / "ca.pem")
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = _name("Simulated authority")
    ca = _begun(issuer, issuer, ca_key.public_key(), ca_key.public_key())
    ca = ca.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    ca = ca.add_extension(_usage(signs_certificates=True), critical=True)
    server = _begun(_name(names[0]), issuer, key.public_key(), ca_key.public_key())
    server = server.add_extension(
        x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False
    )
    server = server.add_extension(_usage(signs_certificates=False), critical=True)
    _write(tls.ca, ca.sign(ca_key, hashes.SHA256()))
    _write(tls.certificate, server.sign(ca_key, hashes.SHA256()))
    tls.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return tls


def _begun(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    issuer_key: ec.EllipticCurvePublicKey,
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + _DAY)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False
        )
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _write(path: Path, certificate: x509.Certificate) -> None:
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
