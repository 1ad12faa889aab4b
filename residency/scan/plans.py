"""Traces what recovery plans of Azure Site Recovery moved: one call on a plan, many machines.

The activity log names the plan that ran. Which machines it has, the plan says, and only as it is
now: of one that was edited since, or cannot be read, nobody knows what it moved. That is told as
an event, because a machine that left and came back between two scans shows nothing.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from residency.azure import Arm
from residency.errors import AzureError, CheckError
from residency.inventory.each import of_each
from residency.inventory.recovery_plans import is_plan, machines_of
from residency.model import Meaning, Operation, Outcome
from residency.store import Event, EventKind
from residency.store.times import written

_MOVES = frozenset({Meaning.FAILOVER, Meaning.FAILBACK})
_EDIT = "/write"

Machines = tuple[str, ...] | str
"""The items of a plan, or why they are not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """What runs of recovery plans did.

    Attributes:
        operations: The same operations on each machine that a plan has.
        events: The runs of which nothing says what they moved.
    """

    operations: tuple[Operation, ...] = ()
    events: tuple[Event, ...] = ()


async def traced(
    arm: Arm, heard: Sequence[Operation], remembered: Callable[[], Sequence[Operation]]
) -> Traced:
    """Find out which machines the plans moved that ran.

    Args:
        arm: The way to Azure.
        heard: What the activity log has; some of it is known.
        remembered: Reads what earlier scans heard and traced, where a plan ran; a run of theirs
            is told no second time.
    """
    runs = [each for each in heard if is_plan(each.resource_id) and each.meaning in _MOVES]
    if not runs:
        return Traced()
    known = remembered()
    plans = sorted({run.resource_id for run in runs})
    machines = await of_each(plans, lambda plan: _read(arm, plan))
    found = [(run, _as_it_ran(run, machines, [*known, *heard])) for run in runs]
    return Traced(
        operations=tuple(each for run, moved in found for each in _on_each(run, moved)),
        events=tuple(
            _event(run, moved if isinstance(moved, str) else "some may have moved")
            for run, moved in found
            if isinstance(moved, str) or run.outcome is Outcome.FAILED
            if _is_news(run, known)
        ),
    )


async def _read(arm: Arm, plan_id: str) -> Machines:
    try:
        return await machines_of(arm, plan_id) or "the plan is empty"
    except AzureError as error:
        return f"the plan cannot be read: {error.code}"
    except CheckError:
        return "the plan cannot be read: BadAnswer"


def _as_it_ran(
    run: Operation, machines: Mapping[str, Machines], operations: Collection[Operation]
) -> Machines:
    """Give the machines of the plan, unless it was edited after it ran."""
    edited = any(
        each.resource_id == run.resource_id
        and each.name.endswith(_EDIT)
        and each.outcome is not Outcome.FAILED
        and each.started_at >= run.started_at
        for each in operations
    )
    return "the plan was edited since" if edited else machines[run.resource_id]


def _on_each(run: Operation, moved: Machines) -> Iterator[Operation]:
    """Give the run as an operation on each machine.

    How one that failed ended for each of them, nothing says; a state beside it may.
    """
    if isinstance(moved, str):
        return
    if run.outcome is Outcome.FAILED:
        run = replace(run, outcome=Outcome.RUNNING, ended_at=None)
    for machine in moved:
        yield replace(run, resource_id=machine)


def _is_news(run: Operation, known: Collection[Operation]) -> bool:
    """Whether it was not told yet: it is new, or was traced as long as it ran."""
    same = [each for each in known if _call(each) == _call(run)]
    before = [each for each in same if each.resource_id == run.resource_id]
    was_traced = len(same) > len(before)
    return not before or (was_traced and all(each.outcome != run.outcome for each in before))


def _call(operation: Operation) -> tuple[str, str]:
    return operation.correlation_id, operation.name


def _event(run: Operation, why: str) -> Event:
    name, verb = run.resource_id.rpartition("/")[2], run.name.split("/")[-2]
    ended = "failed" if run.outcome is Outcome.FAILED else "ran"
    told = f"{verb} of recovery plan {name} {ended}, and nothing says what it moved: {why}"
    return Event(
        kind=EventKind.FAILOVER_UNTRACED,
        subject=run.resource_id,
        before={},
        after={"told": told, "operation": run.name, "started_at": written(run.started_at)},
    )
