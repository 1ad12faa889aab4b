"""What the vendor runs and for whom: products, customers, environments, subprocessors."""

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, model_validator

from residency.settings.match import Match
from residency.settings.section import Section, mistake, refuse
from residency.settings.values import Day, ProductName, Slug, Text

Language = Literal["nl", "en"]

DEFAULT_POLICY = "default"
"""The name under which the section `policy` is known to customers."""

DEFAULT_ENVIRONMENT_TAG = "environment"
DEFAULT_PRODUCTION = ("production", "prod", "")


class Product(Section):
    """An online product."""

    label: Text
    """Its name for people."""

    match: Match
    """The resources that are its own."""


class Customer(Section):
    """A customer whose data is hosted."""

    name: Text
    """Its name for people."""

    language: Language
    """The language of its reports."""

    products: tuple[str, ...] = ()
    """The products that it uses (keys of `estate.products`)."""

    match: Match | None = None
    """The resources that are its own; null: it has only what its products share."""

    policy: str = DEFAULT_POLICY
    """`default`, or the key in `policies` of its stricter contract."""

    contract: str = ""
    """The contract's reference."""

    starts: Day | None = None
    """First day of the contract."""

    ended: Day | None = None
    """Last day of the contract; the time to erase runs from here."""

    dora: bool = False
    """Whether it is a financial entity under DORA (Regulation (EU) 2022/2554)."""

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.starts and self.ended and self.ended < self.starts:
            refuse(
                "Customer",
                [mistake(("ended",), str(self.ended), "is before `starts`: correct one of them")],
            )
        return self


class EnvironmentMatch(Section):
    """How the environment of a resource is told."""

    tags: Text = DEFAULT_ENVIRONMENT_TAG
    """Name of the tag whose value is the environment."""


class Environments(Section):
    """Which resources are production."""

    match: EnvironmentMatch = EnvironmentMatch()
    """How the environment of a resource is told."""

    production: tuple[str, ...] = DEFAULT_PRODUCTION
    """Values that mean production; the empty text: no such tag."""


class OutsidePromise(Section):
    """Resources that hold no customer data; listed and counted, never hidden."""

    match: Match
    """The resources."""

    reason: Text
    """Why they hold none."""

    owner: Text
    """Who answers for it."""


class InstructedExport(Section):
    """An export that a customer asked for; listed as such, and no violation."""

    source: Text = Field(alias="from")
    """Id of the resource that sends; a glob, compared without regard to case."""

    to: Text
    """Id or name of what receives; a glob, compared without regard to case."""

    customer: Slug
    """The customer (a key of `estate.customers`) who asked for it."""

    reference: Text
    """Where the request is kept."""

    since: Day
    """First day of the export."""


class Subprocessor(Section):
    """Another company that handles customer data for the vendor."""

    name: Text
    """The company."""

    seat: Text
    """Where it is established."""

    service: Text
    """What it does."""

    storage: Text
    """Where it stores the data. A list of countries (or EU) places exports to it by this name."""

    access: Text
    """Where it has access to the data from."""


class Estate(Section):
    """What is hosted, for whom, and what lies outside the promise."""

    products: Mapping[ProductName, Product] = {}
    """The online products, by id."""

    customers: Mapping[Slug, Customer] = {}
    """The customers, by id. The id is not shown to other customers."""

    environments: Environments = Environments()
    """Which resources are production."""

    outside_promise: tuple[OutsidePromise, ...] = ()
    """Resources that hold no customer data."""

    instructed_exports: tuple[InstructedExport, ...] = ()
    """Exports that customers asked for."""

    subprocessors: tuple[Subprocessor, ...] = ()
    """Other companies that handle customer data, as reports list them."""
