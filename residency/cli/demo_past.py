"""Makes a past for the demo: months of scans by the live code, at times of their own.

Where nothing happened in the simulated tenant since a scan looked at it, the next scan takes what
was read for granted; all that follows after reading runs as it does live.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from residency import clock
from residency.errors import ConfigError
from residency.scan.looked import Looked
from residency.scan.watch import Remembered, Watch
from residency.simulator.estate import example_estate
from residency.simulator.estate.past import Step, past, rewind
from residency.simulator.simulator import Simulator
from residency.store.episodes import Purpose
from residency.store.notes import annotation, record

if TYPE_CHECKING:
    from residency.check import Catalogue
    from residency.inventory import Progress
    from residency.settings import Settings

_HOURS_APART = 6
_APART = timedelta(hours=_HOURS_APART)
_AROUND = timedelta(minutes=15)
_BEFORE, _AFTER = timedelta(minutes=15), timedelta(minutes=75)
_ANNOTATED_AFTER = timedelta(days=2)
_EXPIRED = timedelta(days=15)
_STORY = "demo.json"
_FOREVER = timedelta(days=36_500)
_EXEMPTION = """exemptions:
  - id: ex-2026-002
    reasons: [exceptional-region]
    resources:
      - "*/providers/Microsoft.Compute/snapshots/snap-dashboards-audit-gwc"
    owner: Platform team
    why: The auditor needs the snapshot in Frankfurt until the audit is over.
    ticket: CHG-20077
    expires: {expires}
    instruction: null
"""


@dataclass
class Time:
    """The clock of the simulated tenant and the monitor: it is held while a past is made."""

    held_at: datetime | None = None

    def __call__(self) -> datetime:
        """Give the time; a held one moves a little with each look, as time does."""
        if self.held_at is None:
            return datetime.now(UTC)
        self.held_at += timedelta(milliseconds=1)
        return self.held_at


def configuration(now: datetime, endpoint: str) -> str:
    """Write the demo's configuration for a folder of its own, with an exemption of the past."""
    text = (files("residency.simulator") / "data" / "residency.yaml").read_text("utf-8")
    expires = (now - _EXPIRED).date().isoformat()
    azure = f"azure:\n  endpoint: {endpoint}\n  credential: none\n"
    scan = f"scan:\n  interval: {_HOURS_APART}h\n  fast_interval: 15s\n"
    own = f"{azure}\nstore:\n  url: sqlite:///residency.db\n\n{scan}\n"
    exempt = text.replace("exemptions:\n", _EXEMPTION.format(expires=expires), 1)
    return exempt.replace("scope:\n", f"{own}scope:\n", 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What the example estate is told by.

    Attributes:
        now: The time that it is told from.
        since: Since when it has a past; None: it has none.
        whole: Whether all of that past was made.
    """

    now: datetime
    since: datetime | None
    whole: bool = True


def story_of(folder: Path, now: datetime, back: timedelta | None) -> tuple[Story, bool]:
    """Give the story of a folder, and whether it begins here; else it goes on as it was told.

    Raises ConfigError: its past was not made to its end.
    """
    path = folder / _STORY
    if not path.exists():
        story = Story(now=now, since=now - back if back else None, whole=not back)
        path.write_bytes(msgspec.json.encode(story))
        return story, True
    story = msgspec.json.decode(path.read_bytes(), type=Story)
    if not story.whole:
        raise ConfigError(
            f"the past in {folder} was interrupted while it was made, and the rest is missing:"
            " remove that folder, or name another with --data"
        )
    return story, False


def told_whole(folder: Path, story: Story) -> None:
    """Note that all of the past of a folder was made."""
    (folder / _STORY).write_bytes(msgspec.json.encode(replace(story, whole=True)))


def simulated(time: Time, story: Story, *, scanned: bool) -> Simulator:
    """Give the example estate as it stands now; where its past is `scanned`, as it stood before."""
    simulator = Simulator(example_estate(story.now), clock=time)
    if story.since is None:
        return simulator
    time.held_at = story.since
    rewind(simulator)
    for step in past(story.now):
        if step.at <= story.since or not scanned:
            _act(simulator, time, step)
    time.held_at = story.since if scanned else None
    return simulator


class Past:
    """Makes the past of one store."""

    def __init__(
        self, watch: Watch, simulator: Simulator, time: Time, settings: "Settings"
    ) -> None:
        """Scan `simulator`, which goes by `time`, into the store of `watch`."""
        self._watch = watch
        self._simulator = simulator
        self._time = time
        self._live = settings
        ages = settings.scan.model_copy(update={"max_age": {"default": _FOREVER}})
        self._settings = settings.model_copy(update={"scan": ages})

    def make(self, catalogue: "Catalogue", story: Story, progress: "Progress") -> None:
        """Scan every six hours, and every quarter of an hour around what happens."""
        since = story.since or story.now
        with clock.running(self._time):
            asyncio.run(self._make(catalogue, since, story.now, progress))
        self._time.held_at = None

    async def _make(
        self, catalogue: "Catalogue", since: datetime, now: datetime, progress: "Progress"
    ) -> None:
        steps = [step for step in past(now) if step.at > since]
        times = scan_times(since, now, steps)
        looked: Looked | None = None
        log_whole_at: datetime | None = None
        for number, at in enumerate(times, 1):
            for step in _due(steps, at):
                _act(self._simulator, self._time, step)
                looked, log_whole_at = None, step.at + _AFTER
            if log_whole_at is not None and at >= log_whole_at:
                looked = log_whole_at = None
            self._time.held_at = at
            found = await self._scan(catalogue, looked)
            looked = found.looked
            self._annotate(found, at)
            progress("past", number, len(times))

    async def _scan(self, catalogue: "Catalogue", looked: Looked | None) -> Remembered:
        if looked is None:
            return await self._watch.scan(self._settings, catalogue)
        return await self._watch.repeat(self._settings, catalogue, looked)

    def _annotate(self, found: Remembered, at: datetime) -> None:
        """Let somebody record, some days later, what a failover was for."""
        for each in found.trail.gathered.episodes:
            long_ago = each.ended_at is not None and each.ended_at < at - _ANNOTATED_AFTER
            if long_ago and each.reason is Purpose.UNKNOWN:
                note = annotation(
                    each.id, self._time(), "incident manager", Purpose.DISRUPTION, explained=True
                )
                record(self._live.store.url, note, None)


def scan_times(since: datetime, now: datetime, steps: Sequence[Step]) -> list[datetime]:
    """Give when to scan: every six hours, and often around each step."""
    found = set(_every(_APART, since, now))
    for step in steps:
        first = max(since, step.at - _BEFORE)
        found.update(_every(_AROUND, first, min(now, step.at + _AFTER + _AROUND)))
    return sorted(found)


def _every(apart: timedelta, since: datetime, until: datetime) -> Iterator[datetime]:
    at = since
    while at < until:
        yield at
        at += apart


def _due(steps: list[Step], at: datetime) -> Iterator[Step]:
    """Take what happens by a time."""
    while steps and steps[0].at <= at:
        yield steps.pop(0)


def _act(simulator: Simulator, time: Time, step: Step) -> None:
    time.held_at = step.at
    step.act(simulator)
