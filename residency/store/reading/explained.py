"""All that is recorded of one resource: how it stands, what judged it, and how it came to that."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from residency.model import Basis
from residency.policy.attribution import glob
from residency.store.episodes.episode import Episode
from residency.store.episodes.kept import read_back
from residency.store.reading.events import Happened, events_after
from residency.store.reading.history import History, Judged, Named, Placed, Stood, history_of
from residency.store.reading.lives import DECLARATION, EXEMPTION
from residency.store.reading.looked import policy_sha256_of
from residency.store.reading.scans import Scanned, last_scan
from residency.store.reading.versions import Kept, versions

POLICY = "policy"
KINDS = frozenset({POLICY, EXEMPTION, DECLARATION})
"""What of the configuration is told beside a resource."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What the store has of a resource.

    Attributes:
        scan: The last scan, which found the resource so, did not see it, or found it gone.
        policy_sha256: Digest of the policies and all else of the configuration that it judged by.
        policies: The policies that it judged by.
        exemptions: Those that name the resource, or count for it, of the last scan.
        declarations: Those that say where its data is, of the last scan.
        episodes: Its failovers, oldest first.
        events: What happened to it, oldest first.
    """

    scan: Scanned
    policy_sha256: str
    history: History
    policies: tuple[Kept, ...]
    exemptions: tuple[Kept, ...]
    declarations: tuple[Kept, ...]
    episodes: tuple[Episode, ...]
    events: tuple[Happened, ...]

    @property
    def resource(self) -> Named:
        """The resource."""
        return self.history.resource

    @property
    def stood(self) -> Stood | None:
        """How it stands, and since when; None where it is gone."""
        return next((each for each in self.history.states if each.stretch.ended is None), None)

    @property
    def judged(self) -> Judged | None:
        """How it was judged last; None where it is gone."""
        return self.stood.judged if self.stood else None

    @property
    def places(self) -> tuple[Placed, ...]:
        """Where its data stands."""
        return tuple(each for each in self.history.places if each.stretch.ended is None)


def has_scans(connection: Connection) -> bool:
    """Whether any scan was ever committed."""
    return last_scan(connection) is not None


def explained_of(connection: Connection, resource: Named) -> Explained | None:
    """Read all that is recorded of a resource; None before the first scan."""
    scan = last_scan(connection)
    if scan is None:
        return None
    history = history_of(connection, resource)
    standing = [each for each in history.states if each.stretch.ended is None]
    counted = frozenset(name for each in standing for name in each.judged.exemptions)
    kept = [each for each in versions(connection, KINDS) if each.stands]
    sources = {
        each.placement.evidence.path
        for each in history.places
        if each.stretch.ended is None and each.placement.basis is Basis.DECLARED
    }
    episodes = (each for each in read_back(connection, Episode) if resource.id in each.resource_ids)
    return Explained(
        scan=scan,
        policy_sha256=policy_sha256_of(connection, scan),
        history=history,
        policies=tuple(each for each in kept if each.kind == POLICY),
        exemptions=tuple(_naming(resource, kept, counted)),
        declarations=tuple(
            each for each in kept if each.kind == DECLARATION and each.body["source"] in sources
        ),
        episodes=tuple(sorted(episodes, key=lambda each: (each.started_at, each.id))),
        events=events_after(connection, resource=resource.pk),
    )


def _naming(resource: Named, kept: list[Kept], counted: frozenset[str]) -> Iterator[Kept]:
    for each in kept:
        if each.kind == EXEMPTION:
            named = any(glob(pattern, resource.id) for pattern in each.body["resources"])
            if named or each.id in counted:
                yield each
