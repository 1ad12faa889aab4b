"""All rules together: every policy that applies, exemptions, declarations, instructed exports."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from residency.model import (
    Basis,
    Evidence,
    Failover,
    Holds,
    Placement,
    Reason,
    Resource,
    Role,
    Status,
)
from residency.policy.attribution import (
    Attribution,
    Attributor,
    Groups,
    glob,
    matches_any_tags,
)
from residency.policy.judgement import (
    STATUS_OF_REASON,
    Facts,
    Judgement,
    judge,
    worst,
    worst_severity,
    worst_status,
)
from residency.policy.zones import country_of
from residency.settings import (
    DEFAULT_POLICY,
    Declaration,
    Exemption,
    InstructedExport,
    Settings,
)

INSTRUCTED = "instructed:"
"""Before the reference of an instructed export, where the exemptions are listed."""

_NO_REGION = "declared"
_RETENTION_AFTER_CONTRACT = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One resource with its attribution and what the policy says of it."""

    resource: Resource
    holds: Holds | None
    attribution: Attribution
    judgement: Judgement


class Judge:
    """Judges resources under one configuration at one time."""

    def __init__(
        self,
        *,
        settings: Settings,
        groups: Groups,
        now: datetime,
        failovers: Mapping[str, Failover],
    ) -> None:
        """Judge under `settings`; `failovers` is what the log and the store remember, by id."""
        self.settings = settings
        self.groups = groups
        self.now = now
        self.failovers = failovers
        self._attributor = Attributor(settings.estate, groups)
        self._by_location: dict[tuple[object, ...], Judgement] = {}

    def judge(
        self, resource: Resource, holds: Holds | None, placements: tuple[Placement, ...]
    ) -> Judged:
        """Judge one resource under each policy that applies; its status is the worst."""
        attribution = self._attributor.of(resource)
        holds, placements = self._declared(resource, holds, placements)
        instructed = tuple(self._instructed(resource, placements))
        facts = Facts(
            resource=resource,
            holds=holds,
            placements=placements,
            failover=self.failovers.get(resource.id),
            instructed=frozenset(place for place, _ in instructed),
            lifecycle=self._lifecycle(attribution),
            max_age=self._max_age(resource),
        )
        judgement = worst(
            self._cover(self._judge_under(name, facts), resource)
            for name in self._policies(attribution)
        )
        if instructed:
            listed = dict.fromkeys(f"{INSTRUCTED}{export.reference}" for _, export in instructed)
            judgement = replace(judgement, exemptions=(*judgement.exemptions, *listed))
        return Judged(resource=resource, holds=holds, attribution=attribution, judgement=judgement)

    def _judge_under(self, name: str, facts: Facts) -> Judgement:
        policy = self.settings.policy if name == DEFAULT_POLICY else self.settings.policies[name]
        standby = any(
            matches_any_tags(match, facts.resource, self.groups) for match in policy.standby
        )
        if standby:
            facts = replace(facts, standby=True)
        if facts.holds in {Holds.STORES, Holds.PROCESSES}:
            return judge(facts, policy, self.now)
        # What is judged by its location alone is judged once a location: most of a tenant is such.
        key = (
            *(name, facts.holds, facts.placements),
            *(facts.instructed, facts.lifecycle, facts.max_age),
        )
        if key not in self._by_location:
            self._by_location[key] = judge(facts, policy, self.now)
        return self._by_location[key]

    def _policies(self, attribution: Attribution) -> Iterable[str]:
        """The default binds what is shared or unassigned; a customer's contract binds its own."""
        customers = self.settings.estate.customers
        names = dict.fromkeys(customers[name].policy for name in attribution.customers)
        return names or (DEFAULT_POLICY,)

    def _cover(self, judgement: Judgement, resource: Resource) -> Judgement:
        """Set aside what a live exemption names, and all where no customer data is held.

        What is unknown stays: it cannot be exempted.
        """
        outside_promise = any(
            matches_any_tags(entry.match, resource, self.groups)
            for entry in self.settings.estate.outside_promise
        )
        if not judgement.findings and not outside_promise:
            return judgement
        live = tuple(self._live(resource, judgement))
        covered = {reason for exemption in live for reason in exemption.reasons}
        left = tuple(
            finding
            for finding in judgement.findings
            if STATUS_OF_REASON[finding.reason] is Status.UNKNOWN
            or not (outside_promise or finding.reason in covered)
        )
        status = worst_status(left)
        if status is Status.COMPLIANT and (judgement.findings or outside_promise):
            return replace(
                judgement,
                status=Status.EXEMPT,
                exemptions=tuple(exemption.id for exemption in live),
            )
        return replace(
            judgement,
            status=status,
            severity=worst_severity(left) if status is Status.VIOLATION else None,
            exemptions=tuple(exemption.id for exemption in live),
        )

    def _live(self, resource: Resource, judgement: Judgement) -> Iterator[Exemption]:
        for exemption in self.settings.exemptions:
            if (
                exemption.is_live(self.now)
                and any(glob(pattern, resource.id) for pattern in exemption.resources)
                and not set(judgement.reasons).isdisjoint(exemption.reasons)
            ):
                yield exemption

    def _declared(
        self, resource: Resource, holds: Holds | None, placements: tuple[Placement, ...]
    ) -> tuple[Holds | None, tuple[Placement, ...]]:
        for declaration in self.settings.declarations:
            if declaration.is_live(self.now) and _declares(declaration, resource):
                placements = tuple(_resolve(declaration, placements, self.now))
                holds = holds or Holds(declaration.holds)
        return holds, placements

    def _instructed(
        self, resource: Resource, placements: tuple[Placement, ...]
    ) -> Iterator[tuple[Placement, InstructedExport]]:
        for place in placements:
            if place.role is not Role.EXPORT or place.unresolved is not None:
                continue
            for export in self.settings.estate.instructed_exports:
                if _instructs(export, resource, place, self.now):
                    yield place, export

    def _lifecycle(self, attribution: Attribution) -> frozenset[Reason]:
        """Data of customers whose contracts have all ended over 60 days ago should be gone."""
        customers = [self.settings.estate.customers[name] for name in attribution.customers]
        if customers and all(
            customer.ended
            and datetime.combine(customer.ended, time.max, UTC) + _RETENTION_AFTER_CONTRACT
            < self.now
            for customer in customers
        ):
            return frozenset({Reason.RETENTION_OVERDUE})
        return frozenset()

    def _max_age(self, resource: Resource) -> timedelta:
        ages = self.settings.scan.max_age
        return ages.get(resource.type) or ages["default"]


def _declares(declaration: Declaration, resource: Resource) -> bool:
    return any(glob(pattern, resource.type) for pattern in declaration.types) or any(
        glob(pattern, resource.id) for pattern in declaration.resources
    )


def _resolve(
    declaration: Declaration, placements: tuple[Placement, ...], now: datetime
) -> Iterator[Placement]:
    """Resolve what nobody could name; if there is nothing to resolve, stand beside it."""
    open_roles = tuple(
        place.role for place in placements if place.unresolved is Reason.REGION_UNKNOWN
    )
    yield from (place for place in placements if place.unresolved is not Reason.REGION_UNKNOWN)
    for role in dict.fromkeys(open_roles) or (Role.PRIMARY,):
        yield Placement(
            role=role,
            region=_NO_REGION,
            country=declaration.country,
            basis=Basis.DECLARED,
            evidence=Evidence(
                api="declared",
                path=declaration.source,
                value=f"{declaration.country} (by {declaration.owner})",
                read_at=now,
            ),
        )


def _instructs(
    export: InstructedExport, resource: Resource, place: Placement, now: datetime
) -> bool:
    since = datetime.combine(export.since, time.min, UTC)
    ends = (place.target or "", place.region, country_of(place) or "")
    return (
        since <= now
        and glob(export.source, resource.id)
        and any(end and glob(export.to, end) for end in ends)
    )
