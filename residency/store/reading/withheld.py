"""Keeps other customers out of what one customer is told: their names, their ids, their resources.

Names of resources, groups and evidence are free text that may name anybody. What might is withheld:
rather too much than one name.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache, cached_property

from sqlalchemy import Connection, select

from residency import regions
from residency.settings import Customer
from residency.store.reading.history import attribution_of
from residency.store.tables import STATE

WITHHELD = "(withheld)"
_WITHIN_A_WORD = 4
"""From so many characters on an id counts also within a longer word, as in `stglobexdata`."""

_FIRST_WORD = 6
"""From so many characters on the first word of a name does too."""

_SHORTEST_NAME = 3
_ID = re.compile(r"/subscriptions/[^\s'\",;)]+", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z0-9][\w.-]*")
_PLAIN = re.compile(r"[A-Za-z0-9][\w-]*")
_DOTTED = re.compile(r"[A-Za-z0-9][\w.-]*")
"""A part of an id that is one word, and one that may be the name of a host."""

_FOREIGN = """
SELECT name FROM resource WHERE pk IN (
  SELECT resource FROM standing WHERE state IN (SELECT value FROM json_each(?))
)
"""
_IS_FOREIGN = """
SELECT EXISTS (
  SELECT 1 FROM resource JOIN standing ON standing.resource = resource.pk
  WHERE lower(resource.name) = ? AND standing.state IN (SELECT value FROM json_each(?))
)
"""


class Withheld:
    """Takes out of texts what is not this customer's."""

    def __init__(
        self,
        others: Iterable[str],
        own_ids: Collection[str],
        is_foreign: Callable[[str], bool],
    ) -> None:
        """Withhold.

        Args:
            others: Ids and names of other customers.
            own_ids: The resources that this one may be told of, by lower-cased id.
            is_foreign: Whether a word, lower-cased, is the name of a resource that is another's;
                asked once of each that may be.
        """
        names = [told for each in others if (told := each.strip())]
        self._others = _pattern(names)
        self._firsts = sorted({told.split()[0].lower() for told in names})
        self._ascii = all(map(str.isascii, self._firsts))
        self._own = frozenset(own_ids)
        self._own_names = {part for each in own_ids for part in each.split("/")}
        self._foreign = cache(is_foreign)
        self._whole: Collection[str] | None = None
        self._known: dict[str, str] = {}
        self._parts: dict[str, str] = {}

    def text(self, text: str) -> str:
        """Give a text without what is others'; many are told again and again."""
        if text in self._own and text in self._own_whole():
            return text
        if text not in self._known:
            found = _ID.sub(self._of_id, text)
            found = "/".join(map(self._of_part, found.split("/")))
            self._known[text] = self._without_others(found)
        return self._known[text]

    def _own_whole(self) -> Collection[str]:
        """Give the own ids of which nothing is to be taken out, found once for all of them."""
        if self._whole is None:
            text = "\n".join(self._own)
            odd = {part for part in self._own_names if not self._stays(part)}
            whole = {each for each in self._own if odd.isdisjoint(each.split("/"))}
            self._whole = whole if odd else self._own
            if self._without_others(text) != text:
                self._whole = ()
        return self._whole

    def _stays(self, part: str) -> bool:
        """Whether a part of an own id is told as it is: as a word, or as several that are."""
        return not part or bool(
            _PLAIN.fullmatch(part) or (_DOTTED.fullmatch(part) and self._of_part(part) == part)
        )

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
        return self._foreign(word)


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
        names = set(attribution_of(None, told, "").customers)
        remembered |= names
        if names and customer not in names:
            foreign.add(pk)
    others = (remembered | set(customers)) - {customer}
    names_of = {customers[each].name for each in others if each in customers}
    own = customers[customer].name
    return Withheld(
        [*others, *(name for name in names_of if name != own)],
        own_ids,
        _Foreign(connection, foreign).has,
    )


class _Foreign:
    """The names of what was others'."""

    def __init__(self, connection: Connection, states: Collection[int]) -> None:
        self._connection = connection
        self._states = json.dumps(list(states))

    def has(self, word: str) -> bool:
        """Whether one is so called; what SQLite cannot lower-case is held against all of them."""
        if not word.isascii():
            return word in self._all
        told = word, self._states
        return bool(self._connection.exec_driver_sql(_IS_FOREIGN, told).scalar())

    @cached_property
    def _all(self) -> frozenset[str]:
        rows = self._connection.exec_driver_sql(_FOREIGN, (self._states,)).cursor.fetchall()
        return frozenset(name.lower() for (name,) in rows)
