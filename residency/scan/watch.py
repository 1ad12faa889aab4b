"""Scans one tenant again and again, and remembers: what stood, what failed over, what is gone."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from residency import clock
from residency.azure import Arm, open_session
from residency.check import Catalogue
from residency.cycles import few_collections
from residency.inventory import Inventory, Progress, take
from residency.inventory.each import of_each
from residency.inventory.health import read_health
from residency.inventory.subscriptions import list_subscriptions
from residency.model import HealthEvent, Operation
from residency.policy import Judge, Judged
from residency.scan.carried import carried
from residency.scan.following import Follower, Trail, past_of
from residency.scan.hearing import Heard, hear
from residency.scan.kept import Cache, InMemory
from residency.scan.kept_arm import KeptArm
from residency.scan.kept_facets import KeptFacets
from residency.scan.kept_reader import KeptReader
from residency.scan.looked import Looked
from residency.scan.missing import Missing, doubted, establish
from residency.scan.plans import traced
from residency.scan.recording import record_of
from residency.scan.result import Scan, Unseen
from residency.scan.rotation import Pace, Rotation
from residency.scan.run import conclude, judge_all, judge_of, place, silent
from residency.settings import Settings
from residency.store import Committed, Store
from residency.store.episodes import Window
from residency.store.episodes.kept import read_back
from residency.store.facets import Facets
from residency.store.ledger.signing import signer_of
from residency.store.scans import last_log
from residency.store.times import moment_of
from residency.store.whereabouts import last_stays


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A scan that was committed."""

    scan: Scan
    committed: Committed
    trail: Trail = field(repr=False)
    looked: Looked
    requests: Mapping[str, int]


class Watch:
    """Watches one tenant: the one writer of its store, and what earlier scans read.

    Attributes:
        requests: The answers of Azure in the last scan of this process, also in one that failed.
        inventory: What the last scan of this process saw; None before the first, while one goes
            on, and after one that failed.
    """

    def __init__(self, store: Store, cache: Cache | None = None) -> None:
        """Remember in `store`; `cache` holds what need not be read in every scan."""
        self.store = store
        self._cache = cache or InMemory()
        self._changed: dict[str, datetime] = {}
        self._changes_until: datetime | None = None
        self.requests: Mapping[str, int] = {}
        self.inventory: Inventory | None = None

    async def scan(
        self, settings: Settings, catalogue: Catalogue, progress: Progress = silent
    ) -> Remembered:
        """Scan the tenant once, within `scan.deadline`, and commit what was found.

        Raises:
            AzureError: Not even the subscriptions could be listed.
            ConfigError: The credential does not fit the endpoint.
            StoreError: It could not be remembered; then it is as if it had not been.
        """
        began_at = clock.now()
        self.requests = {}
        self.inventory = None  # two at once would be the most that is held
        with few_collections():
            async with open_session(settings.azure, settings.scan.deadline) as arm:
                self.requests = arm.answers
                looked = await self._look(arm, settings, catalogue, progress, began_at)
                found = await self._remember(arm, settings, catalogue, looked, began_at)
                self.inventory = looked.inventory
                return found

    async def repeat(self, settings: Settings, catalogue: Catalogue, looked: Looked) -> Remembered:
        """Commit what was looked at before as a scan of now: where it is known to be so still.

        That is known of a simulated tenant only. Raises StoreError.
        """
        began_at = clock.now()
        with few_collections():
            async with open_session(settings.azure, settings.scan.deadline) as arm:
                again = looked.read_at(began_at)
                return await self._remember(arm, settings, catalogue, again, began_at)

    async def _look(
        self,
        arm: Arm,
        settings: Settings,
        catalogue: Catalogue,
        progress: Progress,
        began_at: datetime,
    ) -> Looked:
        """Read all that there is to read; judge and keep nothing yet."""
        listed = await list_subscriptions(arm)
        heard = await self._hear(arm, sorted(listed), settings, began_at)
        kept = self.kept(arm, settings, self._changed, began_at)
        inventory = await take(
            arm, settings.scope, catalogue, progress, read_list=kept.read_list, listed=listed
        )
        reader = KeptReader(kept, inventory.resources, inventory.answers)
        placed = await place(inventory, catalogue, reader, progress)
        kept.forget_what_is_gone()
        missing = await establish(
            arm,
            self.store.memory,
            inventory,
            self._deleted(heard),
            manifest=settings.scope.is_manifest,
        )
        inventory = replace(
            doubted(inventory, missing), notices=(*inventory.notices, *heard.notices)
        )
        placed = carried(self.store.memory, inventory, placed)
        return Looked(inventory=inventory, placed=placed, heard=heard, missing=missing)

    async def _remember(
        self,
        arm: Arm,
        settings: Settings,
        catalogue: Catalogue,
        looked: Looked,
        began_at: datetime,
    ) -> Remembered:
        """Judge what was read, follow the failovers, and commit all of it."""
        inventory, heard, missing = looked.inventory, looked.heard, looked.missing
        judge = judge_of(settings, inventory)
        judged = judge_all(judge, looked.placed)
        past = past_of(self.store, began_at)
        follower = Follower(judge, catalogue, past, heard)
        trail = await self._follow(arm, follower, judged, missing, settings)
        judged = _judged_again(judged, trail, settings, inventory)
        scan = conclude(
            settings, inventory, judged, began_at, unseen=self._unseen(inventory, missing)
        )
        record = record_of(
            scan,
            settings,
            trail=trail,
            past=past,
            missing=missing,
            heard=heard,
            requests=dict(sorted(arm.answers.items())),
        )
        month = self.store.memory.month
        committed = self.store.commit(record)
        if month not in {"", self.store.memory.month}:
            self.store.prune(clock.now(), settings.ledger.retain)
        self._cache.flush()
        return Remembered(
            scan=scan,
            committed=committed,
            trail=trail,
            looked=looked,
            requests=record.requests,
        )

    async def _hear(
        self, arm: Arm, subscriptions: Sequence[str], settings: Settings, began_at: datetime
    ) -> Heard:
        """Hear what happened since the last scan, and keep in mind what changed of late."""
        longest = began_at - max(settings.scan.max_age.values())
        since = max(longest, self._changes_until or longest)
        with self.store.database.reading() as connection:
            log = last_log(connection)
        heard = await hear(arm, subscriptions, log, since, settings.scan.activity_log_lag)
        heard = heard.with_traced(await traced(arm, heard.operations, self._operations))
        recent = {name: at for name, at in self._changed.items() if at >= longest}
        for name, at in heard.changed.items():
            recent[name] = max(at, recent.get(name, at))
        self._changed = recent
        self._changes_until = heard.changes_until or self._changes_until
        return heard

    def _operations(self) -> Sequence[Operation]:
        """Read which operations of the log are remembered."""
        with self.store.database.reading() as connection:
            return read_back(connection, Operation)

    def _deleted(self, heard: Heard) -> frozenset[str]:
        """Name what the log shows to be deleted since the last scan, which may have seen it."""
        last = self.store.memory.finished_at
        return heard.deleted_after(moment_of(last)) if last else frozenset()

    def kept(
        self,
        arm: Arm,
        settings: Settings,
        changed: Mapping[str, datetime],
        began_at: datetime | None = None,
    ) -> KeptArm:
        """Give the way to Azure with what earlier scans read; what `changed` is read again."""
        rotation = Rotation(
            stamps=self._cache.stamps(),
            ages=settings.scan.max_age,
            pace=Pace(interval=settings.scan.interval, deadline=settings.scan.deadline),
            began_at=began_at or clock.now(),
            changed=changed,
        )
        return KeptArm(arm=arm, cache=self._cache, rotation=rotation)

    async def _follow(
        self,
        arm: Arm,
        follower: Follower,
        judged: tuple[Judged, ...],
        missing: Missing,
        settings: Settings,
    ) -> Trail:
        """Follow the failovers; once more with what Service Health says, where there are any."""
        bounds = follower.bounds(judged)
        ids = {each.id for each in bounds} | missing.gone
        with self.store.database.reading() as connection:
            stays = last_stays(connection, ids)
        gone = {name: stays[name].last.until for name in missing.gone if name in stays}
        window = Window(at=clock.now(), gone=gone)
        lag = settings.scan.activity_log_lag
        trail = follower.follow(bounds, stays, window, lag)
        if not trail.live:
            return trail
        health = await _health_of(arm, trail)
        return follower.follow(bounds, stays, window, lag, health)

    def _unseen(self, inventory: Inventory, missing: Missing) -> tuple[Unseen, ...]:
        """Give what stood, is not seen, and is not known to be gone."""
        memory = self.store.memory
        names = memory.by_id.keys() - inventory.resources.keys() - missing.gone
        return tuple(
            Unseen(
                id=name,
                type=memory.resources[name].type,
                name=memory.resources[name].name,
                subscription_id=memory.resources[name].subscription_id,
                resource_group=memory.resources[name].resource_group,
                attribution=memory.states[memory.by_id[name].state].attribution,
            )
            for name in sorted(names)
        )


def _judged_again(
    judged: tuple[Judged, ...], trail: Trail, settings: Settings, inventory: Inventory
) -> tuple[Judged, ...]:
    """Judge what has failed over once more, by what is now known of it."""
    failovers = trail.failovers(clock.now())
    if not failovers:
        return judged
    judge = judge_of(settings, inventory, failovers)
    return tuple(_again(judge, each) if each.resource.id in failovers else each for each in judged)


def _again(judge: Judge, judged: Judged) -> Judged:
    places = tuple(each.placement for each in judged.judgement.placements)
    return judge.judge(judged.resource, judged.holds, places)


async def _health_of(arm: Arm, trail: Trail) -> Sequence[HealthEvent]:
    """Read what Service Health says in the subscriptions of what has failed over.

    It is a witness beside others: where it cannot be read, there is one less.
    """
    since = min(each.started_after or each.started_at for each in trail.live)
    subscriptions = {name.split("/")[2] for each in trail.live for name in each.resource_ids}
    found = await of_each(
        sorted(subscriptions), lambda each: read_health(arm, each, since - timedelta(days=1))
    )
    return [event for read in found.values() for event in read.events]


@contextmanager
def watching(settings: Settings) -> Iterator[Watch]:
    """Open the store that the configuration names, and watch with it.

    Raises StoreError or LedgerError: the store cannot be opened, or the key cannot be read.
    """
    store = Store.open(settings.store.url, signer_of(settings.ledger))
    with closing(store), closing(Facets.beside(store.database.path)) as facets:
        yield Watch(store, KeptFacets(facets))
