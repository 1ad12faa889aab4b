"""Rules that span sections: each name must exist, and stand once.

They look at the values as they were given, so that these mistakes are named together with all
others, instead of only after those are mended.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel
from pydantic_core import InitErrorDetails

from residency.settings.azure import DEFAULT_ENDPOINT
from residency.settings.estate import DEFAULT_POLICY
from residency.settings.section import Place, mistake
from residency.settings.values import is_loopback


def wrong_references(given: object) -> list[InitErrorDetails]:
    """Find every name that does not exist or stands twice in `given`, of whatever shape it is."""
    rules: tuple[Callable[[object], Iterable[InitErrorDetails]], ...] = (
        _dummy_credential,
        _subscriptions_twice,
        _policy_names,
        _exemption_ids_twice,
        _declarations_without_one_subject,
        _products_alike,
        _customers_of_nothing,
        _unknown_customers,
    )
    return [found for rule in rules for found in rule(given)]


def _at(given: object, *keys: str) -> Any:  # noqa: ANN401 - the value may have any shape
    for key in keys:
        given = _child(given, key)
    return given


def _child(given: object, key: str) -> object:
    match given:
        case Mapping():
            return given.get(key)
        case BaseModel():
            return getattr(given, key, None)
        case _:
            return None


def _entries(given: object, *keys: str) -> Iterator[tuple[Place, Any]]:
    found = _at(given, *keys)
    match found:
        case Mapping():
            pairs: Iterable[tuple[str | int, Any]] = found.items()
        case list() | tuple():
            pairs = enumerate(found)
        case _:
            pairs = ()
    return (((*keys, at), value) for at, value in pairs)


def _names(given: object, *keys: str) -> frozenset[object]:
    found = _at(given, *keys)
    return frozenset(found) if isinstance(found, Mapping) else frozenset()


def _twice(given: object, *keys: str) -> Iterator[InitErrorDetails]:
    seen: set[str] = set()
    for place, entry in _entries(given, *keys):
        name = _at(entry, "id")
        if not isinstance(name, str):
            continue
        if name.lower() in seen:
            yield mistake((*place, "id"), name, "is given twice: keep one")
        seen.add(name.lower())


def _dummy_credential(given: object) -> Iterator[InitErrorDetails]:
    if _at(given, "azure", "credential") != "none":
        return
    endpoint = _at(given, "azure", "endpoint") or DEFAULT_ENDPOINT
    if not _is_on_loopback(endpoint):
        sentence = "is for a loopback endpoint only: choose another credential"
        yield mistake(("azure", "credential"), "none", sentence)


def _is_on_loopback(endpoint: object) -> bool:
    try:
        return is_loopback(urlsplit(str(endpoint)).hostname or "")
    except ValueError:
        return False


def _subscriptions_twice(given: object) -> Iterator[InitErrorDetails]:
    return _twice(given, "scope", "subscriptions")


def _exemption_ids_twice(given: object) -> Iterator[InitErrorDetails]:
    return _twice(given, "exemptions")


def _policy_names(given: object) -> Iterator[InitErrorDetails]:
    if DEFAULT_POLICY in _names(given, "policies"):
        sentence = "is the name of the section `policy`: choose another name"
        yield mistake(("policies", DEFAULT_POLICY, "[key]"), DEFAULT_POLICY, sentence)


def _declarations_without_one_subject(given: object) -> Iterator[InitErrorDetails]:
    for place, entry in _entries(given, "declarations"):
        subjects = [key for key in ("types", "resources") if _at(entry, key)]
        if isinstance(entry, Mapping | BaseModel) and len(subjects) != 1:
            yield mistake(place, None, "needs exactly one of types and resources")


def _products_alike(given: object) -> Iterator[InitErrorDetails]:
    seen: dict[str, str] = {}
    for place, _ in _entries(given, "estate", "products"):
        name = place[-1]
        if not isinstance(name, str):
            continue
        if name.lower() in seen:
            sentence = f"differs from {seen[name.lower()]!r} only in capitals: keep one"
            yield mistake((*place, "[key]"), name, sentence)
        seen.setdefault(name.lower(), name)


def _customers_of_nothing(given: object) -> Iterator[InitErrorDetails]:
    products = _names(given, "estate", "products")
    policies = _names(given, "policies") | {DEFAULT_POLICY}
    for place, customer in _entries(given, "estate", "customers"):
        for at, product in _entries(customer, "products"):
            if isinstance(product, str) and product not in products:
                sentence = "is not a product: add it to estate.products"
                yield mistake((*place, *at), product, sentence)
        policy = _at(customer, "policy")
        if isinstance(policy, str) and policy not in policies:
            sentence = "is not a policy: use default, or add it to policies"
            yield mistake((*place, "policy"), policy, sentence)


def _unknown_customers(given: object) -> Iterator[InitErrorDetails]:
    customers = _names(given, "estate", "customers")
    sentence = "is not a customer: add it to estate.customers"
    for place, exemption in _entries(given, "exemptions"):
        name = _at(exemption, "instruction", "customer")
        if isinstance(name, str) and name not in customers:
            yield mistake((*place, "instruction", "customer"), name, sentence)
    for place, export in _entries(given, "estate", "instructed_exports"):
        name = _at(export, "customer")
        if isinstance(name, str) and name not in customers:
            yield mistake((*place, "customer"), name, sentence)
