"""What is remembered of a place and of a judgement, and the digests that name both.

The time of reading is no part of a fact: a place that is read again unchanged is the same fact.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import msgspec

from residency.model import Placement, Reason, Status
from residency.policy import Attribution, Judged
from residency.store.memory import StateRow
from residency.store.times import written

Row = Mapping[str, Any]

_ENCODER = msgspec.json.Encoder(order="sorted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """One row that many resources share, with the SHA-256 of its canonical JSON."""

    sha256: bytes
    row: Row


def fact(place: Placement) -> Shared:
    """Give what is remembered of a place."""
    told = place.evidence
    row = {
        "role": place.role,
        "region": place.region,
        "country": place.country,
        "basis": place.basis,
        "api": told.api,
        "path": told.path,
        "value": told.value,
        "more": _text(_more(place)) if has_more(place) else "{}",
    }
    return _shared(row)


def state(judged: Judged) -> Shared:
    """Give what is remembered of a judgement, and of whose the resource is."""
    judgement = judged.judgement
    return _state(
        judged.attribution,
        holds=judged.holds,
        status=judgement.status,
        severity=judgement.severity,
        reasons=_text(list(judgement.reasons)),
        exemptions=_text(list(judgement.exemptions)),
        seen=True,
    )


def unseen(known: StateRow) -> Shared:
    """Give the state of a resource that was not seen, and of which nothing says that it is gone."""
    return _state(
        known.attribution,
        holds=known.holds,
        status=Status.UNKNOWN,
        severity=None,
        reasons=_text([Reason.FACET_UNREADABLE]),
        exemptions=_text([]),
        seen=False,
    )


def _state(attribution: Attribution, **judged: str | bool | None) -> Shared:
    whose = {
        "product": attribution.product,
        "customers": _text(list(attribution.customers)),
        "environment": attribution.environment,
    }
    return _shared({**judged, **whose})


def has_more(place: Placement) -> bool:
    """Whether a place has what few have; all others are told in their columns."""
    return bool(
        place.failover
        or place.writer
        or place.target
        or place.unresolved
        or place.evidence.against
        or place.decides_primary
        or place.metadata_only
    )


def _more(place: Placement) -> dict[str, Any]:
    """Give what few places have; what is false or absent is left out."""
    found: dict[str, Any] = {
        "against": place.evidence.against,
        "unresolved": place.unresolved,
        "decides_primary": place.decides_primary,
        "writer": place.writer,
        "metadata_only": place.metadata_only,
        "target": place.target,
        "failover": _failover(place),
    }
    return {name: value for name, value in found.items() if value}


def _failover(place: Placement) -> dict[str, Any] | None:
    if place.failover is None:
        return None
    told = place.failover
    return {
        "path": list(told.path),
        "since": written(told.since) if told.since else None,
        "evidence": str(told.evidence),
        "explained": told.explained,
    }


def row_sha256(row: Row) -> bytes:
    """Give the digest that names a row, without its number and digest."""
    return sha256(_ENCODER.encode(row)).digest()


def _shared(row: Row) -> Shared:
    return Shared(sha256=row_sha256(row), row=row)


def _text(value: object) -> str:
    return _ENCODER.encode(value).decode()
