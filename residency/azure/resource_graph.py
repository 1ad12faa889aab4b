"""Azure Resource Graph, paged to the end and counted: what is missing is said, never hidden.

https://learn.microsoft.com/azure/governance/resource-graph/concepts/work-with-data
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from residency.azure.arm import Arm
from residency.errors import AzureError, InventoryError, PayloadTooLarge

_BATCH_SUBSCRIPTIONS = 100
_PAGE_ROWS = 1000
_FEWEST_ROWS = 1

Progress = Callable[[int, int], None]


class Row(Protocol):
    """What every row has; the struct of a query has its columns beside that."""

    id: str
    subscription_id: str


R = TypeVar("R", bound=Row)
Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query(Generic[R, Kept]):
    """A query that projects `id` and is ordered by it, so that its pages are stable.

    Attributes:
        row: What a row is; an answer with another shape is refused whole.
        keep: What to keep of a row, made as each page arrives: a tenant's rows are large.
    """

    name: str
    text: str
    row: type[R]
    keep: Callable[[R], Kept]


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphAnswer(Generic[Kept]):
    """What was kept of all rows, each id once, and per subscription why its rows may not be all.

    Attributes:
        problems: Subscription to the reasons why its part is not proven whole.
    """

    rows: tuple[Kept, ...]
    problems: Mapping[str, tuple[str, ...]]


class _Page(msgspec.Struct, Generic[R]):
    total: int = msgspec.field(name="totalRecords")
    truncated: str = msgspec.field(name="resultTruncated")
    data: list[R]
    skip_token: str | None = msgspec.field(default=None, name="$skipToken")


@dataclass(slots=True, kw_only=True)
class _Batch(Generic[Kept]):
    """What was collected of one batch of subscriptions.

    `conflicts` are the subscriptions where one resource came twice, and not the same.
    """

    rows: dict[str, Kept]
    conflicts: set[str] = field(default_factory=set)
    total: int = 0
    truncated: bool = False
    limited: bool = False
    broken: str = ""

    def add(self, row: Row, kept: Kept) -> None:
        """Add what was kept of a row; of several with one id the last, as it was read last."""
        key = row.id.lower()
        known = self.rows.get(key)
        if known is not None and known != kept:
            self.conflicts.add(row.subscription_id.lower())
        self.rows[key] = kept

    def problems(self) -> tuple[str, ...]:
        """Say why these rows may not be all of them."""
        count = len(self.rows)
        return tuple(
            reason
            for reason, holds in (
                (f"inventory-short: {count} of {self.total} rows", count != self.total),
                ("inventory-truncated", self.truncated),
                ("subscription-limit-hit", self.limited),
                (f"inventory-broken-off: {self.broken}", self.broken),
            )
            if holds
        )


async def ask(
    arm: Arm,
    query: Query[R, Kept],
    subscriptions: Sequence[str],
    progress: Progress = lambda _n, _of: None,
) -> GraphAnswer[Kept]:
    """Ask a query of explicit subscriptions, in batches. Failures are told per subscription."""
    rows: dict[str, Kept] = {}
    problems: dict[str, tuple[str, ...]] = {}
    left = list(_batches(subscriptions, _BATCH_SUBSCRIPTIONS))
    while left:
        batch = left.pop(0)
        try:
            found = await _ask_batch(arm, query, batch, progress)
        except AzureError as error:
            if isinstance(error, PayloadTooLarge) and len(batch) > 1:
                left[:0] = _batches(batch, (len(batch) + 1) // 2)
            else:
                problems |= dict.fromkeys(batch, (f"inventory-failed: {error.code}: {error}",))
            continue
        rows |= found.rows
        if why := found.problems():
            problems |= dict.fromkeys(batch, why)
        for subscription in found.conflicts:
            why = problems.get(subscription, ())
            problems[subscription] = (*why, f"inventory-conflict: {query.name} that differ")
    return GraphAnswer(rows=tuple(rows.values()), problems=problems)


def _batches(subscriptions: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(subscriptions), size):
        yield subscriptions[start : start + size]


async def _ask_batch(
    arm: Arm, query: Query[R, Kept], subscriptions: Sequence[str], progress: Progress
) -> _Batch[Kept]:
    """Read all pages; if they do not add up, once more: the estate may just have changed."""
    found, rows_a_page = await _ask_fitting(arm, query, subscriptions, _PAGE_ROWS, progress)
    if not found.problems() and not found.conflicts:
        return found
    try:
        again, _ = await _ask_fitting(arm, query, subscriptions, rows_a_page, progress)
    except AzureError as error:
        found.broken = error.code
        return found
    return again


async def _ask_fitting(
    arm: Arm,
    query: Query[R, Kept],
    subscriptions: Sequence[str],
    rows_a_page: int,
    progress: Progress,
) -> tuple[_Batch[Kept], int]:
    """Halve the page while Azure says that it is over 16 MiB; a row too large alone is an error."""
    while True:
        try:
            return await _pages(arm, query, subscriptions, rows_a_page, progress), rows_a_page
        except PayloadTooLarge:
            if rows_a_page == _FEWEST_ROWS:
                raise
            rows_a_page = max(_FEWEST_ROWS, rows_a_page // 2)


async def _pages(
    arm: Arm,
    query: Query[R, Kept],
    subscriptions: Sequence[str],
    rows_a_page: int,
    progress: Progress,
) -> _Batch[Kept]:
    """Read page after page. What was read before a page that fails is kept, not called whole."""
    batch: _Batch[Kept] = _Batch(rows={})
    token = await _page(arm, query, batch, _request(query, subscriptions, rows_a_page, None))
    seen: set[str] = set()
    while token:
        progress(len(batch.rows), batch.total)
        before = len(batch.rows)
        try:
            following = _request(query, subscriptions, rows_a_page, token)
            seen.add(token)
            token = await _page(arm, query, batch, following)
            if token in seen or (token and len(batch.rows) == before):
                raise InventoryError("the pages lead back to themselves", code="PageLoop")
        except PayloadTooLarge:
            raise
        except AzureError as error:
            batch.broken = error.code
            break
    progress(len(batch.rows), batch.total)
    return batch


async def _page(
    arm: Arm, query: Query[R, Kept], batch: _Batch[Kept], request: Mapping[str, Any]
) -> str | None:
    """Add one page to a batch; gives the token of the next."""
    wanted: type[_Page[R]] = _Page[query.row]  # type: ignore[name-defined] # known at run time
    page, headers = await arm.graph(request, wanted)
    for row in page.data:
        batch.add(row, query.keep(row))
    batch.total = page.total
    batch.truncated |= page.truncated.lower() == "true"
    batch.limited |= headers.get("x-ms-tenant-subscription-limit-hit", "").lower() == "true"
    return page.skip_token


def _request(
    query: Query[Any, Any], subscriptions: Sequence[str], rows_a_page: int, token: str | None
) -> dict[str, Any]:
    options: dict[str, Any] = {"resultFormat": "objectArray", "$top": rows_a_page}
    if token:
        options = {"resultFormat": "objectArray", "$skipToken": token}
    return {
        "subscriptions": list(subscriptions),
        "query": query.text,
        "options": options | {"allowPartialScopes": False},
    }
