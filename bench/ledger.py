"""Measures the ledger: proofs among many entries, and an export of many heads, signed.

    python bench/ledger.py --entries 1000000 --heads 2976

Entries have the size of a scan's. They are written past the store, which would seal each of them;
proofs and exports are made as the commands make them. Prints one line a figure, beside its bar.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import Connection

from residency import verify
from residency.store import Store
from residency.store.engine import Database
from residency.store.export import export
from residency.store.ledger.canonical import canonical
from residency.store.ledger.keys import read_keys
from residency.store.ledger.merkle import leaf_hash, node_hash
from residency.store.ledger.signing import PublicKey, Signer, load_signer
from residency.store.ledger_log import LedgerLog
from residency.store.proofs import prove_inclusion, verify_proof

BEGAN = datetime(2026, 10, 1, tzinfo=UTC)
SCAN_BYTES = 1100
"""About what the entry of a scan takes."""


def entries(count: int, hashes: list[bytes]) -> Iterator[tuple[int, bytes]]:
    """Give entries one by one; their leaves are put into `hashes`."""
    for seq in range(1, count + 1):
        body = {"number": seq, "rest": "x" * SCAN_BYTES}
        told = {"at": "2026-10-01T00:00:00Z", "body": body, "kind": "bench", "seq": seq, "v": 1}
        entry = canonical(told)
        hashes.append(leaf_hash(entry))
        yield seq, entry


def nodes(hashes: list[bytes]) -> Iterator[tuple[int, int, bytes]]:
    """Give every complete subtree over leaves."""
    level = 0
    while hashes:
        yield from ((level, place, each) for place, each in enumerate(hashes))
        pairs = zip(hashes[::2], hashes[1::2], strict=False)
        hashes, level = [node_hash(left, right) for left, right in pairs], level + 1


def fill(store: Store, count: int, signer: Signer) -> None:
    """Write a ledger of many entries under one head."""
    hashes: list[bytes] = []
    with store.database.writing() as connection:
        rows(connection, "ledger_entry", 2, entries(count, hashes))
        rows(connection, "ledger_node", 3, nodes(hashes))
        LedgerLog(connection).seal(store.origin, BEGAN, signer)


def rows(
    connection: Connection, table: str, width: int, given: Iterable[tuple[object, ...]]
) -> None:
    cursor = connection.connection.cursor()
    statement = f"INSERT INTO {table} VALUES ({', '.join('?' * width)})"  # noqa: S608 - our own names
    cursor.executemany(statement, given)  # type: ignore[arg-type]


def seal(store: Store, heads: int, signer: Signer) -> None:
    """Append an entry with a head of its own, as every scan does, many times."""
    for number in range(heads):
        at = BEGAN + number * timedelta(minutes=15)
        with store.database.writing() as connection:
            log = LedgerLog(connection)
            log.append("bench", at, {"number": number, "rest": "x" * SCAN_BYTES})
            log.seal(store.origin, at, signer)


class Figures:
    """What was measured."""

    def __init__(self) -> None:
        self.missed: list[str] = []

    def told(self, figure: str, found: float, bar: float, unit: str) -> None:
        print(f"{figure:<60}{found:>10.2f} {unit:<4} (the bar is {bar:g} {unit})", flush=True)
        if found > bar:
            self.missed.append(figure)


def proofs(path: Path, count: int, keys: tuple[PublicKey, ...], figures: Figures) -> None:
    """Prove entries here and there, each from a database opened anew."""
    made, verified = [], []
    for seq in [1, count, *(random.Random(7).randrange(1, count) for _ in range(48))]:  # noqa: S311 - no secret
        database = Database(path, writes=False)
        began = time.perf_counter()
        with database.reading() as connection:
            proof = prove_inclusion(connection, seq)
        made.append(1000 * (time.perf_counter() - began))
        database.close()
        began = time.perf_counter()
        verify_proof(proof, keys)
        verified.append(1000 * (time.perf_counter() - began))
    figures.told(f"proof among {count} entries, median of 50", statistics.median(made), 50, "ms")
    figures.told("that proof verified, with its signature", statistics.median(verified), 50, "ms")


def exports(path: Path, folder: Path, keys: tuple[PublicKey, ...], figures: Figures) -> None:
    database = Database(path, writes=False)
    began = time.perf_counter()
    with database.reading() as connection:
        done = export(connection, folder, keys)
    figures.told(f"export of {done.heads} heads", time.perf_counter() - began, 20, "s")
    database.close()
    began = time.perf_counter()
    verify.verify(folder)
    figures.told("that export verified", time.perf_counter() - began, 20, "s")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--heads", type=int, default=2976, help="2976 for a month")
    asked = parser.parse_args()
    figures = Figures()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        key = folder / "key.pem"
        pem = PrivateFormat.PKCS8
        key.write_bytes(
            generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, pem, NoEncryption())
        )
        signer, keys = load_signer(key), read_keys(key)
        for path, fills in ((folder / "many.db", True), (folder / "month.db", False)):
            store = Store.open(f"sqlite:///{path}")
            fill(store, asked.entries, signer) if fills else seal(store, asked.heads, signer)
            store.close()
        proofs(folder / "many.db", asked.entries, keys, figures)
        exports(folder / "month.db", folder / "export", keys, figures)
    for missed in figures.missed:
        print(f"MISSED: {missed}", file=sys.stderr)
    return 1 if figures.missed else 0


if __name__ == "__main__":
    sys.exit(main())
