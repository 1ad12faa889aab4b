"""The head of the ledger as the body of a C2SP checkpoint, so that any witness can read it.

Four lines: the origin (which ledger this is), how many entries it covers, the root over them in
base64, and one extension line of our own, `time`, when the head was made.
https://github.com/C2SP/C2SP/blob/main/tlog-checkpoint.md
"""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime

from residency.errors import LedgerError
from residency.store.times import moment_of, written

_BODY = re.compile(
    r"(?P<origin>[^\s+]+)\n"
    r"(?P<size>0|[1-9][0-9]{0,15})\n"
    r"(?P<root>[A-Za-z0-9+/]{43}=)\n"
    r"time (?P<at>[0-9T:.-]{26}Z)\n"
)
_ROOT_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a head says.

    Attributes:
        origin: The name of the ledger: a URL without its scheme, no spaces and no plus.
        size: How many entries it covers.
        root: The RFC 6962 root over them, 32 bytes.
        at: When the head was made.
    """

    origin: str
    size: int
    root: bytes
    at: datetime

    def text(self) -> str:
        """Write the body.

        Raises:
            LedgerError: A field cannot be written so that the same comes back.
        """
        if len(self.root) != _ROOT_BYTES:
            raise LedgerError(f"The root of a head has 32 bytes, not {len(self.root)}")
        root = b64encode(self.root).decode()
        text = f"{self.origin}\n{self.size}\n{root}\ntime {written(self.at)}\n"
        if _BODY.fullmatch(text) is None:
            raise LedgerError(
                f"A head cannot have the origin {self.origin!r} and the size {self.size}: an "
                "origin is a name without spaces and plus, such as example.com/residency"
            )
        return text

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Read a body, in exactly the form that `text` writes.

        Raises:
            LedgerError: It is anything else.
        """
        found = _BODY.fullmatch(text)
        if found is None:
            raise LedgerError(
                "This is no head of a ledger: origin, size, root and time, four lines"
            )
        try:
            head = cls(
                origin=found["origin"],
                size=int(found["size"]),
                root=b64decode(found["root"], validate=True),
                at=moment_of(found["at"]),
            )
        except ValueError as error:
            raise LedgerError(f"This head of a ledger cannot be read: {error}") from error
        if head.text() != text:
            raise LedgerError("This head of a ledger is spelt in another way than it was written")
        return head
