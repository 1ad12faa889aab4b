"""How much of each subscription was seen: docs/policy.md, rule 9. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from residency.errors import AzureError
from residency.model import SubscriptionState

_DISABLED = frozenset({"disabled", "deleted"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A subscription as `GET /subscriptions` shows it."""

    id: str
    name: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sightings:
    """What each way of looking saw, by subscription id.

    Attributes:
        manifest: Names of the subscriptions that must be seen; None where there is no manifest.
        graph: Subscriptions that Resource Graph itself lists.
        rows: How many resources Resource Graph gave.
        problems: Why Resource Graph's rows are not proven whole.
        rights: Whether this identity may read everything, or why that could not be read.
        arm: Where Resource Graph showed nothing: whether ARM's own list does, or its error.
        deleted_unread: Why not all is known of what was deleted and is kept.
    """

    manifest: Mapping[str, str] | None
    listed: Mapping[str, Listed]
    graph: frozenset[str]
    rows: Mapping[str, int]
    problems: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rights: Mapping[str, bool | AzureError] = field(default_factory=dict)
    arm: Mapping[str, bool | AzureError] = field(default_factory=dict)
    deleted_unread: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """One subscription: how much of it was seen, and why not all."""

    id: str
    name: str
    state: SubscriptionState
    reasons: tuple[str, ...]
    resources: int

    @property
    def seen_whole(self) -> bool:
        """Whether all of it was read, so that what is not there is known not to be there."""
        return not self.reasons and self.state in {
            SubscriptionState.READ,
            SubscriptionState.DISABLED,
            SubscriptionState.UNEXPECTED,
        }


def coverage_of(sightings: Sightings) -> tuple[Coverage, ...]:
    """Give every subscription that is expected or listed its state, by name."""
    names = {subscription: entry.name for subscription, entry in sightings.listed.items()}
    names |= {
        subscription: name or names.get(subscription, "")
        for subscription, name in (sightings.manifest or {}).items()
    }
    return tuple(
        _cover(sightings, subscription, names[subscription])
        for subscription in sorted(names, key=lambda each: (names[each], each))
    )


def incompleteness(sightings: Sightings, coverage: tuple[Coverage, ...]) -> tuple[str, ...]:
    """Give the reasons why a scan is not complete; none: it is.

    Beside the manifest's own subscriptions, one that is listed and cannot be read counts: what is
    in it is not known.
    """
    reasons = () if sightings.manifest else ("no-manifest",)
    wanting = dict.fromkeys(
        f"subscription-{entry.state}" if entry.state in _LOST else "subscription-not-whole"
        for entry in coverage
        if not entry.seen_whole
    )
    return (*reasons, *wanting)


_LOST = frozenset(
    {SubscriptionState.MISSING, SubscriptionState.UNREADABLE, SubscriptionState.PARTIAL}
)


def _cover(sightings: Sightings, subscription: str, name: str) -> Coverage:
    state, reasons = _state(sightings, subscription)
    return Coverage(
        id=subscription,
        name=name,
        state=state,
        reasons=reasons,
        resources=sightings.rows.get(subscription, 0),
    )


def _state(sightings: Sightings, subscription: str) -> tuple[SubscriptionState, tuple[str, ...]]:
    listed = sightings.listed.get(subscription)
    if listed is None:
        return SubscriptionState.MISSING, ("not-listed",)
    unread = tuple(_unread(sightings, subscription))
    if unread:
        return SubscriptionState.UNREADABLE, unread
    narrow = tuple(_narrow(sightings, subscription))
    if sightings.manifest and subscription not in sightings.manifest:
        return SubscriptionState.UNEXPECTED, narrow
    if narrow:
        return SubscriptionState.PARTIAL, narrow
    if listed.state.lower() in _DISABLED:
        return SubscriptionState.DISABLED, ()
    return SubscriptionState.READ, ()


def _unread(sightings: Sightings, subscription: str) -> Iterator[str]:
    """Listed, yet its resources were refused, left out, or not proven whole."""
    yield from sightings.problems.get(subscription, ())
    match sightings.arm.get(subscription):
        case AzureError() as error:
            yield f"reads-refused: {error.code}"
        case True:
            yield "left-out-by-resource-graph"
        case _:
            if subscription not in sightings.graph and not sightings.rows.get(subscription):
                yield "left-out-by-resource-graph"


def _narrow(sightings: Sightings, subscription: str) -> Iterator[str]:
    """Rights narrower than everything: what they leave out is invisible rather than absent.

    What was deleted and cannot be listed is as invisible.
    """
    match sightings.rights.get(subscription):
        case True:
            pass
        case AzureError() as error:
            yield f"rights-unreadable: {error.code}"
        case _:
            yield "rights-narrower-than-read-all"
    yield from sightings.deleted_unread.get(subscription, ())
