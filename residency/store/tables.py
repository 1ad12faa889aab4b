"""The tables of the store. What once stands is never changed: triggers.py refuses it.

An interval holds from the scan `from_scan` until, and without, the scan `to_scan`; it still holds
where that is null. Facts and states that many resources share are written once, under the SHA-256
of their canonical JSON.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

METADATA = MetaData()


def _interval() -> tuple[Column[int], Column[int]]:
    return (
        Column("from_scan", Integer, ForeignKey("scan.seq"), nullable=False),
        Column("to_scan", Integer, ForeignKey("scan.seq")),
    )


META = Table(
    "meta",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
"""What the store is: its id, and the secret behind the salts of what customers are given."""

SCAN = Table(
    "scan",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("started_at", Text, nullable=False),
    Column("finished_at", Text, nullable=False),
    Column("complete", Boolean(create_constraint=True, name="complete_is_boolean"), nullable=False),
    Column("verdict", Text, nullable=False),
    Column("policy_sha256", Text, nullable=False),
    Column("reasons", Text, nullable=False),
    Column("counts", Text, nullable=False),
    Column("requests", Text, nullable=False),
    Column("log", Text, nullable=False),
)

COVERAGE = Table(
    "coverage",
    METADATA,
    Column("pk", Integer, primary_key=True),
    Column("subscription_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reasons", Text, nullable=False),
    *_interval(),
)

RESOURCE = Table(
    "resource",
    METADATA,
    Column("pk", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("type", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("subscription_id", Text, nullable=False),
    Column("resource_group", Text, nullable=False),
    Index("resource_called", text("lower(name)")),
)

STATE = Table(
    "state",
    METADATA,
    Column("pk", Integer, primary_key=True),
    Column("sha256", LargeBinary, nullable=False, unique=True),
    Column("status", Text, nullable=False),
    Column("severity", Text),
    Column("reasons", Text, nullable=False),
    Column("exemptions", Text, nullable=False),
    Column("holds", Text),
    Column("product", Text),
    Column("customers", Text, nullable=False),
    Column("environment", Text, nullable=False),
    Column("seen", Boolean(create_constraint=True, name="seen_is_boolean"), nullable=False),
)
"""What the policy said of a resource, and whose it was.

Not `seen` is what only stands because nothing says that it is gone.
"""

FACT = Table(
    "fact",
    METADATA,
    Column("pk", Integer, primary_key=True),
    Column("sha256", LargeBinary, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("country", Text),
    Column("basis", Text, nullable=False),
    Column("api", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("more", Text, nullable=False),
)
"""A place, with what proves it, as checks state it; no policy has a part in it."""

STANDING = Table(
    "standing",
    METADATA,
    Column("pk", Integer, primary_key=True),
    Column("resource", Integer, ForeignKey("resource.pk"), nullable=False),
    Column("state", Integer, ForeignKey("state.pk"), nullable=False),
    *_interval(),
    Index("standing_of", "resource", "from_scan"),
    Index("standing_in", "state"),
    Index("standing_now", "resource", sqlite_where=text("to_scan IS NULL"), unique=True),
)

PLACEMENT = Table(
    "placement",
    METADATA,
    Column("pk", Integer, primary_key=True),
    Column("resource", Integer, ForeignKey("resource.pk"), nullable=False),
    Column("fact", Integer, ForeignKey("fact.pk"), nullable=False),
    *_interval(),
    Index("placement_of", "resource", "from_scan"),
    Index("placement_now", "resource", "fact", sqlite_where=text("to_scan IS NULL"), unique=True),
)

EVENT = Table(
    "event",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("scan", Integer, ForeignKey("scan.seq"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("resource", Integer, ForeignKey("resource.pk")),
    Column("subject", Text),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    CheckConstraint("(resource IS NULL) <> (subject IS NULL)", name="event_has_one_subject"),
    Index("event_of", "resource", "scan", sqlite_where=text("resource IS NOT NULL")),
)
"""What happened, to a resource by its number, or to another `subject`: an id of a resource is long,
and in a month there are three events of each.
"""

NOTE = Table(
    "note",
    METADATA,
    Column("pk", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("by_role", Text, nullable=False),
    Column("body", Text, nullable=False),
    Index("note_on", "kind", "subject"),
)
"""What people recorded: acknowledgements of events and annotations of episodes."""

VERSION = Table(
    "version",
    METADATA,
    Column("pk", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("body", Text, nullable=False),
    *_interval(),
    UniqueConstraint("kind", "id", "from_scan"),
    Index("version_now", "kind", "id", sqlite_where=text("to_scan IS NULL"), unique=True),
)
"""What has versions: episodes, incidents, exemptions, declarations, policies, operations."""

LEDGER_ENTRY = Table(
    "ledger_entry",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("entry", LargeBinary, nullable=False),
)

LEDGER_NODE = Table(
    "ledger_node",
    METADATA,
    Column("level", Integer, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("sha256", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

LEDGER_HEAD = Table(
    "ledger_head",
    METADATA,
    Column("size", Integer, primary_key=True),
    Column("checkpoint", Text, nullable=False),
    Column("envelope", Text, nullable=False),
)

PRUNED = Table(
    "pruned",
    METADATA,
    Column("until_scan", Integer, primary_key=True),
    Column("at", Text, nullable=False),
)
"""Up to which scan the evidence was given up after `ledger.retain`."""

INTERVALS = (COVERAGE, STANDING, PLACEMENT, VERSION)
WRITTEN_ONCE = tuple(table for table in METADATA.sorted_tables if table not in INTERVALS)
