"""What a client's certificate says that it is."""

from cryptography import x509


def alternative_names(certificate: bytes) -> frozenset[str]:
    """Give the DNS names, e-mail addresses, IP addresses and URIs of a certificate (DER).

    None where it has none, or where it cannot be read.
    """
    try:
        found = x509.load_der_x509_certificate(certificate).extensions
        names = found.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension):
        return frozenset()
    texts = (x509.DNSName, x509.RFC822Name, x509.UniformResourceIdentifier)
    said = {name.value for name in names if isinstance(name, texts)}
    return frozenset(said | {str(name.value) for name in names if isinstance(name, x509.IPAddress)})
