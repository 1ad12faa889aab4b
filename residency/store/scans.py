"""What earlier scans say of themselves."""

import json
from collections.abc import Mapping

from sqlalchemy import Connection, select

from residency.store.tables import SCAN
from residency.store.times import Span, moment_of


def last_log(connection: Connection) -> Mapping[str, Span]:
    """Read for which time the activity log of each subscription is known, by the last scan."""
    query = select(SCAN.c.log).order_by(SCAN.c.seq.desc()).limit(1)
    told = json.loads(connection.scalar(query) or "{}")
    return {name: Span(moment_of(since), moment_of(until)) for name, (since, until) in told.items()}
