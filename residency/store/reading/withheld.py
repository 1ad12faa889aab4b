"""Keeps other customers out of what one customer is told: their names, their ids, their resources.

Names of resources, groups and evidence are free text that may name anybody. What might is withheld:
rather too much than one name.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from sqlalchemy import Connection, select

from residency import regions
from residency.settings import Customer
from residency.store.tables import STATE

WITHHELD = "(withheld)"
_WITHIN_A_WORD = 4
"""From so many characters on an id counts also within a longer word, as in `stglobexdata`."""

_FIRST_WORD = 6
"""From so many characters on the first word of a name does too."""

_SHORTEST_NAME = 3
_ID = re.compile(r"/subscriptions/[^\s'\",;)]+", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z0-9][\w.-]*")
_FOREIGN = """
SELECT name FROM resource WHERE pk IN (
  SELECT resource FROM standing WHERE state IN (SELECT value FROM json_each(?))
)
"""


class Withheld:
    """Takes out of texts what is not this customer's."""

    def __init__(
        self,
        others: Iterable[str],
        own_ids: Collection[str],
        foreign_names: Callable[[], Collection[str]],
    ) -> None:
        """Withhold.

        Args:
            others: Ids and names of other customers.
            own_ids: The resources that this one may be told of, by lower-cased id.
            foreign_names: Gives the names of resources that are others', lower-cased; asked once,
                where a text has a word that may be one.
        """
        names = [told for each in others if (told := each.strip())]
        self._others = _pattern(names)
        self._firsts = sorted({told.split()[0].lower() for told in names})
        self._ascii = all(map(str.isascii, self._firsts))
        self._own = frozenset(own_ids)
        self._own_names = {part for each in own_ids for part in each.split("/")}
        self._foreign_names = foreign_names
        self._foreign: Collection[str] | None = None
        self._known: dict[str, str] = {}
        self._parts: dict[str, str] = {}

    def text(self, text: str) -> str:
        """Give a text without what is others'; many are told again and again."""
        if text not in self._known:
            found = _ID.sub(self._of_id, text)
            found = "/".join(map(self._of_part, found.split("/")))
            self._known[text] = self._without_others(found)
        return self._known[text]

    def _without_others(self, text: str) -> str:
        """Take out ids and names of others, of which each begins with one of a few words."""
        plain, lowered = self._ascii and text.isascii(), text.lower()
        if self._others is None or (plain and not any(each in lowered for each in self._firsts)):
            return text  # to look for a word is quicker than for the pattern; most texts have none
        return self._others.sub(WITHHELD, text)

    def _of_id(self, match: re.Match[str]) -> str:
        told = match[0].lower()
        if told in self._own or any(
            told == own or told.startswith(f"{own}/") for own in self._ends(told)
        ):
            return match[0]
        return WITHHELD

    def _ends(self, told: str) -> Iterator[str]:
        """Give the own resources that an id is, or lies beneath."""
        parts = told.split("/")
        yield from (
            own for n in range(len(parts), 0, -1) if (own := "/".join(parts[:n])) in self._own
        )

    def _of_part(self, part: str) -> str:
        """Withhold names in what stands between slashes, which no word goes beyond."""
        if part not in self._parts:
            self._parts[part] = _WORD.sub(self._of_word, part)
        return self._parts[part]

    def _of_word(self, match: re.Match[str]) -> str:
        """Withhold a name, also as the first part of a host's: `NAME.database.windows.net`."""
        told = match[0].lower().rstrip(".")
        return WITHHELD if any(map(self._is_foreign, {told, told.partition(".")[0]})) else match[0]

    def _is_foreign(self, word: str) -> bool:
        """Whether a word names what is others'; the name of a region names nobody."""
        if word in self._own_names or len(word) < _SHORTEST_NAME or regions.find(word):
            return False
        if self._foreign is None:
            self._foreign = self._foreign_names()
        return word in self._foreign


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
        lambda: _foreign_names(connection, foreign),
    )


def _foreign_names(connection: Connection, states: Collection[int]) -> frozenset[str]:
    """Read the names of what was others'."""
    rows = connection.exec_driver_sql(_FOREIGN, (json.dumps(list(states)),)).cursor.fetchall()
    return frozenset(name.lower() for (name,) in rows)
