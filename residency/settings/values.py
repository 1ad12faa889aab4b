"""The single values that several sections share: texts, names, days, moments, addresses."""

import re
from datetime import UTC, date, datetime, time
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,62}")
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LAST_SECOND = time(23, 59, 59, tzinfo=UTC)


def text(value: str) -> str:
    """Accept a text that says something.

    Raises:
        ValueError: Nothing but blanks.
    """
    if not value.strip():
        raise ValueError("is empty: write what it is")
    return value


def slug(value: str) -> str:
    """Accept an id that is safe in a file name, an address and a label.

    Raises:
        ValueError: Other characters, or over 63.
    """
    if not _SLUG.fullmatch(value):
        raise ValueError(
            "is not a name of small letters, digits and hyphens (at most 63, first no hyphen)"
        )
    return value


def product_name(value: str) -> str:
    """Accept a product's id, which may have capitals because products are named after their tag.

    Raises:
        ValueError: Other characters, or over 63.
    """
    if not _NAME.fullmatch(value):
        raise ValueError("is not a name of letters, digits and hyphens (at most 63)")
    return value


def guid(value: str) -> str:
    """Accept a subscription's id, in small letters from here on.

    Raises:
        ValueError: Not a GUID.
    """
    if not _GUID.fullmatch(value.lower()):
        raise ValueError("is not a subscription id, such as 00000000-0000-0000-0000-000000000000")
    return value.lower()


def day(value: object) -> date:
    """Read a day, `2026-06-30`.

    Raises:
        ValueError: Another form, or no day of the calendar.
    """
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("is not a day, such as 2026-06-30")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("is not a day of the calendar") from None


def expiry(value: object) -> datetime:
    """Read the last moment that something counts, in UTC. A day means the end of that day in UTC.

    Raises:
        ValueError: No time zone, or neither a moment nor a day.
    """
    moment = value if isinstance(value, datetime) else _moment(value)
    if moment.tzinfo is None:
        raise ValueError("needs a time zone, such as 2026-06-30T12:00:00Z")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("is not a day of the calendar") from None


def _moment(value: object) -> datetime:
    if isinstance(value, date) or (isinstance(value, str) and _DAY.fullmatch(value)):
        return datetime.combine(day(value), _LAST_SECOND)
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        raise ValueError(
            "is neither a day (2026-06-30) nor a moment (2026-06-30T12:00:00Z)"
        ) from None


def web_address(value: str) -> SplitResult:
    """Take an http(s) address apart.

    Raises:
        ValueError: No http or https, no host, a port that is none, or a name and password in it.
    """
    parts = _split(value)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("is not a web address, such as https://example.org")
    if parts.username is not None or parts.password is not None:
        raise ValueError("holds a name or password: take it out")
    return parts


def _split(value: str) -> SplitResult | None:
    try:
        parts = urlsplit(value)
        is_usable = parts.port != 0 and " " not in value
    except ValueError:
        return None
    return parts if is_usable else None


def is_loopback(host: str) -> bool:
    """Say whether `host` is this machine by its address alone: no name server decides."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


Text = Annotated[str, AfterValidator(text), WithJsonSchema({"type": "string", "minLength": 1})]
"""A text that is not empty."""

Slug = Annotated[
    str, AfterValidator(slug), WithJsonSchema({"type": "string", "pattern": f"^{_SLUG.pattern}$"})
]
"""An id: small letters, digits and hyphens."""

ProductName = Annotated[
    str,
    AfterValidator(product_name),
    WithJsonSchema({"type": "string", "pattern": f"^{_NAME.pattern}$"}),
]
"""A product's id: letters, digits and hyphens."""

Guid = Annotated[str, AfterValidator(guid), WithJsonSchema({"type": "string", "format": "uuid"})]
"""A subscription's id, in small letters."""

Day = Annotated[date, BeforeValidator(day)]
"""A day, `2026-06-30`."""

Expiry = Annotated[
    datetime,
    BeforeValidator(expiry),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]}
    ),
]
"""The last moment that something counts, in UTC."""
