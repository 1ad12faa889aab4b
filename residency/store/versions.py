"""What has versions: exemptions, declarations, policies, episodes and incidents, by kind and id."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Key = tuple[str, str]
"""Kind and id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of something, as canonical JSON."""

    kind: str
    id: str
    body: str

    @property
    def key(self) -> Key:
        """What it is a version of."""
        return self.kind, self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A version that takes the place of another; None where there was, or is, none."""

    kind: str
    id: str
    before: str | None
    after: str | None


def turns(
    known: Mapping[Key, str], now: tuple[Version, ...], whole: frozenset[str]
) -> Iterator[Turn]:
    """Give what turned. Of the kinds in `whole` all is given, so that what is missing has ended."""
    given = {each.key: each.body for each in now}
    for (kind, name), body in given.items():
        if known.get((kind, name)) != body:
            yield Turn(kind=kind, id=name, before=known.get((kind, name)), after=body)
    for (kind, name), body in known.items():
        if kind in whole and (kind, name) not in given:
            yield Turn(kind=kind, id=name, before=body, after=None)
