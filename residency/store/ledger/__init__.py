"""The tamper-evident ledger: canonical entries, a Merkle tree over them, signed heads, proofs."""
