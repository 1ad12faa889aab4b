"""What the ledger says of a scan: one entry of constant size, which binds all that was written.

Every exemption, declaration, policy, operation, episode and incident that is new or otherwise has
an entry of its own before it, under a keyed hash, because people wrote some of that. The first scan
of a month is followed by a snapshot of all that stands, so that a month can be verified without
what is older.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from typing import Any

import msgspec

from residency.store.draft import Draft
from residency.store.events import Event
from residency.store.ledger.customers import customers_root, leaf, opaque, salt
from residency.store.ledger.merkle import leaf_hash, root
from residency.store.ledger_log import LedgerLog
from residency.store.lines import Labels, Lines, Root, Roots
from residency.store.memory import Memory, Subscription
from residency.store.times import written, written_spans

_ENCODER = msgspec.json.Encoder(order="sorted")


def append_entries(log: LedgerLog, memory: Memory, draft: Draft, labels: Labels) -> None:
    """Append what the ledger says of a scan."""
    at = draft.record.finished_at
    for turn in draft.turns:
        after = labels.sealed(turn.kind, turn.after) if turn.after else None
        name = labels.sealed(turn.kind, turn.id)
        log.append(turn.kind, at, {"id": name, "scan": draft.seq, "is": after})
    changed = Roots.over(draft.lines)
    log.append("scan", at, scan_entry(draft, labels, changed))
    if draft.month != memory.month:
        standing = changed
        if memory.scan:  # a first scan found all that stands to be new
            lines = tuple(Lines(memory, draft.new, labels).standing(draft.standing))
            standing = Roots.over(lines)
        log.append("snapshot", at, snapshot_entry(draft, standing))


def snapshot_entry(draft: Draft, standing: Roots) -> dict[str, Any]:
    """Give the body of a snapshot: the root over the lines of all that stands, and by group."""
    groups = {label: asdict(found) for label, found in sorted(standing.groups.items())}
    return {
        "scan": draft.seq,
        "standing": asdict(standing.whole),
        "groups": {"sha256": digest(groups), "size": len(groups)},
    }


def scan_entry(draft: Draft, labels: Labels, changed: Roots) -> dict[str, Any]:
    """Give the body of a scan's entry: what it found, and the roots over all that it changed."""
    record = draft.record
    return {
        "id": record.id,
        "scan": draft.seq,
        "started_at": written(record.started_at),
        "finished_at": written(record.finished_at),
        "complete": record.complete,
        "verdict": record.verdict,
        "policy_sha256": record.policy_sha256,
        "reasons_sha256": digest(list(record.reasons)),
        "requests_sha256": digest(dict(record.requests)),
        "log_sha256": digest(written_spans(record.log)),
        "counts": dict(draft.counts),
        "subscriptions_sha256": subscriptions_sha256(draft.subscriptions),
        "changes": asdict(changed.whole),
        "events": events_root(draft.events),
        "customers": _customers(draft, labels, changed.groups),
    }


def digest(value: object) -> str:
    """Give the SHA-256 of canonical JSON, in hexadecimal."""
    return sha256(_ENCODER.encode(value)).hexdigest()


def subscriptions_sha256(now: Mapping[str, Subscription]) -> str:
    """Digest how much of each subscription was seen."""
    return digest(
        [[name, each.name, each.state, list(each.reasons)] for name, each in sorted(now.items())]
    )


def events_root(events: Iterable[Event]) -> dict[str, object]:
    """Give the root over events, in their order."""
    parts = ((each.kind, each.subject, each.before, each.after) for each in events)
    return leaves_root([event_leaf(*map(_ENCODER.encode, each)) for each in parts])


def event_leaf(kind: bytes, subject: bytes, before: bytes, after: bytes) -> bytes:
    """Hash an event, of which each part is canonical JSON."""
    return leaf_hash(b"[%b,%b,%b,%b]" % (kind, subject, before, after))


def leaves_root(leaves: Sequence[bytes]) -> dict[str, object]:
    """Give the root over the hashes of leaves, in their order."""
    return asdict(Root(root=root(leaves).hex(), size=len(leaves)))


def part_of(value: object) -> bytes:
    """Write what a leaf holds as canonical JSON."""
    return _ENCODER.encode(value)


def _customers(draft: Draft, labels: Labels, changed: Mapping[str, Root]) -> dict[str, object]:
    """Give the root over one salted leaf a customer, which tells it what changed for it."""
    leaves = {}
    for customer in draft.record.customers:
        record = customer_record(customer, draft, changed, labels)
        salted = salt(labels.secret, customer, draft.seq)
        leaves[opaque(labels.secret, customer)] = leaf(salted, record)
    return {"root": customers_root(leaves).hex(), "size": len(leaves)}


def customer_record(
    customer: str, draft: Draft, changed: Mapping[str, Root], labels: Labels
) -> bytes:
    """Give what a scan tells one customer, as canonical JSON.

    The roots over what changed in its groups, and the state of each subscription that holds
    something of them.
    """
    groups = [each for each in draft.where if labels.concerns(each, customer)]
    states = {
        name: draft.subscriptions[name].state
        for group in groups
        for name in draft.where[group]
        if name in draft.subscriptions
    }
    told = {
        "at": written(draft.record.finished_at),
        "customer": opaque(labels.secret, customer),
        "groups": {
            each: asdict(found)
            for each, found in changed.items()
            if labels.concerns(each, customer)
        },
        "scan": draft.seq,
        "subscriptions": states,
    }
    return _ENCODER.encode(told)
