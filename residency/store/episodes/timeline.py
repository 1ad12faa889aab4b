"""When a primary was away from home: states that scans saw, and moves between them, in one line.

Two states that differ prove a move between them, at a time that is known as well as anything tells
it. Moves between two equal states prove that it left and came back.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from residency.model import Operation
from residency.store.episodes.episode import Told
from residency.store.episodes.moves import CLOCKS_DIFFER, INVENTORY_LAG, Move, Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Whether the primary was at home at a time; `told` says what gives the time of a change."""

    at: datetime
    home: bool
    told: Told = Told.SEEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One move as it is told: not later than `at`, and after `after` as far as scans saw."""

    way: Way
    at: datetime
    after: datetime | None
    told: Told
    operation: Operation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bout:
    """One time away from home; `back` is None while it lasts."""

    out: Leg
    back: Leg | None = None


def bouts_of(seen: Sequence[Seen], moves: Sequence[Move], *, two_regions: bool) -> tuple[Bout, ...]:
    """Tell each time away from home, oldest first.

    Args:
        seen: The states in order of time; the last one is what is so now.
        moves: Oldest first.
        two_regions: There is one other region only, so that every move goes there or back.
    """
    shares = _shared_out(seen, moves)
    legs = list(_until_first(seen[0], shares[0], two_regions=two_regions))
    for start, end, share in zip(seen, seen[1:], shares[1:], strict=False):
        within = _proven(start, end, share, two_regions=two_regions)
        legs += _walk(within, start.home, end, start.at, two_regions=two_regions)
    return tuple(_paired(legs))


def _shared_out(seen: Sequence[Seen], moves: Sequence[Move]) -> list[list[Move]]:
    """Give each move to the stretch that it falls in; `[0]` is before the first state.

    One that explains a change of state is given to the stretch with that change, also where the
    inventory showed it late.
    """
    shares: list[list[Move]] = [[] for _ in seen]
    changes = [place for place in range(len(seen)) if _changes(seen, place)]
    for move in moves:
        shares[_stretch(move, seen, changes)].append(move)
    return shares


def _changes(seen: Sequence[Seen], place: int) -> bool:
    """Whether the state differs from the one before it; before the first one it was at home."""
    return seen[place].home != (seen[place - 1].home if place else True)


def _stretch(move: Move, seen: Sequence[Seen], changes: Sequence[int]) -> int:
    fitting = [place for place in changes if _fits(move, seen[place])]
    for place in fitting:
        if _gave_the_time(move, seen[place]):
            return place
    for late in (move.done_at, move.done_at + INVENTORY_LAG):
        for place in fitting:
            begins_in_time = place == 0 or seen[place - 1].at <= late
            if begins_in_time and move.began_at <= _latest_call(seen[place]):
                return place
    after = (place for place, state in enumerate(seen) if move.done_at <= state.at)
    return next(after, len(seen) - 1)


def _fits(move: Move, changed: Seen) -> bool:
    return move.way is None or (move.way is Way.BACK) == changed.home


def _latest_call(changed: Seen) -> datetime:
    """Give until when a change may have been called for: the clock of a service may be behind."""
    by_service = changed.told is Told.SERVICE
    return changed.at + (CLOCKS_DIFFER if by_service else timedelta())


def _gave_the_time(move: Move, changed: Seen) -> bool:
    """Whether it is from this very move that the time of a change is known."""
    at = move.done_at if changed.home else move.began_at
    return changed.told is move.told and changed.at == at


def _until_first(first: Seen, moves: Sequence[Move], *, two_regions: bool) -> Iterator[Leg]:
    """Tell what was before the first state, where nothing says how it began.

    If the moves do not lead there from home, the oldest that is known is a return.
    """
    within = _that_count(moves, changed=not first.home)
    if first.home and _only_promoted(within):
        return
    legs = list(_walk(within, True, first, None, two_regions=two_regions))  # noqa: FBT003
    if within and legs[-1].told is Told.SEEN:
        rest = list(_walk(within, False, first, None, two_regions=two_regions))  # noqa: FBT003
        if rest and rest[-1].told is not Told.SEEN:
            left = Leg(way=Way.OUT, at=within[0].began_at, after=None, told=Told.SEEN)
            legs = [left, *rest]
    yield from legs


def _that_count(moves: Sequence[Move], *, changed: bool) -> Sequence[Move]:
    """Leave out what proves no move; beside a change, the last that may be one counts."""
    firm = [move for move in moves if move.firm]
    return firm or (moves[-1:] if changed else ())


def _only_promoted(moves: Sequence[Move]) -> bool:
    """Whether one copy became writable and nothing else happened: what is at home stayed there."""
    return len(moves) == 1 and moves[0].promotes


def _proven(start: Seen, end: Seen, moves: Sequence[Move], *, two_regions: bool) -> Sequence[Move]:
    """Leave out what proves nothing between two states.

    Between two scans that saw it at home, one certain move is proof that it was away. Away from
    home only pairs of moves between two regions are returns.
    """
    firm = _that_count(moves, changed=start.home != end.home)
    if start.home != end.home or any(move.way for move in firm):
        return firm
    if start.home:
        is_proof = not _only_promoted(firm) and (
            len(firm) > 1 or any(move.certain or two_regions for move in firm)
        )
    else:
        is_proof = two_regions and len(firm) % 2 == 0
    return firm if is_proof else ()


def _walk(
    moves: Sequence[Move],
    home: bool,  # noqa: FBT001 - the state that is walked on
    end: Seen,
    after: datetime | None,
    *,
    two_regions: bool,
) -> Iterator[Leg]:
    """Tell each leg from one state to the next, with those that only the states prove."""
    for place, move in enumerate(moves):
        is_last = place == len(moves) - 1
        way = move.way or _way(home=home, returns=two_regions or (is_last and end.home))
        if way is None:
            continue
        if (way is Way.OUT) != home:
            between = Way.BACK if way is Way.OUT else Way.OUT
            yield Leg(way=between, at=move.began_at, after=after, told=Told.SEEN)
            after = move.began_at
        leg = _leg(move, way, end, after)
        yield leg
        home, after = way is Way.BACK, leg.at
    if home != end.home:
        way = Way.OUT if home else Way.BACK
        yield Leg(way=way, at=max(end.at, after or end.at), after=after, told=Told.SEEN)


def _leg(move: Move, way: Way, end: Seen, after: datetime | None) -> Leg:
    """Tell a move: out from when it was called for, back when it was done, if that is known."""
    if way is Way.BACK and move.runs:
        return Leg(way=way, at=end.at, after=after, told=Told.SEEN, operation=move.operation)
    at = min(end.at, move.began_at if way is Way.OUT else move.done_at)
    earliest = min(after, at) if after else None
    return Leg(way=way, at=at, after=earliest, told=move.told, operation=move.operation)


def _way(*, home: bool, returns: bool) -> Way | None:
    """Tell which way a move went that does not say it; None is a hop away from home."""
    if home:
        return Way.OUT
    return Way.BACK if returns else None


def _paired(legs: Sequence[Leg]) -> Iterator[Bout]:
    out: Leg | None = None
    for leg in legs:
        if leg.way is Way.OUT:
            out = leg
        elif out is not None:
            yield Bout(out=out, back=replace(leg, at=max(leg.at, out.at)))
            out = None
    if out is not None:
        yield Bout(out=out)
