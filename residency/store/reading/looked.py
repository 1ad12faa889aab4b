"""How a scan looked: what it said of all together, and how much it saw of each subscription."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from residency.model import SubscriptionState
from residency.store.reading.coverage import Covered, coverage
from residency.store.reading.scans import Scanned, last_scan, scans_of
from residency.store.reading.standing import Reader, rows
from residency.store.tables import SCAN
from residency.store.times import Span, written

_HELD = "s.from_scan <= ? AND (s.to_scan IS NULL OR s.to_scan > ?)"
_RESOURCES = f"""
SELECT r.subscription_id, count(*)
FROM standing AS s CROSS JOIN resource AS r ON r.pk = s.resource
WHERE {_HELD} GROUP BY r.subscription_id
"""  # noqa: S608 - of our own texts
_UNKNOWN = f"""
SELECT r.type, count(*) AS resources
FROM standing AS s JOIN resource AS r ON r.pk = s.resource
WHERE s.state IN (SELECT pk FROM state WHERE holds IS NULL AND seen) AND {_HELD}
GROUP BY r.type ORDER BY resources DESC, r.type
"""  # noqa: S608 - of our own texts
_WITHOUT_MANIFEST = """
SELECT count(*) FROM scan, json_each(scan.reasons) AS reason
WHERE reason.value = 'no-manifest' AND finished_at > ? AND finished_at <= ?
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summed:
    """What a scan said of all that it found."""

    scan: Scanned
    policy_sha256: str
    reasons: tuple[str, ...]
    counts: Mapping[str, int]
    unknown_types: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How much a scan saw of one subscription."""

    id: str
    name: str
    state: SubscriptionState
    reasons: tuple[str, ...]
    whole: bool
    resources: int


def scan_numbered(reader: Reader, number: int | None) -> Scanned | None:
    """Read a scan, the last one where no number is given; None where there is none such."""
    if number is None:
        return last_scan(reader)
    return scans_of(reader, {number}).get(number)


def policy_sha256_of(reader: Reader, scan: Scanned) -> str:
    """Read the digest of the configuration that a scan judged by."""
    return str(reader.scalar(select(SCAN.c.policy_sha256).where(SCAN.c.seq == scan.seq)))


def reasons_of(reader: Reader, scan: Scanned) -> tuple[str, ...]:
    """Read why a scan as a whole proves less than it might."""
    told = reader.scalar(select(SCAN.c.reasons).where(SCAN.c.seq == scan.seq))
    return tuple(json.loads(str(told)))


def summed(reader: Reader, scan: Scanned) -> Summed:
    """Read what a scan said of all that it found."""
    columns = SCAN.c.policy_sha256, SCAN.c.reasons, SCAN.c.counts
    row = reader.execute(select(*columns).where(SCAN.c.seq == scan.seq)).one()
    return Summed(
        scan=scan,
        policy_sha256=row.policy_sha256,
        reasons=tuple(json.loads(row.reasons)),
        counts=json.loads(row.counts),
        unknown_types=dict(rows(reader, _UNKNOWN, scan.seq, scan.seq)),
    )


def subscriptions_at(reader: Reader, scan: Scanned) -> tuple[Seen, ...]:
    """Read how much a scan saw of each subscription, by their ids."""
    resources: dict[str, int] = dict(rows(reader, _RESOURCES, scan.seq, scan.seq))
    found = (each for each in coverage(reader) if each.stretch.holds_in(scan.seq))
    return tuple(_seen(each, resources) for each in found)


def _seen(covered: Covered, resources: Mapping[str, int]) -> Seen:
    return Seen(
        id=covered.subscription_id,
        name=covered.name,
        state=covered.state,
        reasons=covered.reasons,
        whole=covered.whole,
        resources=resources.get(covered.subscription_id, 0),
    )


def scans_without_manifest(reader: Reader, within: Span) -> int:
    """Count the scans that ended in a time and did not know which subscriptions must be seen."""
    (found,) = rows(reader, _WITHOUT_MANIFEST, written(within.since), written(within.until))
    return int(found[0])
