"""Exported ledgers, as the monitor writes them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from residency.store.ledger.canonical import canonical
from residency.store.ledger.checkpoint import Checkpoint
from residency.store.ledger.merkle import leaf_hash, root
from residency.store.ledger.signing import Signer, load_signer, signed
from residency.store.times import written

START = datetime(2026, 10, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
Entry = dict[str, Any]
Export = Callable[..., Path]


def joined(values: Iterable[object]) -> bytes:
    return b"".join(canonical(each) + b"\n" for each in values)


def changes(scan: int) -> list[dict[str, Any]]:
    return [{"resource": f"r{each}", "from_scan": scan, "to_scan": None} for each in range(scan)]


def entry(seq: int) -> Entry:
    """One in five is a scan; scan 2 changed nothing that was exported."""
    at, scan = written(START + seq * HOUR), seq // 5
    if seq % 5:
        return {"v": 1, "seq": seq, "kind": "event", "at": at, "body": {"é\n": [seq]}}
    hashes = [leaf_hash(canonical(each)) for each in changes(scan)]
    body = {"scan": scan, "changes": {"root": root(hashes).hex(), "size": len(hashes)}}
    return {"v": 1, "seq": seq, "kind": "scan", "at": at, "body": body}


def head(entries: Sequence[Entry], size: int, signer: Signer | None) -> dict[str, Any]:
    hashes = [leaf_hash(canonical(each)) for each in entries[:size]]
    at = START + (size + 1) * HOUR
    made = Checkpoint(origin="example.com/residency", size=size, root=root(hashes), at=at)
    return {"checkpoint": made.text(), "envelope": signed(made.text(), signer)}


@pytest.fixture(scope="session")
def new_signer(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Signer]:
    """Make a signer with a key that nobody else has."""

    def make() -> Signer:
        file = tmp_path_factory.mktemp("key") / "key.pem"
        key = generate_private_key(SECP256R1())
        file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return load_signer(file)

    return make


@pytest.fixture(scope="session")
def signer(new_signer: Callable[[], Signer]) -> Signer:
    """The vendor's key."""
    return new_signer()


@pytest.fixture
def entries() -> list[Entry]:
    """Fifty entries, ten of them scans."""
    return [entry(seq) for seq in range(1, 51)]


@pytest.fixture
def export(tmp_path: Path) -> Export:
    """Write an export: of these entries, sealed at these sizes, with change sets of three scans."""

    def write(
        entries: Sequence[Entry],
        signer: Signer | None,
        *,
        sizes: Sequence[int] = (10, 20, 30, 50),
        name: str = "export",
        since: datetime = START,
    ) -> Path:
        folder = tmp_path / name
        (folder / "changes").mkdir(parents=True)
        (folder / "entries.jsonl").write_bytes(joined(entries))
        heads = [head(entries, size, signer) for size in sizes]
        (folder / "heads.jsonl").write_bytes(joined(heads))
        keys = [] if signer is None else [signer.public_key(since).document()]
        (folder / "keys.json").write_bytes(joined([keys]))
        for scan in (1, 3, 6):
            (folder / "changes" / f"{scan}.jsonl").write_bytes(joined(changes(scan)))
        return folder

    return write
