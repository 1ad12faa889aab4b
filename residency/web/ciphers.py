"""Go's names of cipher suites and curves, and what OpenSSL calls them.

Go: https://pkg.go.dev/crypto/tls#CipherSuites and https://pkg.go.dev/crypto/tls#CurveID.
"""

from collections.abc import Mapping

_OF_TLS_1_3 = (
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
)
_OPENSSL: Mapping[str, str] = {
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA": "ECDHE-ECDSA-AES128-SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA": "ECDHE-ECDSA-AES256-SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA": "ECDHE-RSA-AES128-SHA",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA": "ECDHE-RSA-AES256-SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256": "ECDHE-ECDSA-AES128-GCM-SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": "ECDHE-ECDSA-AES256-GCM-SHA384",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": "ECDHE-RSA-AES128-GCM-SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384": "ECDHE-RSA-AES256-GCM-SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-ECDSA-CHACHA20-POLY1305",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-RSA-CHACHA20-POLY1305",
}
_CURVES: Mapping[str, str] = {
    "CurveP256": "prime256v1",
    "CurveP384": "secp384r1",
    "CurveP521": "secp521r1",
    "X25519": "X25519",
}


def cipher_suite(value: str) -> str:
    """Give OpenSSL's name; of a suite of TLS 1.3, which can be chosen neither here nor in Go, "".

    Raises:
        ValueError: Not among Go's secure suites.
    """
    if value in _OF_TLS_1_3:
        return ""
    if value not in _OPENSSL:
        raise ValueError("is not one of the secure suites of Go (crypto/tls, CipherSuites)")
    return _OPENSSL[value]


def curve(value: str) -> str:
    """Give OpenSSL's name.

    Raises:
        ValueError: Not one that can be set.
    """
    if value not in _CURVES:
        raise ValueError(f"is not one of {', '.join(_CURVES)}")
    return _CURVES[value]
