"""What the service knows of itself, and the store does not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """How the service runs.

    Attributes:
        last_attempt_at: When the last scan began, also one that failed; None before the first.
        config_loaded: Whether the configuration as it is now was accepted.
        requests: The answers of Azure to this process, by provider and status code, such as
            `microsoft.storage 200`; totals that only grow.
        ledger_ok: Whether the store matches the ledger; None where that is not known.
        last_report_at: When reports were last made; None where they never were.
    """

    last_attempt_at: datetime | None = None
    config_loaded: bool = True
    requests: Mapping[str, int] = field(default_factory=dict)
    ledger_ok: bool | None = None
    last_report_at: datetime | None = None
