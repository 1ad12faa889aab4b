"""What a configuration of a tenant could be, going by its subscriptions, groups and tags. Pure."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from residency.inventory import Coverage, Inventory
from residency.model import Resource
from residency.policy import Attribution, attribute
from residency.policy.attribution import matches_any_tags
from residency.settings import (
    DEFAULT_PRODUCTION,
    Customer,
    EnvironmentMatch,
    Environments,
    Estate,
    Match,
    Product,
)

_GLOB = re.compile(r"([*?\[])")
_LONGEST_ID = 63
_MEANS_PRODUCTION = ("live", "prd", "productie")
_STANDBY = (Match(resource_groups=("*-dr",)), Match(tags={"role": "standby"}))


@dataclass(frozen=True, slots=True, kw_only=True)
class TagNames:
    """The names of the tags that say whose a resource is, and what for."""

    product: str
    customer: str
    environment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What is proposed, with what it rests on.

    Attributes:
        left_out: Ids of the subscriptions that the manifest should not name.
        owned: How many resources each product and each customer would have of its own, by id.
        environments: How many resources have each value of the environment's tag; "" is none.
        unassigned: How many resources would be nobody's.
        standby: What looks as if it stands by, with how many resources it names.
        tags: How many resources and groups have each tag, most first.
    """

    coverage: tuple[Coverage, ...]
    left_out: frozenset[str]
    management_group: str | None
    names: TagNames
    estate: Estate
    owned: Mapping[str, int]
    environments: Mapping[str, int]
    unassigned: int
    standby: tuple[tuple[Match, int], ...]
    tags: Mapping[str, int]

    @property
    def resources(self) -> int:
        """How many resources were seen."""
        return sum(entry.resources for entry in self.coverage)


def propose(
    inventory: Inventory,
    names: TagNames,
    *,
    left_out: frozenset[str] = frozenset(),
    management_group: str | None = None,
) -> Proposal:
    """Propose products, customers and environments, and count what they would be given."""
    bare = Estate(
        products=_products(values_of(inventory, names.product), names.product),
        customers=_customers(values_of(inventory, names.customer), names.customer),
        environments=Environments(match=EnvironmentMatch(tags=names.environment), production=()),
    )
    attributed = tuple(_attributed(inventory, bare))
    environments = _environments(attributed)
    return Proposal(
        coverage=inventory.coverage,
        left_out=left_out,
        management_group=management_group,
        names=names,
        estate=_with_what_was_seen(bare, attributed, environments),
        owned=_owned(attributed),
        environments=environments,
        unassigned=sum(count for each, count in attributed if each.unassigned),
        standby=tuple(_standby(inventory)),
        tags=tags_of(inventory),
    )


def tags_of(inventory: Inventory) -> Mapping[str, int]:
    """Count the resources and groups that have each tag; names of tags ignore case."""
    found = Counter(name.lower() for tags in _every_tags(inventory) for name in tags)
    return dict(found.most_common())


def values_of(inventory: Inventory, tag: str) -> tuple[str, ...]:
    """Give the values of a tag in order, each in its most usual spelling; values ignore case."""
    spelled = Counter(
        value
        for tags in _every_tags(inventory)
        for name, value in tags.items()
        if name.lower() == tag.lower() and value.strip()
    )
    usual: dict[str, str] = {}
    for value, _ in sorted(spelled.items(), key=lambda item: (-item[1], item[0])):
        usual.setdefault(value.lower(), value)
    return tuple(usual[folded] for folded in sorted(usual))


def _every_tags(inventory: Inventory) -> Iterator[Mapping[str, str]]:
    yield from (resource.tags for resource in inventory.resources.values())
    yield from inventory.groups.tags.values()


def literal(value: str) -> str:
    """Give the glob that matches a value and nothing else."""
    return _GLOB.sub(r"[\1]", value)


def _products(values: Iterable[str], tag: str) -> dict[str, Product]:
    found: dict[str, Product] = {}
    taken: set[str] = set()
    for value in values:
        name = _free(_id(value, "product"), taken)
        found[name] = Product(label=value, match=Match(tags={tag: literal(value)}))
    return found


def _customers(values: Iterable[str], tag: str) -> dict[str, Customer]:
    found: dict[str, Customer] = {}
    taken: set[str] = set()
    for value in values:
        name = _free(_id(value, "customer").lower(), taken)
        match = Match(tags={tag: literal(value)})
        found[name] = Customer(name=value, language="nl", match=match)
    return found


def _id(value: str, otherwise: str) -> str:
    """Give what a value has of letters and digits, with hyphens between."""
    plain = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9]+", "-", plain)[:_LONGEST_ID].strip("-")
    return name or otherwise


def _free(name: str, taken: set[str]) -> str:
    """Number a name that is taken already (ids ignore case), and take it."""
    number, free = 1, name
    while free.lower() in taken:
        number += 1
        suffix = f"-{number}"
        free = name[: _LONGEST_ID - len(suffix)].rstrip("-") + suffix
    taken.add(free.lower())
    return free


def _attributed(inventory: Inventory, estate: Estate) -> Iterator[tuple[Attribution, int]]:
    """Attribute resources; those alike in tags, group and manager once, with their number."""
    alike: dict[object, list[Resource]] = {}
    for resource in inventory.resources.values():
        tags = tuple(sorted(resource.tags.items()))
        place = (resource.subscription_id, resource.resource_group, resource.managed_by)
        alike.setdefault((tags, place), []).append(resource)
    for resources in alike.values():
        yield attribute(resources[0], estate, inventory.groups), len(resources)


def _owned(attributed: Iterable[tuple[Attribution, int]]) -> Mapping[str, int]:
    found: Counter[str] = Counter()
    for each, count in attributed:
        if each.product is not None:
            found[f"product {each.product}"] += count
        for customer in each.customers:
            found[f"customer {customer}"] += count
    return found


def _environments(attributed: Iterable[tuple[Attribution, int]]) -> Mapping[str, int]:
    found: Counter[str] = Counter()
    for each, count in attributed:
        found["" if each.environment == "unassigned" else each.environment] += count
    return dict(sorted(found.items()))


def _with_what_was_seen(
    estate: Estate,
    attributed: Iterable[tuple[Attribution, int]],
    environments: Iterable[str],
) -> Estate:
    """Add the products on each customer's own resources, and what means production."""
    used: dict[str, set[str]] = {name: set() for name in estate.customers}
    for each, _ in attributed:
        for customer in each.customers:
            used[customer] |= {each.product} if each.product else set()
    customers = {
        name: customer.model_copy(update={"products": tuple(sorted(used[name]))})
        for name, customer in estate.customers.items()
    }
    more = sorted({value.lower() for value in environments} & set(_MEANS_PRODUCTION))
    production = (*DEFAULT_PRODUCTION, *more)
    seen = estate.environments.model_copy(update={"production": production})
    return estate.model_copy(update={"customers": customers, "environments": seen})


def _standby(inventory: Inventory) -> Iterator[tuple[Match, int]]:
    for match in _STANDBY:
        named = sum(
            matches_any_tags(match, resource, inventory.groups)
            for resource in inventory.resources.values()
        )
        if named:
            yield match, named
