"""Another configuration, made fit to judge what is remembered.

Tags are not remembered, and whose a resource was is. So the estate is replaced by one that
attributes as it was recorded; and rules that go by tags are taken both ways, not to hold and to
hold, so that only what both agree on is said.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from residency.model import Reading, Resource
from residency.policy import Attribution
from residency.settings import Match, Policy, Product, Settings
from residency.store.reading.history import Named

_TAG = "recorded-attribution"
_ANYTHING = ("*",)
Whose = tuple[str | None, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Otherwise:
    """What judges instead.

    Attributes:
        variants: The configuration with rules by tags taken not to hold, and to hold; one where
            there are no such rules.
        by_tags: The rules that go by tags, as the configuration names them.
        unknown_customers: Recorded customers that it has not; they get its default policy.
        tags: Of each recorded attribution, what resources get to be attributed so again.
    """

    variants: tuple[Settings, ...]
    by_tags: tuple[str, ...]
    unknown_customers: tuple[str, ...]
    tags: Mapping[Whose, Mapping[str, str]]

    def resource(self, named: Named, attribution: Attribution, reading: Reading) -> Resource:
        """Give a resource that is attributed as it was recorded."""
        return Resource(
            id=named.id,
            type=named.type,
            name=named.name,
            subscription_id=named.subscription_id,
            resource_group=named.resource_group,
            reading=reading,
            tags=self.tags[_whose(attribution)],
        )


def otherwise(settings: Settings, attributions: Iterable[Attribution]) -> Otherwise:
    """Make another configuration fit to judge resources that were attributed so."""
    recorded = sorted({_whose(each) for each in attributions}, key=str)
    keys = {whose: f"a{number}" for number, whose in enumerate(recorded)}
    attributing = _attributing(settings, keys)
    by_tags = tuple(_by_tags(settings))
    strict = _with_rules(attributing, holding=False)
    known = settings.estate.customers.keys()
    return Otherwise(
        variants=(strict, _with_rules(attributing, holding=True)) if by_tags else (strict,),
        by_tags=by_tags,
        unknown_customers=tuple(sorted({name for _, names in keys for name in names} - known)),
        tags={whose: MappingProxyType({_TAG: key}) for whose, key in keys.items()},
    )


def _whose(attribution: Attribution) -> Whose:
    return attribution.product, attribution.customers


def _attributing(settings: Settings, keys: Mapping[Whose, str]) -> Settings:
    """Let a product stand for each recorded attribution, and its customers share it."""
    products = {key: Product(label=key, match=Match(tags={_TAG: key})) for key in keys.values()}
    customers = {
        name: customer.model_copy(
            update={
                "match": None,
                "products": tuple(key for (_, names), key in keys.items() if name in names),
            }
        )
        for name, customer in settings.estate.customers.items()
    }
    estate = settings.estate.model_copy(update={"products": products, "customers": customers})
    return settings.model_copy(update={"estate": estate})


def _by_tags(settings: Settings) -> Iterable[str]:
    policies = {"policy": settings.policy}
    policies |= {f"policies.{name}": policy for name, policy in settings.policies.items()}
    for name, policy in policies.items():
        for number, match in enumerate(policy.standby):
            if match.tags:
                yield f"{name}.standby[{number}]"
    for number, entry in enumerate(settings.estate.outside_promise):
        if entry.match.tags:
            yield f"estate.outside_promise[{number}]"


def _with_rules(settings: Settings, *, holding: bool) -> Settings:
    """Take rules by tags to hold wherever the rest of the rule does, or nowhere."""
    outside = (
        entry.model_copy(update={"match": match})
        for entry in settings.estate.outside_promise
        for match in _taken(entry.match, holding=holding)
    )
    estate = settings.estate.model_copy(update={"outside_promise": tuple(outside)})
    return settings.model_copy(
        update={
            "estate": estate,
            "policy": _of_policy(settings.policy, holding=holding),
            "policies": {
                name: _of_policy(policy, holding=holding)
                for name, policy in settings.policies.items()
            },
        }
    )


def _of_policy(policy: Policy, *, holding: bool) -> Policy:
    standby = (taken for match in policy.standby for taken in _taken(match, holding=holding))
    return policy.model_copy(update={"standby": tuple(standby)})


def _taken(match: Match, *, holding: bool) -> tuple[Match, ...]:
    if not match.tags:
        return (match,)
    if not holding:
        return ()
    others = match.model_copy(update={"tags": {}})
    return (others.model_copy(update={"resources": others.resources or _ANYTHING}),)
