"""Azure Resource Graph, paged to the end and counted: what is missing is said, never hidden.

https://learn.microsoft.com/azure/governance/resource-graph/concepts/work-with-data
"""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import msgspec

from residency.azure.arm import Arm
from residency.azure.failures import decoded
from residency.errors import AzureError, PayloadTooLarge

_BATCH_SUBSCRIPTIONS = 100
_PAGE_ROWS = 1000
_FEWEST_ROWS = 1
_RESETS_AFTER = re.compile(r"(\d+):(\d+):(\d+)")
_MOST_SECONDS = 60.0

Row = dict[str, Any]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A query that projects `id` and is ordered by it, so that its pages are stable."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphAnswer:
    """The rows of all pages, each id once, and per subscription why its rows may not be all.

    Attributes:
        problems: Subscription to the reasons why its part is not proven whole.
    """

    rows: tuple[Row, ...]
    problems: Mapping[str, tuple[str, ...]]


class _Page(msgspec.Struct):
    total: int = msgspec.field(name="totalRecords")
    truncated: str = msgspec.field(name="resultTruncated")
    data: list[Row]
    skip_token: str | None = msgspec.field(default=None, name="$skipToken")


@dataclass(slots=True, kw_only=True)
class _Batch:
    """What was collected of one batch of subscriptions."""

    rows: dict[str, Row]
    total: int = 0
    truncated: bool = False
    limited: bool = False

    def problems(self) -> tuple[str, ...]:
        """Say why these rows may not be all of them."""
        count = len(self.rows)
        return tuple(
            reason
            for reason, holds in (
                (f"inventory-short: {count} of {self.total} rows", count != self.total),
                ("inventory-truncated", self.truncated),
                ("subscription-limit-hit", self.limited),
            )
            if holds
        )


async def ask(
    arm: Arm, query: Query, subscriptions: Sequence[str], progress: Progress = lambda _n, _of: None
) -> GraphAnswer:
    """Ask a query of explicit subscriptions, in batches. Failures are told per subscription."""
    rows: dict[str, Row] = {}
    problems: dict[str, tuple[str, ...]] = {}
    for start in range(0, len(subscriptions), _BATCH_SUBSCRIPTIONS):
        batch = subscriptions[start : start + _BATCH_SUBSCRIPTIONS]
        try:
            found = await _ask_batch(arm, query, batch, progress)
        except AzureError as error:
            problems |= dict.fromkeys(batch, (f"inventory-failed: {error.code}: {error}",))
            continue
        rows |= found.rows
        if why := found.problems():
            problems |= dict.fromkeys(batch, why)
    return GraphAnswer(rows=tuple(rows.values()), problems=problems)


async def _ask_batch(
    arm: Arm, query: Query, subscriptions: Sequence[str], progress: Progress
) -> _Batch:
    """Read all pages; if they do not add up, once more: the estate may just have changed."""
    found, rows_a_page = await _ask_fitting(arm, query, subscriptions, _PAGE_ROWS, progress)
    if found.problems():
        found, _ = await _ask_fitting(arm, query, subscriptions, rows_a_page, progress)
    return found


async def _ask_fitting(
    arm: Arm, query: Query, subscriptions: Sequence[str], rows_a_page: int, progress: Progress
) -> tuple[_Batch, int]:
    """Halve the page while Azure says that it is over 16 MiB; a row too large alone is an error."""
    while True:
        try:
            return await _pages(arm, query, subscriptions, rows_a_page, progress), rows_a_page
        except PayloadTooLarge:
            if rows_a_page == _FEWEST_ROWS:
                raise
            rows_a_page = max(_FEWEST_ROWS, rows_a_page // 2)


async def _pages(
    arm: Arm, query: Query, subscriptions: Sequence[str], rows_a_page: int, progress: Progress
) -> _Batch:
    batch = _Batch(rows={})
    tokens: set[str] = set()
    token: str | None = None
    while True:
        body, headers = await arm.graph(_request(query, subscriptions, rows_a_page, token))
        page = cast("_Page", decoded(body, _Page, f"Resource Graph ({query.name})"))
        for row in page.data:
            batch.rows[str(row["id"]).lower()] = row
        batch.total = page.total
        batch.truncated = batch.truncated or page.truncated.lower() == "true"
        batch.limited |= headers.get("x-ms-tenant-subscription-limit-hit", "").lower() == "true"
        progress(len(batch.rows), page.total)
        token = page.skip_token
        if not token:
            return batch
        if token in tokens or not page.data:
            raise AzureError("Resource Graph's pages lead back to themselves", code="PageLoop")
        tokens.add(token)
        await _obey_quota(headers)


def _request(
    query: Query, subscriptions: Sequence[str], rows_a_page: int, token: str | None
) -> dict[str, Any]:
    options: dict[str, Any] = {"resultFormat": "objectArray", "$top": rows_a_page}
    if token:
        options = {"resultFormat": "objectArray", "$skipToken": token}
    return {
        "subscriptions": list(subscriptions),
        "query": query.text,
        "options": options | {"allowPartialScopes": False},
    }


async def _obey_quota(headers: Mapping[str, str]) -> None:
    """Wait for the window to reset when this principal's quota is spent.

    https://learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests
    """
    if headers.get("x-ms-user-quota-remaining") != "0":
        return
    found = _RESETS_AFTER.fullmatch(headers.get("x-ms-user-quota-resets-after", ""))
    seconds = 5.0
    if found:
        hours, minutes, rest = (int(part) for part in found.groups())
        seconds = float(hours * 3600 + minutes * 60 + rest)
    await asyncio.sleep(min(seconds, _MOST_SECONDS))
