"""The lines by which the ledger is bound to what stands, and to what each customer may be given.

A line says of one resource what stands of it after a scan. Every line belongs to a *group*: the
resources of one product and the same customers. A customer is given the lines of the groups that
concern it, and of the others only that they are there. Labels of groups and customers are keyed
hashes, so that nothing in an entry names anybody.
"""

import hmac
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

import msgspec

from residency.policy import Attribution
from residency.store.ledger.merkle import leaf_hash, root
from residency.store.memory import Change, Memory, NewRows, Standing, both

_ENCODER = msgspec.json.Encoder(order="sorted")
_LABEL_BYTES = 16
_TEXT = attrgetter("text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """The root of a tree over lines, and how many there are."""

    root: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: its group, its canonical JSON, and the hash of that as a leaf."""

    group: str
    text: bytes
    leaf: bytes


class Labels:
    """Labels of groups under the store's secret, each made once, and whom each group concerns."""

    def __init__(self, secret: bytes) -> None:
        """Make labels that nobody can make who does not know `secret`."""
        self.secret = secret
        self._known: dict[Attribution, str] = {}
        self._customers: dict[str, frozenset[str] | None] = {}

    def of(self, attribution: Attribution) -> str:
        """Give the label of the group that an attribution puts a resource in."""
        known = self._known.get(attribution)
        if known is None:
            told = _ENCODER.encode([attribution.product, sorted(attribution.customers)])
            digest = hmac.digest(self.secret, b"group\x00" + told, "sha256")
            known = self._known[attribution] = digest[:_LABEL_BYTES].hex()
            everyone = attribution.unassigned
            self._customers[known] = None if everyone else frozenset(attribution.customers)
        return known

    def sealed(self, kind: str, text: str) -> str:
        """Give what binds a text to the ledger and tells nothing of it: people wrote it."""
        return hmac.digest(self.secret, f"{kind}\x00{text}".encode(), "sha256").hex()

    def concerns(self, label: str, customer: str) -> bool:
        """Whether a group is a customer's; what is unassigned concerns every one."""
        customers = self._customers[label]
        return customers is None or customer in customers


class Lines:
    """Makes the lines of one scan."""

    def __init__(self, memory: Memory, new: NewRows, labels: Labels) -> None:
        """Look rows up in `memory`, and in what this scan adds to it."""
        self._states = both(memory.states, new.states)
        self._facts = both(memory.facts, new.facts)
        self._resources = both(memory.resources, new.resources)
        self._labels = labels
        self._digests: dict[tuple[int, ...], list[str]] = {}

    def of(self, changes: Iterable[Change]) -> Iterator[Line]:
        """Give the lines of what changed; what leaves a group leaves a line there."""
        for change in changes:
            before = self._group(change.before)
            after = self._group(change.after)
            if before is not None and before != after:
                yield self._line(before, change.resource_id, None)
            if after is not None:
                yield self._line(after, change.resource_id, change.after)

    def standing(self, by_id: Mapping[str, Standing]) -> Iterator[Line]:
        """Give the lines of all that stands."""
        for resource_id, standing in by_id.items():
            yield self._line(self._group(standing) or "", resource_id, standing)

    def _group(self, standing: Standing | None) -> str | None:
        if standing is None:
            return None
        return self._labels.of(self._states[standing.state].attribution)

    def _line(self, group: str, resource_id: str, standing: Standing | None) -> Line:
        facts: list[str] = []
        state = None
        if standing is not None:
            state = self._states[standing.state].sha256.hex()
            facts = self._digests_of(standing.facts)
        known = self._resources[resource_id]
        told = {
            "facts": facts,
            "group": group,
            "name": known.name,
            "resource": resource_id,
            "resource_group": known.resource_group,
            "state": state,
            "subscription": known.subscription_id,
            "type": known.type,
        }
        text = _ENCODER.encode(told)
        return Line(group=group, text=text, leaf=leaf_hash(text))

    def _digests_of(self, facts: tuple[int, ...]) -> list[str]:
        if facts not in self._digests:
            self._digests[facts] = sorted(self._facts[row].sha256.hex() for row in facts)
        return self._digests[facts]


def root_of(lines: Iterable[Line]) -> Root:
    """Give the root over lines, ordered by their text."""
    hashes = [line.leaf for line in sorted(lines, key=_TEXT)]
    return Root(root=root(hashes).hex(), size=len(hashes))


def by_group(lines: Sequence[Line]) -> dict[str, Root]:
    """Give the root of each group that has lines."""
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(line.group, []).append(line)
    return {group: root_of(found) for group, found in groups.items()}


def where(memory: Memory, labels: Labels) -> dict[str, Counter[str]]:
    """Count the resources of each group that stand, by subscription."""
    found: dict[str, Counter[str]] = {}
    for resource_id, standing in memory.by_id.items():
        label = labels.of(memory.states[standing.state].attribution)
        found.setdefault(label, Counter())[memory.resources[resource_id].subscription_id] += 1
    return found
