"""How the monitor itself runs: store, scan, web, heartbeat, ledger and reports."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from residency.settings.durations import Duration, Retention, RetentionTime, format_duration
from residency.settings.estate import Language
from residency.settings.section import Section, mistake, refuse
from residency.settings.values import Text, web_address

SQLITE = "sqlite:///"
DEFAULT_STORE_URL = f"{SQLITE}residency.db"
DEFAULT_INTERVAL = timedelta(minutes=15)
DEFAULT_DEADLINE = timedelta(minutes=10)
DEFAULT_FAST_INTERVAL = timedelta(minutes=1)
DEFAULT_ACTIVITY_LOG_LAG = timedelta(minutes=60)
DEFAULT_MAX_AGE: Mapping[str, timedelta] = {"default": timedelta(hours=24)}
DEFAULT_LISTEN = "127.0.0.1:9740"
DEFAULT_RETAIN = Retention(7, "y")
DEFAULT_TIMEZONE = "Europe/Amsterdam"
DEFAULT_LANGUAGES: tuple[Language, ...] = ("nl", "en")
DEFAULT_THRESHOLD = 0.995

_HIGHEST_PORT = 65_535


def store_url(value: str) -> str:
    """Accept the address of a SQLite file.

    Raises:
        ValueError: Another database, or no file.
    """
    if not value.startswith(SQLITE) or value == SQLITE:
        raise ValueError(f"must name a SQLite file, such as {DEFAULT_STORE_URL}")
    return value


def heartbeat_url(value: str) -> str:
    """Accept the address to ping.

    Raises:
        ValueError: Not a web address.
    """
    web_address(value)
    return value


def listen_address(value: str) -> str:
    """Accept `host:port`.

    Raises:
        ValueError: No host, or no port.
    """
    host, _, port = value.rpartition(":")
    is_port = port.isascii() and port.isdigit() and int(port[:6]) <= _HIGHEST_PORT
    is_host = host and " " not in host and ((":" in host) == (host[0] == "[" and host[-1] == "]"))
    if not (is_port and is_host):
        raise ValueError(f"is not an address and port, such as {DEFAULT_LISTEN}")
    return value


def timezone_name(value: str) -> str:
    """Accept a name of the IANA time zone database.

    Raises:
        ValueError: No such zone.
    """
    try:
        return ZoneInfo(value).key
    except (ValueError, OSError, KeyError):
        raise ValueError(f"is not a time zone, such as {DEFAULT_TIMEZONE}") from None


def lower_keys(value: object) -> object:
    """Bring the keys of a mapping to small letters; types and facets are known by those."""
    if not isinstance(value, Mapping):
        return value
    return {key.lower() if isinstance(key, str) else key: age for key, age in value.items()}


def with_default_age(value: Mapping[str, timedelta]) -> Mapping[str, timedelta]:
    """Accept ages that say what holds for all that is not named.

    Raises:
        ValueError: The key `default` is missing.
    """
    if "default" not in value:
        raise ValueError("needs the key default, such as default: 24h")
    return value


class StoreSettings(Section):
    """Where the facts are kept."""

    url: Annotated[str, AfterValidator(store_url)] = Field(DEFAULT_STORE_URL, repr=False)
    """Address of the database: `sqlite:///` and a path, beside this file unless it is absolute."""


class ScanSettings(Section):
    """When Azure is read."""

    interval: Duration = DEFAULT_INTERVAL
    """Time between the beginnings of two scans."""

    deadline: Duration = DEFAULT_DEADLINE
    """Time that one scan may take; less than `interval`."""

    fast_interval: Duration = DEFAULT_FAST_INTERVAL
    """Time between two looks at what can fail over."""

    activity_log_lag: Duration = DEFAULT_ACTIVITY_LOG_LAG
    """How far past an event the activity log must be read before its silence counts."""

    max_age: Annotated[
        Mapping[Text, Duration], BeforeValidator(lower_keys), AfterValidator(with_default_age)
    ] = DEFAULT_MAX_AGE
    """How old a fact may be before it is stale. `default`, and resource types or facets."""

    @model_validator(mode="after")
    def _ends_before_the_next(self) -> Self:
        if self.deadline >= self.interval:
            sentence = f"must be less than scan.interval ({format_duration(self.interval)})"
            refuse("Scan", [mistake(("deadline",), format_duration(self.deadline), sentence)])
        return self


class WebSettings(Section):
    """The pages and the metrics."""

    listen: Annotated[str, AfterValidator(listen_address)] = DEFAULT_LISTEN
    """Address and port."""

    config_file: Path | None = None
    """TLS and passwords: a file with the keys of Prometheus' exporter-toolkit web-config."""

    hook_keys_file: Path | None = None
    """Keys that callers of `/api/v1/hooks/azure` show, one a line; null: hooks are off."""


class HeartbeatSettings(Section):
    """A dead man's switch outside the monitor."""

    url: Annotated[str, AfterValidator(heartbeat_url)] | None = Field(None, repr=False)
    """Address that is pinged only after a complete, committed scan."""


class LedgerSettings(Section):
    """The tamper-evident sequence of scans and events."""

    key_file: Path | None = None
    """File with the signing key (PEM); null: the ledger is not signed."""

    retain: RetentionTime = DEFAULT_RETAIN
    """How long evidence is kept: days (`90d`) or years (`7y`)."""


class ReportSettings(Section):
    """The customers' monthly reports."""

    timezone: Annotated[str, AfterValidator(timezone_name), WithJsonSchema({"type": "string"})] = (
        DEFAULT_TIMEZONE
    )
    """IANA time zone in which a month begins and ends."""

    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = DEFAULT_LANGUAGES
    """Languages in which reports are made."""

    threshold: Annotated[float, Field(gt=0, le=1)] = DEFAULT_THRESHOLD
    """Share of the month that must be proven before a report says so; over 0, at most 1."""
