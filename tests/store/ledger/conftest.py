"""Private keys that cost nothing to make twice."""

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from residency.store.ledger.signing import Signer, load_signer

MakeSigner = Callable[[str], Signer]


@pytest.fixture
def signer(tmp_path: Path) -> MakeSigner:
    """Make a signer with a new key of a kind: `ecdsa` or `ed25519`."""

    def make(kind: str) -> Signer:
        ecdsa = kind == "ecdsa"
        key = generate_private_key(SECP256R1()) if ecdsa else Ed25519PrivateKey.generate()
        file = tmp_path / f"{kind}.pem"
        file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return load_signer(file)

    return make
