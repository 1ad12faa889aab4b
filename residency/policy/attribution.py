"""Whose a resource is: product, customers and environment (docs/policy.md, attribution)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache

from residency.model import Resource
from residency.settings import Estate, Match

Tags = Mapping[str, str]
PRODUCTION = "production"


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """What surrounds the resources: the tags of resource groups, and the resources themselves.

    Attributes:
        tags: By `subscription/resource-group`, lower-cased.
        managed_by: The resource that manages a group (AKS, Databricks), same key, lower-cased id.
        resources: Every resource by id, to follow `managedBy`.
    """

    tags: Mapping[str, Tags] = field(default_factory=dict)
    managed_by: Mapping[str, str] = field(default_factory=dict)
    resources: Mapping[str, Resource] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Whose a resource is. No product and no customer: unassigned."""

    product: str | None
    customers: tuple[str, ...]
    environment: str

    @property
    def unassigned(self) -> bool:
        """Whether nothing says whose this is; it then concerns every customer."""
        return self.product is None and not self.customers


class Attributor:
    """Attributes many resources: those with the same group, tags and manager share the answer."""

    def __init__(self, estate: Estate, groups: Groups) -> None:
        """Attribute under one configuration, in one tenant."""
        self._estate = estate
        self._groups = groups
        self._known: dict[tuple[object, ...], tuple[Attribution, Tags]] = {}
        matches_of = (
            *(product.match for product in estate.products.values()),
            *(customer.match for customer in estate.customers.values() if customer.match),
        )
        self._one_by_one = any(match.resources or match.types for match in matches_of)

    def of(self, resource: Resource) -> Attribution:
        """Attribute a resource."""
        key = (
            resource.id if self._one_by_one else "",
            resource.subscription_id,
            resource.resource_group,
            resource.managed_by,
            id(resource.tags),
        )
        known = self._known.get(key)
        if known is None:
            found = attribute(resource, self._estate, self._groups)
            known = self._known[key] = (found, resource.tags)  # kept, so that no others get its id
        return known[0]


def attribute(resource: Resource, estate: Estate, groups: Groups) -> Attribution:
    """Attribute a resource: own tags, its group's, its manager's, then rules; first that matches.

    Subscription tags are not used: they can come back empty with inherited rights.
    """
    sources = (*_tags(resource, groups), {})
    product = _first(
        sources, resource, {name: entry.match for name, entry in estate.products.items()}
    )
    own = {name: entry.match for name, entry in estate.customers.items() if entry.match}
    customer = _first(sources, resource, own)
    return Attribution(
        product=product,
        customers=(customer,) if customer else _sharers(product, estate),
        environment=_environment(sources, estate),
    )


def matches(match: Match, resource: Resource, tags: Tags) -> bool:
    """Whether every kind of condition that a match names is met; names and values ignore case."""
    return _tagged(match.tags, tags) and _stands_where(match, resource)


def matches_any_tags(match: Match, resource: Resource, groups: Groups) -> bool:
    """Whether a match holds with the resource's own tags, its group's or its manager's."""
    if not _stands_where(match, resource):
        return False
    return not match.tags or any(_tagged(match.tags, tags) for tags in _tags(resource, groups))


def _stands_where(match: Match, resource: Resource) -> bool:
    """Whether what a match says beside tags is met."""
    return (
        _any_glob(match.resource_groups, resource.resource_group)
        and _any_glob(match.subscriptions, resource.subscription_id)
        and _any_glob(match.types, resource.type)
        and (not match.resources or any(glob(each, resource.id) for each in match.resources))
    )


def glob(pattern: str, value: str) -> bool:
    """Compare a value with a glob, ignoring case."""
    return fnmatchcase(value.lower(), pattern.lower())


def _tags(resource: Resource, groups: Groups) -> Iterator[Tags]:
    """Give the tags in the order in which they speak, each manager once."""
    seen: set[str] = set()
    here: Resource | None = resource
    while here is not None and here.id not in seen:
        seen.add(here.id)
        group = f"{here.subscription_id}/{here.resource_group}"
        yield here.tags
        yield groups.tags.get(group, {})
        here = groups.resources.get(here.managed_by or groups.managed_by.get(group, ""))


def _first(
    sources: tuple[Tags, ...], resource: Resource, by_name: Mapping[str, Match]
) -> str | None:
    for tags in sources:
        for name, match in by_name.items():
            if matches(match, resource, tags):
                return name
    return None


def _sharers(product: str | None, estate: Estate) -> tuple[str, ...]:
    """Give the customers that share a product."""
    return tuple(
        name for name, customer in estate.customers.items() if product in customer.products
    )


def _environment(sources: tuple[Tags, ...], estate: Estate) -> str:
    wanted = estate.environments.match.tags.lower()
    found = (_tag(tags, wanted) for tags in sources)
    name = next((value for value in found if value), "")
    production = {value.lower() for value in estate.environments.production}
    return PRODUCTION if name.lower() in production else name or "unassigned"


def _tagged(wanted: Tags, tags: Tags) -> bool:
    return all(glob(pattern, _tag(tags, key.lower()) or "") for key, pattern in wanted.items())


def _tag(tags: Tags, wanted: str) -> str | None:
    return next((value for key, value in tags.items() if key.lower() == wanted), None)


@lru_cache(maxsize=65_536)  # few groups, subscriptions and types, and very many resources
def _any_glob(globs: tuple[str, ...], value: str) -> bool:
    """Whether a value fits one of the globs, or there are none."""
    return not globs or any(glob(pattern, value) for pattern in globs)
