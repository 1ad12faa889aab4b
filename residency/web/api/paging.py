"""Pages: each goes on where the one before ended, in the state that one scan left.

A cursor names the scan, so that pages fit together while other scans are committed. It is no
secret and gives no right: whoever shows it is asked who it is, as for the first page.
"""

import base64
import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice
from typing import Any

import msgspec
from starlette.exceptions import HTTPException

from residency.documents.history import scan_document
from residency.store.reading.looked import scan_numbered
from residency.store.reading.scans import Scanned
from residency.store.reading.standing import Reader
from residency.web.api.asked import Paged, fingerprint

Row = tuple[str, Any]
"""A row with its place in the order: a text that is greater than that of the row before."""

_MOST_NUMBER = 2**53 - 1


class _Cursor(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    of: str
    asked: str
    scan: int
    scan_id: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which part is asked for.

    Attributes:
        scan: The scan that is read.
        after: The place of the last row of the page before; empty: this is the first page.
        most: How many rows are needed: one more than asked for tells whether there are others.
    """

    of: str
    asked: str
    scan: Scanned
    after: str
    most: int

    def number_after(self) -> int:
        """Give the place where it is a number; 0 on the first page. Raises HTTPException."""
        if not self.after:
            return 0
        if not self.after.isascii() or not self.after.isdecimal() or len(self.after) > 16:  # noqa: PLR2004 - digits of _MOST_NUMBER
            raise bad_cursor()
        return int(self.after)

    def told(self, schema: str, rows: Sequence[Row], **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON values
        """Give a page as JSON values: `more` has its rows under their name, which are replaced."""
        shown = rows[: self.most - 1]
        name = self.of
        return {
            "schema": schema,
            "scan": scan_document(self.scan),
            "next": self._next(shown[-1][0]) if len(rows) == self.most else None,
            **more,
            name: [row for _, row in shown],
        }

    def of_rows(self, rows: Iterable[Row]) -> tuple[Row, ...]:
        """Pick the rows of this part out of all, which are in their order."""
        return tuple(islice((row for row in rows if row[0] > self.after), self.most))

    def _next(self, after: str) -> str:
        cursor = _Cursor(self.of, self.asked, self.scan.seq, self.scan.id, after)
        return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


def page_of(reader: Reader, name: str, asked: Paged) -> Page:
    """Begin, or go on where the cursor says.

    Raises:
        HTTPException: 400: a cursor of another question; 410: of a scan that is not there any
            more; 503: there is no scan yet.
    """
    cursor = _read(asked.cursor, name, fingerprint(asked)) if asked.cursor else None
    scan = scan_numbered(reader, cursor.scan if cursor else None)
    if cursor and (scan is None or scan.id != cursor.scan_id):
        said = "The scan that the cursor is of is not in the store any more: begin anew"
        raise HTTPException(HTTPStatus.GONE, said)
    return Page(
        of=name,
        asked=fingerprint(asked),
        scan=scan or no_scan(),
        after=cursor.after if cursor else "",
        most=asked.limit + 1,
    )


def no_scan() -> Scanned:
    """Refuse to tell of a scan where there is none yet. Raises HTTPException."""
    again = {"Retry-After": "30"}
    raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, "There is no scan yet", again)


def bad_cursor() -> HTTPException:
    """Say that this is no cursor of this page."""
    said = "The cursor is not one of this question: take `next`, and repeat the other parameters"
    return HTTPException(HTTPStatus.BAD_REQUEST, said)


def _read(text: str, name: str, asked: str) -> _Cursor:
    try:
        told = base64.b64decode(f"{text}{'=' * (-len(text) % 4)}", altchars=b"-_", validate=True)
        found = msgspec.json.decode(told, type=_Cursor)
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        raise bad_cursor() from None
    if (found.of, found.asked) != (name, asked) or not 0 < found.scan <= _MOST_NUMBER:
        raise bad_cursor()
    return found
