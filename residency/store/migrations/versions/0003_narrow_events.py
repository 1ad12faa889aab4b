"""An event names its resource by number, and says what it says without blanks.

What the ledger hashed of an event, its kind, subject and both sides, stays what it was.
"""

from alembic import op

from residency.store.failpoint import failpoint

revision = "0003"
down_revision = "0002"

_STATEMENTS = (
    "CREATE INDEX resource_called ON resource (lower(name))",
    "CREATE INDEX standing_in ON standing (state)",
    "DROP TRIGGER event_update",
    "DROP TRIGGER event_delete",
    "DROP INDEX event_of",
    "ALTER TABLE event RENAME TO former_event",
    (
        "CREATE TABLE event ("
        " seq INTEGER NOT NULL,"
        " scan INTEGER NOT NULL,"
        " kind TEXT NOT NULL,"
        " resource INTEGER,"
        " subject TEXT,"
        ' "before" TEXT NOT NULL,'
        ' "after" TEXT NOT NULL,'
        " PRIMARY KEY (seq),"
        " CONSTRAINT event_has_one_subject CHECK ((resource IS NULL) <> (subject IS NULL)),"
        " FOREIGN KEY(scan) REFERENCES scan (seq),"
        " FOREIGN KEY(resource) REFERENCES resource (pk)"
        ")"
    ),
    (
        'INSERT INTO event (seq, scan, kind, resource, subject, "before", "after")'
        " SELECT former.seq, former.scan, former.kind, resource.pk,"
        " CASE WHEN resource.pk IS NULL THEN former.subject END,"
        ' json(former."before"), json(former."after")'
        " FROM former_event AS former LEFT JOIN resource ON resource.id = former.subject"
        " ORDER BY former.seq"
    ),
    "DROP TABLE former_event",
    "CREATE INDEX event_of ON event (resource, scan) WHERE resource IS NOT NULL",
    (
        "CREATE TRIGGER event_update BEFORE UPDATE ON event"
        " WHEN 1 BEGIN SELECT RAISE(ABORT, 'a row of event is written once'); END"
    ),
    (
        "CREATE TRIGGER event_delete BEFORE DELETE ON event"
        " WHEN NOT (OLD.scan <= coalesce((SELECT max(until_scan) FROM pruned), 0))"
        " BEGIN SELECT RAISE(ABORT, 'a row of event is kept'); END"
    ),
)


def upgrade() -> None:
    """Copy every event to its new row; there is no way back."""
    for statement in _STATEMENTS:
        op.get_bind().exec_driver_sql(statement)
        failpoint("migration")
