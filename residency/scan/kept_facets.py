"""Keeps what earlier scans read in the file beside the store."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from residency.scan.kept import Kept, Key, Stamp
from residency.store.facets import Facet, Facets

_ENCODER = msgspec.json.Encoder()
_KEPT = msgspec.json.Decoder(Kept)
_KEY = msgspec.json.Decoder(Key)


class KeptFacets:
    """A cache that outlives the process; `flush` after each scan."""

    def __init__(self, facets: Facets) -> None:
        """Keep in `facets`."""
        self._facets = facets

    def stamps(self) -> Iterable[Stamp]:
        """Give how every kept answer stands."""
        return [
            Stamp(
                key=_KEY.decode(key),
                asked_at=datetime.fromisoformat(asked_at),
                failed=failed,
                empty=empty,
            )
            for key, asked_at, failed, empty in self._facets.stamps()
        ]

    def get(self, key: Key) -> Kept | None:
        """Give what is kept under a key."""
        body = self._facets.get(_text(key))
        return None if body is None else _KEPT.decode(body)

    def put(self, kept: Kept) -> None:
        """Keep an answer."""
        stamp = kept.stamp
        self._facets.put(
            Facet(
                key=_text(kept.key),
                asked_at=kept.asked_at.isoformat(),
                failed=stamp.failed,
                empty=stamp.empty,
                body=_ENCODER.encode(kept),
            )
        )

    def forget(self, keys: Iterable[Key]) -> None:
        """Drop what is kept under these keys."""
        self._facets.forget(map(_text, keys))

    def flush(self) -> None:
        """Bring it to the disk. Raises StoreError."""
        self._facets.flush()


def _text(key: Key) -> str:
    return _ENCODER.encode(key).decode()
