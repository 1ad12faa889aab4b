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
from typing import NamedTuple, Self

import msgspec

from residency.policy import Attribution
from residency.store.ledger.merkle import leaf_hash, root
from residency.store.memory import Change, Memory, NewRows, Standing, StateRow, both

_ENCODER = msgspec.json.Encoder()

_NAMED = b'"name":%b,"resource":%b,"resource_group":%b,"state":'
_LAST = b',"subscription":%b,"type":%b}'
"""What a line says before and after its state."""

_LABEL_BYTES = 16
_TEXT = attrgetter("text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """The root of a tree over lines, and how many there are."""

    root: str
    size: int


class Line(NamedTuple):
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

    def __init__(
        self, memory: Memory, new: NewRows, labels: Labels, *, again: bool = False
    ) -> None:
        """Look rows up in `memory`, and in what this scan adds to it.

        Lines of the same resources are made `again` and again where many scans are told anew; for
        one scan it would cost more to keep their parts.
        """
        self._again = again
        self._states = both(memory.states, new.states)
        self._facts = both(memory.facts, new.facts)
        self._resources = both(memory.resources, new.resources)
        self._labels = labels
        self._groups: dict[int, str] = {}
        self._firsts: dict[tuple[str, tuple[int, ...]], bytes] = {}
        self._told: dict[int, bytes] = {}
        self._named: dict[str, tuple[bytes, bytes]] = {}
        self._lasts: dict[tuple[str, str], bytes] = {}

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
        group = self._groups.get(standing.state)
        if group is None:
            group = self._labels.of(self._states[standing.state].attribution)
            self._groups[standing.state] = group
        return group

    def _line(self, group: str, resource_id: str, standing: Standing | None) -> Line:
        """Make a line of its parts, each of which many lines share: names sorted, no blanks."""
        state, facts = standing or (0, ())
        first = self._firsts.get((group, facts)) or self._first(group, facts)
        told = (self._told.get(state) or self._state(state)) if state else b"null"
        named, last = self._named.get(resource_id) or self._names(resource_id)
        text = first + named + told + last
        return Line(group, text, leaf_hash(text))

    def _first(self, group: str, facts: tuple[int, ...]) -> bytes:
        digests = sorted(self._facts[row].sha256.hex() for row in facts)
        part = _ENCODER.encode({"facts": digests, "group": group})[:-1] + b","
        return self._firsts.setdefault((group, facts), part)

    def _state(self, row: int) -> bytes:
        return self._told.setdefault(row, _ENCODER.encode(self._states[row].sha256.hex()))

    def _names(self, resource_id: str) -> tuple[bytes, bytes]:
        """Give what stands before and after the state; of each resource it is always the same."""
        _, kind, name, subscription, group = self._resources[resource_id]
        written = _ENCODER.encode
        last = self._lasts.get((subscription, kind))
        if last is None:
            last = _LAST % (written(subscription), written(kind))
            self._lasts[subscription, kind] = last
        found = _NAMED % (written(name), written(resource_id), written(group)), last
        if self._again:
            self._named[resource_id] = found
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Roots:
    """The root over all of some lines, and the one of each group that has any."""

    whole: Root
    groups: Mapping[str, Root]

    @classmethod
    def over(cls, lines: Iterable[Line]) -> Self:
        """Hash lines; they are sorted once."""
        groups: dict[str, list[bytes]] = {}
        ranked = sorted(lines, key=_TEXT)
        for group, _, leaf in ranked:
            groups.setdefault(group, []).append(leaf)
        return cls(
            whole=_root([line.leaf for line in ranked]),
            groups={group: _root(leaves) for group, leaves in groups.items()},
        )


def root_of(lines: Iterable[Line]) -> Root:
    """Give the root over lines, ordered by their text."""
    return _root([line.leaf for line in sorted(lines, key=_TEXT)])


def _root(leaves: Sequence[bytes]) -> Root:
    return Root(root=root(leaves).hex(), size=len(leaves))


def where(
    counted: Mapping[tuple[int, str], int], states: Mapping[int, StateRow], labels: Labels
) -> dict[str, Counter[str]]:
    """Count the resources of each group by subscription, from how many there are of each state."""
    found: dict[str, Counter[str]] = {}
    for (state, subscription), count in counted.items():
        label = labels.of(states[state].attribution)
        found.setdefault(label, Counter())[subscription] += count
    return found
