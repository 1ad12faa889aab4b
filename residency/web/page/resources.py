"""The resources, narrowed by a form, by pages that fit together."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from residency import clock
from residency.model import Status, Zone
from residency.settings import Settings
from residency.store.reading.standing import Reader, last_look
from residency.web.api.asked import Resources, asked_of
from residency.web.api.resources import resources as page_of_resources
from residency.web.page.words import When, Why, customers_of, name_of, product_of, when, why

_CURSOR = "cursor"
_PATH = "/resources"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place of a listed resource."""

    role: str
    region: str
    country: str
    zone: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRow:
    """A listed resource."""

    id: str
    name: str
    type: str
    status: str
    severity: str
    whose: str
    customers: tuple[str, ...]
    reasons: tuple[Why, ...]
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of the values that a field of the form offers."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourcesView:
    """A page of resources and the form that it was asked by.

    Attributes:
        choices: Of each field that offers some, by its name.
        typed: What stands in each other field, by its name.
        scan: The number of the scan that left it so.
        following: The address of the next page; empty: this is the last.
        first: The address of the first page; empty: this is it.
    """

    choices: Mapping[str, tuple[Choice, ...]]
    typed: Mapping[str, str]
    scan: int
    scanned: When
    notices: tuple[str, ...]
    rows: tuple[ListedRow, ...]
    following: str
    first: str


def resources(reader: Reader, settings: Settings, query: QueryParams) -> ResourcesView:
    """Read a page. Raises HTTPException as the API does."""
    given = [(name, value) for name, value in query.multi_items() if value.strip()]
    asked = asked_of(QueryParams(given), Resources)
    told = page_of_resources(reader, settings, asked)
    looked = last_look(reader)
    names = {each.subscription_id: each.name for each in looked.subscriptions} if looked else {}
    narrow = [(name, value) for name, value in given if name != _CURSOR]
    return ResourcesView(
        choices=_choices(asked, settings, names),
        typed={name: getattr(asked, name) or "" for name in ("environment", "type", "search")},
        scan=told["scan"]["scan"],
        scanned=when(datetime.fromisoformat(told["scan"]["finished_at"]), clock.now()),
        notices=tuple(told["notices"]),
        rows=tuple(_row(each, settings) for each in told["resources"]),
        following=_address([*narrow, (_CURSOR, told["next"])]) if told["next"] else "",
        first=_address(narrow) if asked.cursor else "",
    )


def _address(given: list[tuple[str, str]]) -> str:
    return f"{_PATH}?{urlencode(given)}" if given else _PATH


def _choices(
    asked: Resources, settings: Settings, subscriptions: Mapping[str, str]
) -> Mapping[str, tuple[Choice, ...]]:
    """Give what each field offers; what was asked for is offered also where it is not there."""
    products = {name: each.label for name, each in settings.estate.products.items()}
    return {
        "status": _offered({str(each): str(each) for each in Status}, asked.status),
        "zone": _offered({str(each): str(each) for each in Zone}, asked.zone),
        "product": _offered(products, [asked.product] if asked.product else []),
        "subscription": _offered(subscriptions, [asked.subscription] if asked.subscription else []),
    }


def _offered(labels: Mapping[str, str], chosen: Collection[str]) -> tuple[Choice, ...]:
    every = {**labels, **{str(each): labels.get(each, str(each)) for each in chosen}}
    return tuple(
        Choice(value=value, label=label or value, chosen=value in chosen)
        for value, label in every.items()
    )


def _row(told: Mapping[str, Any], settings: Settings) -> ListedRow:
    return ListedRow(
        id=told["id"],
        name=name_of(told["id"]),
        type=told["type"].removeprefix("microsoft."),
        status=told["status"],
        severity=told["severity"] or "",
        whose=f"{product_of(told['product'], settings)}, {told['environment']}",
        customers=customers_of(told["customers"], settings),
        reasons=why(told["reasons"]),
        places=tuple(dict.fromkeys(map(_place, told["placements"]))),
    )


def _place(told: Mapping[str, Any]) -> Place:
    return Place(
        role=told["role"],
        region=told["region"],
        country=told["country"] or "?",
        zone=told["zone"],
        basis=told["basis"],
    )
