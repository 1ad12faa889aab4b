"""Which application gets the traffic, of several behind one name.

A standby that takes over shows nothing of it itself: what stands before it does, by its priorities.
An application in use is stated as written to (`writer`), and if one of an earlier priority is
elsewhere, as failed over from there.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from residency.check import at_location, cited, evidence, region_of, text, unknown, value
from residency.model import Evidence, Failover, Placement, Reading, Reason, Resource, Role

GLOBAL = "global"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way that traffic may take.

    Attributes:
        state: Path of the field that tells whether it is taken.
        named: Path of the field that names where it leads.
        priority: The lowest goes first; None where none is told.
        is_taken: Whether its state lets traffic through; None where that is not known.
        target: The application, if it was seen.
    """

    reading: Reading
    state: str
    named: str
    priority: int | None
    is_taken: bool | None
    target: Resource | None


def number(reading: Reading, path: str) -> int | None:
    """Read a priority; None where there is none."""
    found = value(reading.body, path)
    return found if isinstance(found, int) else None


def in_use(ways: Sequence[Way], *, by_priority: bool) -> list[Way] | None:
    """Give the ways that traffic takes, or None where that is not known."""
    if len(ways) == 1:
        return [way for way in ways if way.is_taken is not False]
    taken = [way for way in ways if way.is_taken]
    if any(way.is_taken is None for way in ways):
        return None
    if not by_priority or not taken:
        return taken
    if any(way.priority is None for way in ways):
        return None
    first = min(way.priority or 0 for way in taken)
    return [way for way in taken if way.priority == first]


def former_region(ways: Iterable[Way]) -> str | None:
    """Give the one region of the ways that go first, if it is known."""
    ranked = [way for way in ways if way.priority is not None]
    first = min((way.priority or 0 for way in ranked), default=None)
    found = {_region(way.target) for way in ranked if way.priority == first}
    return found.pop() if len(found) == 1 else None


def served(ways: Sequence[Way], *, by_priority: bool) -> Iterator[Placement]:
    """State where each application is that gets traffic, or that it is not known which does."""
    taken = in_use(ways, by_priority=by_priority)
    if taken is None:
        yield from undecided(ways)
        return
    former = former_region(ways) if by_priority else None
    for way in taken:
        yield stated(way, former)


def undecided(ways: Iterable[Way]) -> Iterator[Placement]:
    """State of every way that may be taken that it is open whether it is."""
    for way in ways:
        if way.is_taken is not False and way.target:
            subject = way.target.id
            role = Role.PRIMARY
            yield unknown(way.reading, role, way.state, decides_primary=True, subject=subject)
        elif way.is_taken is not False:
            yield unseen(way)


def stated(way: Way, former: str | None) -> Placement:
    """State that the application at the end of this way gets traffic where it is."""
    if way.target is None:
        return unseen(way)
    place = at_location(replace(way.target, reading=cited(way.target)))
    proof = evidence(way.reading, way.state, str(value(way.reading.body, way.state)))
    story = None
    if former and former != place.region:
        story = Failover(path=(former,), since=None, evidence=proof)
    told = _told(proof, way.target)
    return replace(place, evidence=told, writer=True, failover=story, subject=way.target.id)


def unseen(way: Way) -> Placement:
    """State that traffic goes to something that was not seen."""
    named = (text(way.reading.body, way.named) or "").lower() or None
    why = Reason.FACET_UNREADABLE
    return unknown(way.reading, Role.EXPORT, way.named, why=why, target=named)


def _told(proof: Evidence, target: Resource) -> Evidence:
    """Prove with one line who gets traffic, and where that is."""
    return replace(proof, value=f"{proof.value}: {target.id}, location '{target.location}'")


def _region(target: Resource | None) -> str | None:
    found = region_of(target) if target else None
    return None if found == GLOBAL else found
