"""When the primary moved, by the log and by the service's own time-stamp.

A scan sees states; these are what happened between them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from residency.model import Failover, Meaning, Operation, Outcome
from residency.store.episodes.episode import Told

INVENTORY_LAG = timedelta(minutes=15)
"""For how long after a failover the inventory may still show what was before."""

LONGEST_CALL = timedelta(hours=1)
"""How long before its effect a call may have begun: a failover takes up to an hour.

https://learn.microsoft.com/azure/storage/common/storage-disaster-recovery-guidance
"""

CLOCKS_DIFFER = timedelta(minutes=1)
"""How far the times of two services may be apart for the same moment."""

_OPENS_NOTHING = frozenset(
    {Meaning.IN_REGION, Meaning.DRILL, Meaning.REPLICATION, Meaning.DELETE},
)
_MOVES_NOTHING = frozenset({"microsoft.storage/storageaccounts/write"})
"""Done around a failover, and never a failover: it gives an account its second region again.

https://learn.microsoft.com/azure/storage/common/storage-initiate-account-failover
"""
_MAY_REORDER = frozenset({"microsoft.documentdb/databaseaccounts/failoverprioritychange/action"})
"""May only change which region would be next, where there are several.

https://learn.microsoft.com/azure/cosmos-db/how-to-manage-database-account
"""


class Way(StrEnum):
    """Which way a primary moved."""

    OUT = "out"
    BACK = "back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One move of a primary, or what may have been one.

    Attributes:
        began_at: When it was called for.
        done_at: When it was done; `began_at` where nothing tells.
        way: None where nothing says which way.
        firm: Whether it is one that moves a primary, and was done; else it needs a change of state
            beside it.
        certain: Whether it alone proves that the primary moved.
        promotes: Whether it makes a copy writable by itself. The former primary may go on, so that
            it proves nothing of what was written at home before and after.
    """

    began_at: datetime
    done_at: datetime
    told: Told
    way: Way | None = None
    firm: bool = True
    certain: bool = True
    promotes: bool = False
    operation: Operation | None = None

    @property
    def runs(self) -> bool:
        """Whether the log does not show yet that it was done."""
        return self.told is Told.LOG and self.operation is not None and not self.operation.ended_at


def moves_of(operations: Iterable[Operation]) -> tuple[Move, ...]:
    """Give the moves that the log tells of, oldest first, each once.

    What stays in the region, what failed and what only prepares is none. Calls on both ends of a
    group, and parts of one call, overlap in time: they are one move.
    """
    found = [_move(each) for each in {each for each in operations if may_move(each)}]
    firm = _apart(move for move in found if move.firm)
    others = _apart(move for move in found if not move.firm)
    return tuple(sorted((*firm, *others), key=_order))


def _order(move: Move) -> tuple[datetime, bool, str]:
    return (move.began_at, not move.firm, repr(move.operation))


def _apart(moves: Iterable[Move]) -> Sequence[Move]:
    apart: list[Move] = []
    for move in sorted(moves, key=_order):
        if apart and move.began_at <= apart[-1].done_at:
            apart[-1] = _merged(apart[-1], move)
        else:
            apart.append(move)
    return apart


def may_move(operation: Operation) -> bool:
    """Whether an operation moved a primary to another region, or may have."""
    return tried_to_move(operation) and operation.outcome is not Outcome.FAILED


def tried_to_move(operation: Operation) -> bool:
    """Whether an operation would move a primary if it succeeded, or might."""
    return operation.meaning not in _OPENS_NOTHING and operation.name not in _MOVES_NOTHING


def _move(operation: Operation) -> Move:
    return Move(
        began_at=operation.started_at,
        done_at=max(operation.started_at, operation.ended_at or operation.started_at),
        told=Told.LOG,
        way=Way.BACK if operation.meaning is Meaning.FAILBACK else None,
        firm=operation.moved,
        certain=operation.moved and operation.name not in _MAY_REORDER,
        promotes=operation.meaning is Meaning.PROMOTION,
        operation=operation,
    )


def _merged(one: Move, other: Move) -> Move:
    proof = one if one.certain or not other.certain else other
    return replace(proof, began_at=one.began_at, done_at=max(one.done_at, other.done_at))


def with_stamp(moves: Sequence[Move], story: Failover | None, way: Way | None) -> tuple[Move, ...]:
    """Add the move that the service gives the time of: its last; nothing moved after it.

    An operation of the log that led to it is the same move, and says who called for it.
    """
    if story is None or story.since is None:
        return tuple(moves)
    at = story.since
    earlier = [move for move in moves if move.began_at <= at + CLOCKS_DIFFER]
    led = max(
        (move for move in earlier if _led_to(move, at)),
        key=lambda move: (move.firm, move.began_at),
        default=None,
    )
    stamp = Move(
        began_at=at,
        done_at=at,
        told=Told.SERVICE,
        way=way,
        operation=led.operation if led else None,
    )
    return (*(move for move in earlier if move is not led), stamp)


def _led_to(move: Move, at: datetime) -> bool:
    """Whether a move of the log ended with the moment that the service gives."""
    return at <= move.done_at + (LONGEST_CALL if move.runs else INVENTORY_LAG)
