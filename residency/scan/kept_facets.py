"""Keeps what earlier scans read in the file beside the store."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from sys import intern

import msgspec

from residency.scan.kept import Answer, Kept, Key, Stamp
from residency.store.facets import Facet, Facets

_ENCODER = msgspec.json.Encoder()
_KEPT = msgspec.json.Decoder(Kept)
_KEY = msgspec.json.Decoder(Key)


class KeptFacets:
    """A cache that outlives the process; `flush` after each scan.

    How the answers stand is kept in mind from scan to scan. Most say that there is nothing: of
    those that is all there is, and the file is asked for the others alone.
    """

    def __init__(self, facets: Facets) -> None:
        """Keep in `facets`, which nothing else writes."""
        self._facets = facets
        self._stamps: dict[Key, Stamp] | None = None

    def stamps(self) -> Iterable[Stamp]:
        """Give how every kept answer stands."""
        return list(self._known.values())

    def get(self, key: Key) -> Kept | None:
        """Give what is kept under a key."""
        stamp = self._known.get(key)
        if stamp is None:
            return None
        if stamp.empty_at is not None:
            nothing = Answer(bodies=(), read_at=stamp.empty_at)
            return Kept(key=stamp.key, asked_at=stamp.asked_at, answer=nothing)
        body = self._facets.get(_text(key))
        return None if body is None else _KEPT.decode(body)

    def put(self, kept: Kept) -> None:
        """Keep an answer."""
        stamp = kept.stamp
        self._known[stamp.key] = stamp
        empty_at = stamp.empty_at
        self._facets.put(
            Facet(
                key=_text(kept.key),
                asked_at=kept.asked_at.isoformat(),
                failed=stamp.failed,
                empty_at=empty_at.isoformat() if empty_at else None,
                body=b"" if empty_at else _ENCODER.encode(kept),
            )
        )

    def forget(self, keys: Iterable[Key]) -> None:
        """Drop what is kept under these keys."""
        known = self._known
        gone = [key for key in keys if known.pop(key, None) is not None]
        self._facets.forget(map(_text, gone))

    def flush(self) -> None:
        """Bring it to the disk. Raises StoreError."""
        self._facets.flush()

    @property
    def _known(self) -> dict[Key, Stamp]:
        if self._stamps is None:
            found = (_stamp(*each) for each in self._facets.stamps())
            self._stamps = {stamp.key: stamp for stamp in found}
        return self._stamps


def _stamp(key: str, asked_at: str, failed: bool, empty_at: str | None) -> Stamp:  # noqa: FBT001 - a row
    call, path, api_version, expand = _KEY.decode(key)
    return Stamp(
        key=Key(call, path, intern(api_version), intern(expand)),
        asked_at=_moment(asked_at),
        failed=failed,
        empty_at=_moment(empty_at) if empty_at else None,
    )


@lru_cache(maxsize=4_096)
def _moment(text: str) -> datetime:
    """Read a time; many answers share one."""
    return datetime.fromisoformat(text)


def _text(key: Key) -> str:
    return _ENCODER.encode(key).decode()
