"""Keeps other customers out of what one customer is told: their names, their ids, their resources.

Names of resources, groups and evidence are free text that may name anybody. What might is withheld:
rather too much than one name.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from sqlalchemy import Connection, select

from residency import regions
from residency.settings import Customer
from residency.store.tables import RESOURCE, STANDING, STATE

WITHHELD = "(withheld)"
_WITHIN_A_WORD = 4
"""From so many characters on an id counts also within a longer word, as in `stglobexdata`."""

_FIRST_WORD = 6
"""From so many characters on the first word of a name does too."""

_SHORTEST_NAME = 3
_ID = re.compile(r"/subscriptions/[^\s'\",;)]+", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z0-9][\w.-]*")


class Withheld:
    """Takes out of texts what is not this customer's."""

    def __init__(
        self, others: Iterable[str], own_ids: Collection[str], foreign_names: Collection[str]
    ) -> None:
        """Withhold.

        Args:
            others: Ids and names of other customers.
            own_ids: The resources that this one may be told of, by lower-cased id.
            foreign_names: The names of resources that are others', lower-cased.
        """
        self._others = _pattern(others)
        self._own = frozenset(own_ids)
        names = {part for each in own_ids for part in each.split("/")}
        self._foreign = frozenset(foreign_names) - names

    def text(self, text: str) -> str:
        """Give a text without what is others'."""
        found = _ID.sub(self._of_id, text)
        found = _WORD.sub(self._of_word, found)
        return self._others.sub(WITHHELD, found) if self._others else found

    def _of_id(self, match: re.Match[str]) -> str:
        told = match[0].lower()
        if any(told == own or told.startswith(f"{own}/") for own in self._ends(told)):
            return match[0]
        return WITHHELD

    def _ends(self, told: str) -> Iterator[str]:
        """Give the own resources that an id is, or lies beneath."""
        parts = told.split("/")
        yield from (
            own for n in range(len(parts), 0, -1) if (own := "/".join(parts[:n])) in self._own
        )

    def _of_word(self, match: re.Match[str]) -> str:
        """Withhold a name, also as the first part of a host's: `NAME.database.windows.net`."""
        told = match[0].lower().rstrip(".")
        return WITHHELD if {told, told.partition(".")[0]} & self._foreign else match[0]


def _pattern(others: Iterable[str]) -> re.Pattern[str] | None:
    parts = sorted({part for each in others for part in _parts(each)}, key=len, reverse=True)
    return re.compile("|".join(parts), re.IGNORECASE) if parts else None


def _parts(name: str) -> Iterator[str]:
    told = name.strip()
    if not told:
        return
    exact = re.escape(told)
    alone = rf"(?<![A-Za-z0-9]){exact}(?![A-Za-z0-9])"
    yield exact if len(told) >= _WITHIN_A_WORD else alone
    first = told.split()[0]
    if len(first) >= _FIRST_WORD:
        yield re.escape(first)
    elif first != told and len(first) >= _SHORTEST_NAME:
        yield rf"(?<![A-Za-z0-9]){re.escape(first)}(?![A-Za-z0-9])"


def withheld_from(
    connection: Connection,
    customer: str,
    customers: Mapping[str, Customer],
    own_ids: Collection[str],
) -> Withheld:
    """Make what keeps others out of the texts for `customer`.

    Args:
        connection: Sees one state throughout.
        customer: Who is told.
        customers: All that are configured; those that are only remembered are withheld as well.
        own_ids: The resources that it may be told of.
    """
    remembered: set[str] = set()
    foreign: set[int] = set()
    for pk, told in connection.execute(select(STATE.c.pk, STATE.c.customers)):
        names = set(json.loads(told))
        remembered |= names
        if names and customer not in names:
            foreign.add(pk)
    others = (remembered | set(customers)) - {customer}
    names_of = {customers[each].name for each in others if each in customers}
    own = customers[customer].name
    return Withheld(
        [*others, *(name for name in names_of if name != own)],
        own_ids,
        _foreign_names(connection, foreign),
    )


def _foreign_names(connection: Connection, states: Collection[int]) -> frozenset[str]:
    """Read the names of what was others'; the name of a region names nobody."""
    query = (
        select(RESOURCE.c.name, STANDING.c.state)
        .join(STANDING, STANDING.c.resource == RESOURCE.c.pk)
        .distinct()
    )
    names = {name.lower() for name, state in connection.execute(query) if state in states}
    return frozenset(
        name for name in names if len(name) >= _SHORTEST_NAME and regions.find(name) is None
    )
