"""What a scrape is answered: bytes that were made before, and the numbers of the process."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass

from residency.metrics.caps import Caps
from residency.metrics.families import families
from residency.metrics.negotiation import Format, format_of, takes_gzip
from residency.metrics.rendering import live, rendered
from residency.metrics.running import Running
from residency.metrics.state import State

_LEVEL = 5
"""As small as the default, and quicker."""

DEFAULT_CAPS = Caps()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to one scrape."""

    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposition:
    """The series of one state, written and compressed in every format."""

    plain: Mapping[Format, bytes]
    compressed: Mapping[Format, bytes]

    def answer(self, accept: str, accept_encoding: str) -> Answer:
        """Answer a scrape with these headers; takes well under a millisecond."""
        wanted = format_of(accept)
        headers = {"Content-Type": wanted.content_type, "Vary": "Accept, Accept-Encoding"}
        if not takes_gzip(accept_encoding):
            return Answer(body=self.plain[wanted] + live(wanted), headers=headers)
        headers["Content-Encoding"] = "gzip"
        return Answer(body=self.compressed[wanted] + _compressed(live(wanted)), headers=headers)


def exposition(state: State, running: Running, caps: Caps = DEFAULT_CAPS) -> Exposition:
    """Write the series of a state. Pure; not for the event loop."""
    plain = rendered(families(state, running, caps))
    return Exposition(
        plain=plain, compressed={wanted: _compressed(body) for wanted, body in plain.items()}
    )


def _compressed(body: bytes) -> bytes:
    """Compress to a gzip member; members one after the other are one body (RFC 1952, 2.2)."""
    return gzip.compress(body, compresslevel=_LEVEL, mtime=0)
