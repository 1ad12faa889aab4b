"""All rules together: every policy that applies, exemptions, declarations, instructed exports."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from residency.model import (
    Failover,
    Holds,
    Placement,
    Reason,
    Resource,
    Status,
)
from residency.policy.attribution import (
    Attribution,
    Attributor,
    Groups,
    glob,
    matches_any_tags,
)
from residency.policy.declared import declared
from residency.policy.instructed import instructing
from residency.policy.judgement import (
    STATUS_OF_REASON,
    Facts,
    Judgement,
    judge,
    worst,
    worst_severity,
    worst_status,
)
from residency.policy.subprocessors import by_name, kept
from residency.settings import (
    DEFAULT_POLICY,
    Customer,
    Exemption,
    InstructedExport,
    Policy,
    Settings,
)

INSTRUCTED = "instructed:"
"""Before the reference of an instructed export, where the exemptions are listed."""

Placements = tuple[Placement, ...]
_RETENTION_AFTER_CONTRACT = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One resource with its attribution and what the policy says of it."""

    resource: Resource
    holds: Holds | None
    attribution: Attribution
    judgement: Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class _Contract:
    """What follows from whose a resource is: the policies that bind it, and what is overdue."""

    policies: tuple[str, ...]
    lifecycle: frozenset[Reason]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What was judged before; it keeps the places, so that no others can take their `id`."""

    placements: Placements
    under: tuple[Judgement, ...]
    has_findings: bool


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
        self._declarations = [each for each in settings.declarations if each.is_live(now)]
        self._subprocessors = by_name(settings.estate.subprocessors)
        self._singles_out = bool(
            self._declarations
            or self._subprocessors
            or settings.estate.instructed_exports
            or failovers
            or any(policy.standby for policy in (settings.policy, *settings.policies.values()))
        )
        self._contracts: dict[tuple[str, ...], _Contract] = {}
        self._known: dict[tuple[object, ...], _Known] = {}
        self._standby: dict[tuple[str, str], bool] = {}

    def judge(self, resource: Resource, holds: Holds | None, placements: Placements) -> Judged:
        """Judge one resource under each policy that applies; its status is the worst."""
        attribution = self._attributor.of(resource)
        customers = attribution.customers
        contract = self._contracts.get(customers) or self._contract(customers)
        if self._singles_out:
            holds, placements = declared(self._declarations, resource, holds, placements, self.now)
            placements = kept(self._subprocessors, placements, self.now)
            judgement = self._judge_alone(resource, holds, placements, contract)
        else:
            judgement = self._judge_alike(resource, holds, placements, contract)
        return Judged(resource=resource, holds=holds, attribution=attribution, judgement=judgement)

    def policies_of(self, judged: Judged) -> tuple[str, ...]:
        """Name the policies that bind what was judged."""
        customers = judged.attribution.customers
        return (self._contracts.get(customers) or self._contract(customers)).policies

    def policy(self, name: str) -> Policy:
        """Give a policy by its name."""
        return self.settings.policy if name == DEFAULT_POLICY else self.settings.policies[name]

    def is_standby(self, resource: Resource, name: str) -> bool:
        """Whether a policy declares a resource to be a standby."""
        standby = self.policy(name).standby
        if not standby:
            return False
        key = name, resource.id
        if key not in self._standby:
            found = any(matches_any_tags(match, resource, self.groups) for match in standby)
            self._standby[key] = found
        return self._standby[key]

    def _judge_alone(
        self,
        resource: Resource,
        holds: Holds | None,
        placements: Placements,
        contract: _Contract,
    ) -> Judgement:
        """Judge with the rules of the configuration that name single resources."""
        instructed = tuple(self._instructed(resource, placements))
        facts = Facts(
            holds=holds,
            placements=placements,
            failover=self.failovers.get(resource.id),
            instructed=frozenset(place for place, _ in instructed),
            lifecycle=contract.lifecycle,
            max_age=self._max_age(resource),
        )
        judgement = worst(
            self._cover(self._under(name, facts, resource), resource) for name in contract.policies
        )
        listed = dict.fromkeys(f"{INSTRUCTED}{export.reference}" for _, export in instructed)
        if not listed:
            return judgement
        return replace(judgement, exemptions=(*judgement.exemptions, *listed))

    def _judge_alike(
        self,
        resource: Resource,
        holds: Holds | None,
        placements: Placements,
        contract: _Contract,
    ) -> Judgement:
        """Judge once what is the same in all that counts, down to the same tuple of places."""
        max_age = self._max_age(resource)
        key = (id(placements), holds, id(contract), max_age)
        known = self._known.get(key)
        if known is None:
            facts = Facts(
                holds=holds, placements=placements, lifecycle=contract.lifecycle, max_age=max_age
            )
            under = tuple(self._under(name, facts, resource) for name in contract.policies)
            known = self._known[key] = _Known(
                placements=placements,
                under=under,
                has_findings=any(each.findings for each in under),
            )
        if not known.has_findings and not self.settings.estate.outside_promise:
            return known.under[0]
        return worst(self._cover(each, resource) for each in known.under)

    def _under(self, name: str, facts: Facts, resource: Resource) -> Judgement:
        if self.is_standby(resource, name):
            facts = replace(facts, standby=True)
        return judge(facts, self.policy(name), self.now)

    def _contract(self, names: tuple[str, ...]) -> _Contract:
        """The default binds what is shared or unassigned; a customer's contract binds its own."""
        customers = [self.settings.estate.customers[name] for name in names]
        policies = dict.fromkeys(customer.policy for customer in customers)
        found = _Contract(
            policies=tuple(policies) or (DEFAULT_POLICY,),
            lifecycle=_lifecycle(customers, self.now),
        )
        return self._contracts.setdefault(names, found)

    def _cover(self, judgement: Judgement, resource: Resource) -> Judgement:
        """Set aside what a live exemption names, and all where no customer data is held.

        What is unknown stays: it cannot be exempted.
        """
        entries = self.settings.estate.outside_promise
        if not judgement.findings and not entries:
            return judgement
        outside_promise = any(
            matches_any_tags(entry.match, resource, self.groups) for entry in entries
        )
        if not judgement.findings and not outside_promise:
            return judgement
        live = tuple(self._live(resource, judgement))
        if not live and not outside_promise:
            return judgement
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

    def _instructed(
        self, resource: Resource, placements: Placements
    ) -> Iterator[tuple[Placement, InstructedExport]]:
        exports = self.settings.estate.instructed_exports
        for place in placements if exports else ():
            for export in instructing(exports, resource.id, place, self.now):
                yield place, export

    def _max_age(self, resource: Resource) -> timedelta:
        ages = self.settings.scan.max_age
        return ages.get(resource.type) or ages["default"]


def _lifecycle(customers: Sequence[Customer], now: datetime) -> frozenset[Reason]:
    """Data of customers whose contracts have all ended over 60 days ago should be gone."""
    if customers and all(
        customer.ended
        and datetime.combine(customer.ended, time.max, UTC) + _RETENTION_AFTER_CONTRACT < now
        for customer in customers
    ):
        return frozenset({Reason.RETENTION_OVERDUE})
    return frozenset()
