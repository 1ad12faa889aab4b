"""The table of the API: each page with what it may be asked and what it answers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from residency.settings import Settings
from residency.store.reading.standing import Reader
from residency.web.api import asked, pages, shapes
from residency.web.api.resources import resources

Ask = Callable[[Reader, Settings, Any], dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A page.

    Attributes:
        name: The last part of its path.
        summary: One sentence for people.
        asked: Its parameters.
        answer: The shape of its answer.
        ask: Reads the answer from the store.
    """

    name: str
    summary: str
    asked: type[msgspec.Struct]
    answer: type[msgspec.Struct]
    ask: Ask


ENDPOINTS = (
    Endpoint(
        name="scan",
        summary="The last scan: verdict, subscriptions and counts.",
        asked=asked.Nothing,
        answer=shapes.Summary,
        ask=pages.scan,
    ),
    Endpoint(
        name="resources",
        summary="Resources with their places, by id.",
        asked=asked.Resources,
        answer=shapes.Resources,
        ask=resources,
    ),
    Endpoint(
        name="resource",
        summary="One resource: its places, what judged it, its history.",
        asked=asked.Resource,
        answer=shapes.Explanation,
        ask=pages.resource,
    ),
    Endpoint(
        name="episodes",
        summary="Failovers of single resources, by their beginning.",
        asked=asked.Failovers,
        answer=shapes.Episodes,
        ask=pages.episodes,
    ),
    Endpoint(
        name="incidents",
        summary="Failovers that belong together, by their beginning.",
        asked=asked.Failovers,
        answer=shapes.Incidents,
        ask=pages.incidents,
    ),
    Endpoint(
        name="events",
        summary="What happened, the oldest first.",
        asked=asked.Events,
        answer=shapes.Events,
        ask=pages.happened,
    ),
    Endpoint(
        name="subscriptions",
        summary="How much the last scan saw of each subscription.",
        asked=asked.Paged,
        answer=shapes.Subscriptions,
        ask=pages.subscriptions,
    ),
    Endpoint(
        name="coverage",
        summary="From when until when how much was seen, and when nobody looked.",
        asked=asked.Coverage,
        answer=shapes.Coverage,
        ask=pages.covered,
    ),
    Endpoint(
        name="exemptions",
        summary="What is set aside or declared, and how long still.",
        asked=asked.Nothing,
        answer=shapes.Exemptions,
        ask=pages.set_aside,
    ),
)
