"""A list that Azure answered, by what its items name: gone through once, not once a resource.

An item that does not say all that it names could name anything: what it does not name before is
in doubt.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from residency.check import Reader
from residency.errors import CheckError
from residency.model import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """The items of a list by the names in them.

    Attributes:
        odd: Of each item that does not say all that it names: what it does name, and the error.
    """

    by_name: Mapping[str, Sequence[Reading]]
    odd: Sequence[tuple[frozenset[str], str]]

    def of(self, *names: str) -> list[Reading]:
        """Give the items of these names. Raises CheckError where a further item may be of them."""
        for named, error in self.odd:
            if named.isdisjoint(names):
                raise CheckError(error)
        return [item for name in names for item in self.by_name.get(name, ())]


def indexed(
    reader: Reader, path: str, items: Sequence[Reading], names: Callable[[Reading], Iterable[str]]
) -> Index:
    """Index the items of the list at `path` by what `names` finds in each, once a scan."""
    return reader.once(f"index of {path}", partial(_index, items, names))


def _index(items: Sequence[Reading], names: Callable[[Reading], Iterable[str]]) -> Index:
    by_name: dict[str, list[Reading]] = {}
    odd: list[tuple[frozenset[str], str]] = []
    for item in items:
        named: set[str] = set()
        try:
            named.update(names(item))
        except CheckError as error:
            odd.append((frozenset(named), str(error)))
        for name in named:
            by_name.setdefault(name, []).append(item)
    return Index(by_name=by_name, odd=odd)
