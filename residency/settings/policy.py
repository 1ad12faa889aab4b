"""What is judged: the policy, the promise, and what people state about single resources."""

from datetime import datetime, timedelta
from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field

from residency.settings.countries import Country, CountryOrUnion
from residency.settings.durations import Duration
from residency.settings.match import Match
from residency.settings.section import Section
from residency.settings.values import Day, Expiry, Slug, Text

DEFAULT_PRIMARY = ("NL",)
DEFAULT_FAILOVER = ("IE",)
DEFAULT_EXCEPTIONAL = ("EU",)
DEFAULT_STANDING_COPIES = ("IE",)
DEFAULT_MAX_FAILOVER = timedelta(hours=72)

FailoverSource = Literal["internal", "contract"]
DEFAULT_MAX_FAILOVER_SOURCE: FailoverSource = "internal"

ExemptReason = Literal[
    "outside-eu",
    "primary-misplaced",
    "failover-active",
    "failover-overdue",
    "order-skipped",
    "exceptional-region",
    "retention-overdue",
    "deleted-early",
]
"""The reasons that an exemption may set aside."""

NEVER_EXEMPT = frozenset(
    {"region-unknown", "type-unknown", "facet-unreadable", "facet-pending", "stale"}
)
"""The reasons that say that something is not known; unknown is never compliant."""


def exempt_reason(value: object) -> object:
    """Accept a reason that can be set aside.

    Raises:
        ValueError: A reason that says that something is not known, or no reason at all.
    """
    if not isinstance(value, str):
        raise ValueError("needs the name of a reason, such as exceptional-region")  # noqa: TRY004 - pydantic's way
    if value in NEVER_EXEMPT:
        raise ValueError(
            "cannot be exempted, because what is not known is never compliant: "
            "grant the right to read it, or declare it"
        )
    if value not in get_args(ExemptReason):
        raise ValueError(f"is not one of {', '.join(get_args(ExemptReason))}")
    return value


class Policy(Section):
    """Where data may be. A key that is left out has its default, also in `policies`."""

    primary: Annotated[tuple[CountryOrUnion, ...], Field(min_length=1)] = DEFAULT_PRIMARY
    """Home: where the authoritative copy is written and the software runs."""

    failover: tuple[CountryOrUnion, ...] = DEFAULT_FAILOVER
    """Where it may be placed in a disruption, in the first instance."""

    exceptional: tuple[CountryOrUnion, ...] = DEFAULT_EXCEPTIONAL
    """Where it may be placed in exceptional cases. ISO 3166-1 alpha-2, or EU."""

    standing_copies: tuple[CountryOrUnion, ...] = DEFAULT_STANDING_COPIES
    """Where replicas and backups may stand without an episode."""

    max_failover: Duration = DEFAULT_MAX_FAILOVER
    """How long a failover may last before it is overdue."""

    max_failover_source: FailoverSource = DEFAULT_MAX_FAILOVER_SOURCE
    """Whether that limit is an internal goal, or stands in the contract."""

    standby: tuple[Match, ...] = ()
    """Resources that stand by: their primary is judged as a replica until they take over."""


class Promise(Section):
    """The text that customers were given, as reports quote it."""

    text: str = ""
    """The promise, word for word."""

    version: str = ""
    """Its version."""

    url: str = ""
    """Where it is published."""


class Instruction(Section):
    """A customer's own request."""

    customer: Slug
    """The customer (a key of `estate.customers`) who asked for it."""

    reference: Text
    """Where the request is kept."""

    date: Day
    """The day of the request."""


class Exemption(Section):
    """A rule set aside for named resources. Silences alerts; changes nothing customers are told."""

    id: Slug
    """Its own name, once only."""

    reasons: Annotated[
        tuple[Annotated[ExemptReason, BeforeValidator(exempt_reason)], ...], Field(min_length=1)
    ]
    """The reasons that it sets aside. What is unknown cannot be exempted."""

    resources: Annotated[tuple[Text, ...], Field(min_length=1)]
    """Ids of the resources; globs, compared without regard to case."""

    owner: Text
    """Who answers for it."""

    why: Text
    """Why it is allowed."""

    ticket: Text
    """Where the decision is kept."""

    expires: Expiry
    """Its last moment: a time with a zone, or a day (the end of that day in UTC)."""

    instruction: Instruction | None = None
    """The customer's own request, where there is one; null: the vendor's decision."""

    def is_live(self, now: datetime) -> bool:
        """Say whether it still counts at `now`."""
        return now <= self.expires


class Declaration(Section):
    """What the vendor states of places that Azure does not tell; never improves what is observed.

    Exactly one of `types` and `resources` says what it is about.
    """

    types: tuple[Text, ...] = ()
    """Resource types; globs, compared without regard to case."""

    resources: tuple[Text, ...] = ()
    """Ids of resources; globs, compared without regard to case."""

    country: Country
    """The country of the data. ISO 3166-1 alpha-2."""

    holds: Literal["stores", "processes", "none"]
    """What is done with customer data there."""

    source: Text
    """What the statement rests on."""

    owner: Text
    """Who answers for it."""

    expires: Expiry
    """Its last moment: a time with a zone, or a day (the end of that day in UTC)."""

    def is_live(self, now: datetime) -> bool:
        """Say whether it still counts at `now`."""
        return now <= self.expires
