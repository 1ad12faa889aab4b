"""Verifies an exported ledger, and trusts nothing of the program that wrote it.

It imports nothing of the monitor, asks no network, and is short enough to read before it is
believed. `python -m residency.verify FOLDER` ends with 0 (verified), 1 (altered or wrong) or 2
(usage, or the export cannot be read). The folder holds:
- `entries.jsonl`: an entry a line: {"at":"…Z","body":{…},"kind":"scan","seq":1,"v":1}.
- `heads.jsonl`: a head a line, the smallest first: {"checkpoint":"…","envelope":{…}|null}, a C2SP
  checkpoint body with one extension line, `time`, and a DSSE envelope around it.
- `keys.json`, one line: [{keyid, scheme, public (PEM), valid_from, valid_to|null}].
- `changes/<scan>.jsonl`, optional: the records behind `body.changes` of the scan of that number.
Every line is RFC 8785 canonical JSON. The leaves of the RFC 6962 tree are the lines of the entries.
"""

import argparse
import json
import re
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

PAYLOAD_TYPE = "application/vnd.residency.checkpoint.v1"
SCHEMES = ("ecdsa-sha2-nistp256", "ed25519")
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{6})?Z")
CHECKPOINT = re.compile(r"([^\s+]+)\n([1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\ntime (\S+)\n")
ENTRY_KEYS = {"at", "body", "kind", "seq", "v"}
Keys = dict[str, tuple[Mapping[str, Any], Any, datetime, datetime]]
KEY_KEYS = {"keyid", "scheme", "public", "valid_from", "valid_to"}


class Head(NamedTuple):
    """One head: which ledger, how many entries, the root over them, when, and the signatures."""

    text: str
    origin: str
    size: int
    root: bytes
    at: datetime
    envelope: dict[str, Any] | None


@dataclass
class Found:
    """What was verified: when entries began and ended; each scan's change set; each head's keys."""

    size: int = 0
    times: list[datetime] = field(default_factory=list)
    scans: list[bool] = field(default_factory=list)
    heads: list[list[str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass
class Tree:
    """The tree of RFC 6962 as it grows: the hashes of its complete subtrees, the largest first."""

    size: int = 0
    _peaks: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes) -> None:
        """Add the data of one leaf."""
        reached, size = sha256(b"\x00" + leaf).digest(), self.size
        while size & 1:
            reached, size = sha256(b"\x01" + self._peaks.pop() + reached).digest(), size >> 1
        self._peaks.append(reached)
        self.size += 1

    def root(self) -> bytes:
        """Give the root over what was added."""
        if not self._peaks:
            return sha256().digest()
        return reduce(
            lambda right, left: sha256(b"\x01" + left + right).digest(), self._peaks[::-1]
        )


def require(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as a sentence
    """Refuse the export unless something holds."""
    if not holds:
        raise ValueError(otherwise)


def _whole(number: str) -> int:
    require(abs(int(number)) < 2**53, "a number is too large")
    return int(number)


def _ordered(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return dict(sorted(pairs, key=lambda pair: pair[0].encode("utf-16-be")))


_READER = json.JSONDecoder(object_pairs_hook=_ordered, parse_int=_whole, parse_float=_whole)
_WRITER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def lines(file: Path) -> Iterator[tuple[str, bytes, Any]]:
    """Give where each line is, its bytes and its value; refuses what RFC 8785 writes otherwise."""
    with file.open("rb") as stream:
        for number, raw in enumerate(stream, start=1):
            where, line = f"{file.name}, line {number}", raw[:-1]
            try:
                value = _READER.decode(line.decode())
                same = raw == _WRITER.encode(value).encode() + b"\n"
            except (ValueError, RecursionError) as error:
                raise ValueError(f"{where}: is no canonical JSON ({error})") from error
            require(same, f"{where}: is not in its canonical form, or cut off")
            yield where, line, value


def moment(where: str, text: object) -> datetime:
    """Read a time in UTC."""
    require(isinstance(text, str) and bool(TIME.fullmatch(text)), f"{where}: {text!r} is no time")
    return datetime.fromisoformat(str(text))


def parse_head(where: str, text: object, envelope: Any = None) -> Head:  # noqa: ANN401 - any JSON
    """Read the text of a checkpoint."""
    found = CHECKPOINT.fullmatch(text) if isinstance(text, str) else None
    if found is None or not isinstance(envelope, dict | None):
        raise ValueError(f"{where}: is no head of a ledger")
    root = b64decode(found[3])
    require(b64encode(root).decode() == found[3], f"{where}: the root is no canonical base64")
    return Head(found[0], found[1], int(found[2]), root, moment(where, found[4]), envelope)


def read_heads(file: Path) -> Iterator[Head]:
    """Give the heads; each is of the same ledger, and covers more than the one before."""
    before: Head | None = None
    for where, _, value in lines(file):
        keys = value.keys() if isinstance(value, dict) else ()
        require(keys == {"checkpoint", "envelope"}, f"{where}: is no head of a ledger")
        head = parse_head(where, value["checkpoint"], value["envelope"])
        if before is not None:
            fits = head.origin == before.origin and head.size > before.size
            require(fits, f"{where}: is of another ledger, or covers no more than the one before")
        before = head
        yield head


def read_entries(file: Path, found: Found) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """Give the bytes and the value of each entry; none is missing and none is there twice."""
    for seq, (where, line, entry) in enumerate(lines(file), start=1):
        require(isinstance(entry, dict) and entry.keys() == ENTRY_KEYS, f"{where}: is no entry")
        kinds = [type(entry[name]) for name in ("v", "seq", "kind", "body")]
        require(kinds == [int, int, str, dict] and entry["v"] == 1, f"{where}: is no entry of v1")
        require(entry["seq"] == seq, f"{where}: has seq {entry['seq']} where {seq} comes")
        at = moment(where, entry["at"])
        if found.times and at < found.times[-1]:
            found.warnings.append(f"{where}: is of {at}, before the entry above it")
        found.times = [*found.times[:1], at]
        yield line, entry


def verify_changes(files: dict[str, Path], entry: Mapping[str, Any]) -> bool:
    """Verify the change set of one scan, and take it out of `files`; says whether it was there."""
    body, tree = entry["body"], Tree()
    file = files.pop(f"{body.get('scan')}.jsonl", None)
    if file is None:
        return False
    for _, line, _ in lines(file):
        tree.append(line)
    told = body.get("changes") == {"root": tree.root().hex(), "size": tree.size}
    require(told, f"changes/{file.name}: is not what entry {entry['seq']} says was changed")
    return True


def read_keys(file: Path) -> Keys:
    """Read a list of keys: each as listed and as loaded, and from when until when it counts."""
    keys: Keys = {}
    for where, _, listed in lines(file):
        require(isinstance(listed, list) and not keys, f"{where}: is no list of keys")
        for each in listed:
            known = isinstance(each, dict) and each.keys() == KEY_KEYS
            require(known and str(each["keyid"]) not in keys, f"{where}: is no list of keys")
            until = moment(where, each["valid_to"] or "9999-12-31T00:00:00Z")
            since, loaded = moment(where, each["valid_from"]), _load(where, each)
            keys[str(each["keyid"])] = each, loaded, since, until
    return keys


def _load(where: str, record: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a key of the library
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - late
    from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415 - late
    from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined]  # noqa: PLC0415

    try:
        public = form.load_pem_public_key(str(record["public"]).encode())
        key = SSlibKey.from_crypto(public)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ValueError(f"{where}: holds what is no public key ({error})") from error
    pem = public.public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo).decode()
    same = [key.keyid, key.scheme, pem] == [record[each] for each in ("keyid", "scheme", "public")]
    require(same and key.scheme in SCHEMES, f"{where}: a key is not what its id and scheme name")
    return key


def verify_signatures(head: Head, keys: Keys) -> list[str]:
    """Verify every signature of a head; gives the ids of the keys, none where none is needed."""
    counting = {k: key for k, (_, key, since, until) in keys.items() if since <= head.at < until}
    where = f"The head of {head.size}"
    if head.envelope is None:
        require(not counting, f"{where}: is not signed, though there is a key that counts then")
        return []
    from securesystemslib.dsse import Envelope  # noqa: PLC0415 - late
    from securesystemslib.exceptions import Error  # noqa: PLC0415 - late

    try:
        opened = Envelope.from_dict(deepcopy(head.envelope))
        exact = opened.to_dict() == head.envelope and opened.payload_type == PAYLOAD_TYPE
        require(exact and opened.payload == head.text.encode(), f"{where}: the envelope is altered")
        unknown = sorted(map(str, opened.signatures.keys() - counting.keys()))
        require(not unknown, f"{where}: is signed by a key that does not count then: {unknown}")
        by = [counting[keyid] for keyid in opened.signatures]
        return sorted(opened.verify(by, len(by)))
    except (AttributeError, Error, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{where}: the signature does not verify ({error!r})") from error


def verify(folder: Path, held: Head | None = None, held_keys: Path | None = None) -> Found:
    """Verify an export; raises ValueError at the first thing that is wrong."""
    found, tree = Found(), Tree()
    keys = read_keys(folder / "keys.json") if (folder / "keys.json").exists() else {}
    if held_keys is not None:
        theirs, keys = keys, read_keys(held_keys)
        same = all(theirs.get(each, own)[0] == own[0] for each, own in keys.items())
        require(same, "keys.json: tells another thing of a key than the list that you hold")
    changes = {each.name: each for each in (folder / "changes").glob("*")}
    heads = read_heads(folder / "heads.jsonl")
    head = last = next(heads, None)
    for line, entry in read_entries(folder / "entries.jsonl", found):
        tree.append(line)
        if entry["kind"] == "scan":
            found.scans.append(verify_changes(changes, entry))
        if held is not None and held.size == tree.size:
            require(held.root == tree.root(), "Something that the head you hold covers is altered")
        if head is not None and head.size == tree.size:
            require(head.root == tree.root(), f"An entry up to {head.size} is not what was sealed")
            found.heads.append(verify_signatures(head, keys))
            head, last = next(heads, None), head
    if last is None or head is not None or last.size != tree.size:
        raise ValueError(f"heads.jsonl: the last head does not cover {tree.size} entries exactly")
    if held is not None:
        within = held.origin == last.origin and held.size <= tree.size
        require(
            within, f"The head you hold covers {held.size} of {held.origin}: entries are cut off"
        )
    require(bool(found.heads[-1]) or not keys, "The last head is not signed, though keys exist")
    require(not changes, f"changes/{min(changes, default='')}: belongs to no scan, or to a second")
    found.size = tree.size
    return found


def told(found: Found, held: Head | None, held_keys: Path | None) -> Iterator[str]:
    """Say in plain words what was verified, and what was not."""
    span = f"{found.times[0]} to {found.times[-1]}"
    yield f"Verified: {found.size} entries, {span}: none altered, missing, repeated or misplaced."
    yield f"Verified: {len(found.heads)} heads fit the entries, and the last covers all of them."
    yield f"Verified: the change sets of {sum(found.scans)} scans, of {len(found.scans)} in all."
    signers = sorted({signer for head in found.heads for signer in head})
    if signers:
        yield f"Signed: {sum(map(bool, found.heads))} heads, by {', '.join(signers)}."
        if held_keys is None:
            yield "The keys came with the export: compare these ids with those published to you."
    else:
        yield "NOT SIGNED: nothing here says who wrote it, and whoever holds it can rewrite it all."
        yield "Order and integrity are proven only since a head that you hold: give it with --head."
    if held is not None:
        yield f"Verified: the first {held.size} entries are those of the head that you hold."
    yield "No ledger proves that the monitor saw everything, and told the truth at the time."
    yield from (f"Warning: {each}" for each in found.warnings)


def main(argv: Sequence[str] | None = None) -> int:
    """Verify the folder that is named; gives 0 verified, 1 altered or wrong, 2 unreadable."""
    parser = argparse.ArgumentParser(prog="residency.verify", description="Verify a ledger.")
    parser.add_argument("folder", type=Path, help="the exported folder")
    parser.add_argument("--head", type=Path, help="a checkpoint that you kept from before")
    parser.add_argument("--keys", type=Path, help="the key list that was published to you")
    try:
        asked = parser.parse_args(argv)
        text = asked.head and asked.head.read_text(encoding="utf-8").strip() + "\n"
        held = parse_head(str(asked.head), text) if text else None
        found = verify(asked.folder, held, asked.keys)
    except (OSError, ImportError, ValueError) as error:
        wrong = isinstance(error, ValueError)
        sys.stderr.write(f"{'ALTERED OR WRONG' if wrong else 'Cannot be verified'}: {error}\n")
        return 1 if wrong else 2
    sys.stdout.write("\n".join(told(found, held, asked.keys)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
