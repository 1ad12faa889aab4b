"""The times away from home of one resource or group, with the regions that they led through."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from residency.model import UNKNOWN_REGION, Operation, Zone
from residency.policy import zone_of_region
from residency.settings import Policy
from residency.store.episodes.episode import Episode, Told
from residency.store.episodes.moves import INVENTORY_LAG, Way, moves_of, with_stamp
from residency.store.episodes.sighting import Before, Ends, Sighting
from residency.store.episodes.timeline import Bout, Seen, bouts_of

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What is known of one resource or group, when it is known where it stands now.

    Attributes:
        now: The sighting of the end that tells it.
        known: Its episodes that are remembered, oldest first.
        operations: What the log has that concerns it.
        at: The time of the scan.
    """

    ends: Ends
    now: Sighting
    known: tuple[Episode, ...]
    operations: Sequence[Operation]
    policy: Policy
    at: datetime

    @property
    def goes_one_way(self) -> bool:
        """Whether it can be in one region at most but home, so that all moves go there or back."""
        story = self.now.failover
        named = {*self.now.others, self.now.region, *(story.path if story else ())}
        return sum(not self._is_home(region) for region in named) <= 1

    def bouts(self) -> tuple[Bout, ...]:
        """Tell each time away from home, oldest first."""
        moves = with_stamp(moves_of(self.operations), self.now.failover, self._way())
        return bouts_of(self._seen(), moves, two_regions=self.goes_one_way)

    def home_region(self) -> str:
        """Name the region that is its home, as far as anything tells."""
        return next(self._homes(), UNKNOWN_REGION)

    def tells_of_home(self, bout: Bout) -> bool:
        """Whether a time away without a witness of its beginning began at home.

        A scan saw it at home, the service says that it came from there, or the log names the
        failover of what was made at home. Else it is misplaced, and nothing explains it.
        """
        took_over = self.now.standby and self.now.away
        if bout.out.after is not None or took_over or self._came_from_home():
            return True
        made = self.now.made_in or self.ends.lead.made_in
        proven = bout.back is not None or (bout.out.operation and bout.out.operation.moved)
        return bool(proven) and made is not None and self._is_home(made)

    def led_through(self, bout: Bout) -> list[str]:
        """Name the regions that a time away led through, oldest first."""
        if bout.back is not None:
            return [self._elsewhere()]
        story = self.now.failover
        between = [region for region in (story.path if story else ()) if not self._is_home(region)]
        return [*between, self.now.region]

    def _way(self) -> Way | None:
        """Tell which way the move went that the service gives the time of."""
        if self.now.home:
            return Way.BACK
        return Way.OUT if self._came_from_home() else None

    def _came_from_home(self) -> bool:
        """Whether the service names home as where the primary was, or a standby took over."""
        story = self.now.failover
        if story is None or self.now.home:
            return False
        return bool(story.path) and self._is_home(story.path[0])

    def _homes(self) -> Iterator[str]:
        before, story = self.ends.before, self.now.failover
        if self.now.home and not self.now.stands_by:
            yield self.now.region
        if before and before.home and self._is_home(before.region):
            yield before.region
        if story and self.now.away:
            yield from (region for region in story.path[:1] if self._is_home(region))
        yield from (
            end.made_in for end in self.ends.ends if end.made_in and self._is_home(end.made_in)
        )

    def _elsewhere(self) -> str:
        """Name where it was in a time away that has ended, if there is only one such place."""
        if self.now.away:
            return self.now.region if self.goes_one_way else UNKNOWN_REGION
        others = [region for region in self.now.others if not self._is_home(region)]
        told = self.now.failover.path[-1:] if self.now.failover else ()
        if len(self.now.others) == 1 and others:
            return others[0]
        return next((region for region in told if not self._is_home(region)), UNKNOWN_REGION)

    def _is_home(self, region: str) -> bool:
        return zone_of_region(region, self.policy) is Zone.HOME

    def _seen(self) -> list[Seen]:
        """Put in one line the states of known episodes, of the last scans, and of this one."""
        line = [state for episode in self.known for state in _states(episode)]
        before = self._before()
        if before:
            line += [
                Seen(at=at, home=before.home)
                for at in (before.since, before.at)
                if at < self._now() and self._still_holds(before, at)
            ]
        line.append(Seen(at=self._now(), home=self.now.home))
        return sorted(line, key=lambda state: state.at)

    def _now(self) -> datetime:
        """Give the time of what is seen now: no failover is seen before the service made it.

        A clock of ours that went back is behind the service's own time-stamp. One that is later
        than a day after all that is known is no time of a failover, and is not believed.
        """
        since = self.now.failover.since if self.now.failover else None
        known = max(self.at, self.ends.before.at if self.ends.before else self.at)
        return since if since and self.at < since <= known + _A_DAY else self.at

    def _was_not_yet_there(self, before: Before, at: datetime) -> bool:
        """Whether a clock of ours was behind when it was seen away: by an exact time it left later.

        That is the service's own, or that of the episode in which it was still seen there.
        """
        story = self.now.failover
        if self.now.away and story and story.since and at < story.since:
            return True
        return any(
            at < each.started_at <= before.at
            for each in self.known
            if each.started_by is not Told.SEEN
        )

    def _before(self) -> Before | None:
        """Give what was seen before; the same region is no other state, if the policy was."""
        before = self.ends.before
        if before and not self.now.standby and before.region == self.now.region:
            return replace(before, home=self.now.home)
        return before

    def _still_holds(self, before: Before, at: datetime) -> bool:
        """Whether an earlier sighting agrees with the exact times that are known since.

        The inventory shows a failover some minutes late: what the service or the log says wins.
        """
        story = self.now.failover
        if story and story.since and story.since <= at and before.home != self.now.home:
            return False
        covered = any(
            each.started_at <= at and (each.ended_at is None or at < each.ended_at)
            for each in self.known
        )
        if not before.home and not covered and self._was_not_yet_there(before, at):
            return False
        late = any(
            each.ended_at is not None and each.ended_at <= at <= each.ended_at + INVENTORY_LAG
            for each in self.known
            if each.ended_by is not Told.SEEN
        )
        return not covered if before.home else not late


def _states(episode: Episode) -> Iterator[Seen]:
    if episode.started_after is not None:
        yield Seen(at=min(episode.started_after, episode.started_at), home=True)
    yield Seen(at=episode.started_at, home=False, told=episode.started_by)
    if episode.ended_at is not None:
        last = max(episode.ended_after or episode.started_at, episode.started_at)
        yield Seen(at=min(last, episode.ended_at), home=False)
        yield Seen(at=episode.ended_at, home=True, told=episode.ended_by or Told.SEEN)
