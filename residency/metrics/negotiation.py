"""Chooses the format and the encoding that a scrape asks for.

https://prometheus.io/docs/instrumenting/content_negotiation/ and RFC 9110, 12.5.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum


class Format(Enum):
    """A format of the answer: its media type and version."""

    TEXT = ("text/plain", "0.0.4")
    OPENMETRICS = ("application/openmetrics-text", "1.0.0")

    @property
    def content_type(self) -> str:
        """Give it as a header says it."""
        media_type, version = self.value
        return f"{media_type}; version={version}; charset=utf-8"


@dataclass(frozen=True, slots=True)
class _Range:
    """One entry of an Accept header."""

    name: str
    parameters: Mapping[str, str]
    quality: float

    def rank(self, wanted: Format) -> int:
        """Say how exactly it names a format; 0: not at all."""
        media_type, version = wanted.value
        if self.name == media_type:
            return 4 if (told := self.parameters.get("version")) == version else 3 * (told is None)
        if self.name == f"{media_type.partition('/')[0]}/*":
            return 2
        return int(self.name == "*/*")


def format_of(accept: str) -> Format:
    """Choose the format. Where none of ours is asked for it is the text: better than no answer."""
    ranges = list(_ranges(accept))
    scored = [(_score(each, ranges), each) for each in Format]
    (quality, _, _), best = max(scored, key=lambda each: each[0])
    return best if quality > 0 else Format.TEXT


def _score(wanted: Format, ranges: list[_Range]) -> tuple[float, int, int]:
    """Rank a format by what its most exact entry says; then by that entry, and its place."""
    found = [(each.rank(wanted), -place) for place, each in enumerate(ranges)]
    rank, place = max(found, default=(0, 0))
    if not rank:
        return 0.0, 0, 0
    return ranges[-place].quality, rank, place


def takes_gzip(accept_encoding: str) -> bool:
    """Whether the answer may be compressed."""
    told = {each.name: each.quality for each in _ranges(accept_encoding)}
    return told.get("gzip", told.get("*", 0.0)) > 0


def _ranges(header: str) -> Iterator[_Range]:
    for entry in header.split(","):
        name, *told = (part.strip().lower() for part in entry.split(";"))
        if not name:
            continue
        pairs = (each.partition("=") for each in told)
        parameters = {key.strip(): value.strip().strip('"') for key, _, value in pairs}
        yield _Range(name, parameters, _quality(parameters.get("q", "1")))


def _quality(text: str) -> float:
    """Read a quality; one that is none counts for nothing."""
    try:
        found = float(text)
    except ValueError:
        return 0.0
    return found if 0 <= found <= 1 else 0.0
