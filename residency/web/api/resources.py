"""The resources of a scan, a page at a time, narrowed to what is wanted of them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from residency import clock
from residency.documents.explanation_age import age_of
from residency.documents.listed import listed_document
from residency.documents.staleness import Staleness, became
from residency.documents.zones import binding, farthest_zone, recorded_policies
from residency.model import Basis, Evidence, Placement, Reason, Role, Status, Zone
from residency.settings import Policy, Settings
from residency.store.reading.explained import POLICY
from residency.store.reading.looked import policy_sha256_of
from residency.store.reading.placements import NEVER_SHOWN
from residency.store.reading.resources import (
    Bound,
    PlaceKind,
    Wanted,
    customers_by_state,
    place_kinds,
    resources_at,
    states_of,
)
from residency.store.reading.standing import Reader
from residency.store.reading.versions import versions
from residency.web.api.asked import Resources
from residency.web.api.paging import Page, page_of

SCHEMA = "residency/resources-page/v1"
_NOWHERE = Evidence(api="", path="", value="", read_at=NEVER_SHOWN)


def resources(reader: Reader, settings: Settings, asked: Resources) -> dict[str, Any]:
    """Give a page of resources, by their ids."""
    page, now = page_of(reader, "resources", asked), clock.now()
    stale = Staleness.of(settings, page.scan, now)
    recorded = _policies(reader, page)
    wanted = _wanted(reader, settings, asked, stale, recorded)
    rows = []
    for each in resources_at(reader, page.scan.seq, wanted, page.after, page.most):
        bind = binding(recorded, each.judged.attribution.customers, settings)
        is_stale = stale.of_type(each.resource.type)
        rows.append((each.resource.id, listed_document(each, bind, stale=is_stale)))
    judged_by = policy_sha256_of(reader, page.scan)
    notices = age_of(page.scan, judged_by, settings, now, stale=stale.default)
    return page.told(SCHEMA, rows, notices=list(notices))


def _policies(reader: Reader, page: Page) -> Mapping[str, Policy]:
    """Give the policies that the scan judged by."""
    kept = versions(reader, {POLICY})
    return recorded_policies(each for each in kept if each.stretch.holds_in(page.scan.seq))


def _wanted(
    reader: Reader,
    settings: Settings,
    asked: Resources,
    stale: Staleness,
    recorded: Mapping[str, Policy],
) -> Wanted:
    def states(statuses: Collection[Status]) -> frozenset[int]:
        whose = asked.product, asked.customer, asked.environment
        return states_of(reader, statuses if asked.status else None, *whose)

    is_narrow = any((asked.status, asked.product, asked.customer, asked.environment))
    return Wanted(
        states=states(asked.status) if is_narrow else None,
        stale_states=states(became(asked.status)) if asked.status else None,
        stale=stale.others,
        but=stale.default,
        subscription=(asked.subscription or "").lower(),
        type=(asked.type or "").lower(),
        search=(asked.search or "").lower(),
        bound=_bound(reader, settings, asked.zone, recorded) if asked.zone else None,
    )


def _bound(
    reader: Reader, settings: Settings, zones: Sequence[Zone], recorded: Mapping[str, Policy]
) -> tuple[Bound, ...]:
    """Give which kinds of places are in these zones, by the policies that bind a resource."""
    by_policies: dict[tuple[int, ...], set[int]] = defaultdict(set)
    binding_by_key: dict[tuple[int, ...], Sequence[Policy]] = {}
    for state, customers in customers_by_state(reader).items():
        bind = binding(recorded, customers, settings)
        key = tuple(map(id, bind))
        by_policies[key].add(state)
        binding_by_key[key] = bind
    kinds = {kind: _place(kind) for kind in place_kinds(reader)}
    return tuple(
        Bound(
            states=None if len(by_policies) == 1 else frozenset(states),
            kinds=frozenset(
                kind
                for kind, place in kinds.items()
                if farthest_zone(place, binding_by_key[key]) in zones
            ),
        )
        for key, states in by_policies.items()
    )


def _place(kind: PlaceKind) -> Placement:
    """Give a place of a kind, to ask in which zone it is."""
    return Placement(
        role=Role.PRIMARY,
        region=kind.region,
        country=kind.country,
        basis=Basis.OBSERVED,
        evidence=_NOWHERE,
        unresolved=Reason(kind.unresolved) if kind.unresolved else None,
    )
