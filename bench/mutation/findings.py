"""What must not happen after a mutation: good news, a place that is lost, a check that fails."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.mutation.exceptions import Kind
from bench.mutation.judged import JudgedWorld
from bench.mutation.leaves import OUTSIDE_THE_EU, Mutation
from residency import regions
from residency.model import UNKNOWN_REGION, Placement, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that must not happen."""

    kind: Kind
    mutation: Mutation
    resource_id: str
    detail: str

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.kind}: {self.mutation} | {self.resource_id} | {self.detail}"


def findings(room: JudgedWorld, mutation: Mutation) -> Iterator[Finding]:
    """Try one mutation, and give what must not happen and is not excepted."""
    return (each for each in _findings(room, mutation) if not mutation.may(each.kind))


def _findings(room: JudgedWorld, mutation: Mutation) -> Iterator[Finding]:
    try:
        worse = room.after(mutation)
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        detail = f"{type(error).__name__}: {error}"
        yield Finding(
            kind=Kind.CRASHED, mutation=mutation, resource_id=mutation.document[0], detail=detail
        )
        return
    for each, before in room.stated.items():
        if worse.stated[each] != before:
            yield from _compared(room, mutation, each, worse)


def _compared(
    room: JudgedWorld, mutation: Mutation, each: str, worse: JudgedWorld
) -> Iterator[Finding]:
    before, after = room.statuses(each), worse.statuses(each)
    if any(
        old is not Status.COMPLIANT and new is Status.COMPLIANT
        for old, new in zip(before, after, strict=True)
    ):
        detail = f"{before} -> {after}"
        yield Finding(kind=Kind.COMPLIANT, mutation=mutation, resource_id=each, detail=detail)
    found = (*worse.stated[each], *_of_speakers(room, mutation, each, worse))
    gone = _places_of(room.stated[each]) - _places_of(found)
    if gone and not any(_is_bad(place) for place in found):
        detail = ", ".join(sorted(" ".join(place) for place in gone))
        yield Finding(kind=Kind.LOST, mutation=mutation, resource_id=each, detail=detail)


def _of_speakers(
    room: JudgedWorld, mutation: Mutation, each: str, worse: JudgedWorld
) -> Iterator[Placement]:
    """Give what is stated of the resources (vaults, say) whose checks spoke of this one."""
    for asker in room.askers.get(mutation.document[0], ()):
        if any(place.subject == each for place in room.said[asker]):
            yield from worse.stated[asker]


def _places_of(places: Sequence[Placement]) -> set[tuple[str, str]]:
    return {(str(place.role), place.region) for place in places if place.region != UNKNOWN_REGION}


def _is_bad(place: Placement) -> bool:
    region = regions.find(place.region)
    return place.unresolved is not None or (region is not None and region.name == OUTSIDE_THE_EU)
