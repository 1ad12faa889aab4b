CREATE TABLE meta (
"key" TEXT NOT NULL,
value BLOB NOT NULL,
PRIMARY KEY ("key")
)

CREATE TABLE scan (
seq INTEGER NOT NULL,
id TEXT NOT NULL,
started_at TEXT NOT NULL,
finished_at TEXT NOT NULL,
complete BOOLEAN NOT NULL,
verdict TEXT NOT NULL,
policy_sha256 TEXT NOT NULL,
reasons TEXT NOT NULL,
counts TEXT NOT NULL,
requests TEXT NOT NULL,
log TEXT NOT NULL,
PRIMARY KEY (seq),
UNIQUE (id),
CONSTRAINT complete_is_boolean CHECK (complete IN (0, 1))
)

CREATE TABLE resource (
pk INTEGER NOT NULL,
id TEXT NOT NULL,
type TEXT NOT NULL,
name TEXT NOT NULL,
subscription_id TEXT NOT NULL,
resource_group TEXT NOT NULL,
PRIMARY KEY (pk),
UNIQUE (id)
)

CREATE TABLE state (
pk INTEGER NOT NULL,
sha256 BLOB NOT NULL,
status TEXT NOT NULL,
severity TEXT,
reasons TEXT NOT NULL,
exemptions TEXT NOT NULL,
holds TEXT,
product TEXT,
customers TEXT NOT NULL,
environment TEXT NOT NULL,
seen BOOLEAN NOT NULL,
PRIMARY KEY (pk),
UNIQUE (sha256),
CONSTRAINT seen_is_boolean CHECK (seen IN (0, 1))
)

CREATE TABLE fact (
pk INTEGER NOT NULL,
sha256 BLOB NOT NULL,
role TEXT NOT NULL,
region TEXT NOT NULL,
country TEXT,
basis TEXT NOT NULL,
api TEXT NOT NULL,
path TEXT NOT NULL,
value TEXT NOT NULL,
more TEXT NOT NULL,
PRIMARY KEY (pk),
UNIQUE (sha256)
)

CREATE TABLE note (
pk INTEGER NOT NULL,
kind TEXT NOT NULL,
subject TEXT NOT NULL,
at TEXT NOT NULL,
by_role TEXT NOT NULL,
body TEXT NOT NULL,
PRIMARY KEY (pk)
)

CREATE INDEX note_on ON note (kind, subject)

CREATE TABLE ledger_entry (
seq INTEGER NOT NULL,
entry BLOB NOT NULL,
PRIMARY KEY (seq)
)

CREATE TABLE ledger_node (
level INTEGER NOT NULL,
place INTEGER NOT NULL,
sha256 BLOB NOT NULL,
PRIMARY KEY (level, place)
)
WITHOUT ROWID

CREATE TABLE ledger_head (
size INTEGER NOT NULL,
checkpoint TEXT NOT NULL,
envelope TEXT NOT NULL,
PRIMARY KEY (size)
)

CREATE TABLE pruned (
until_scan INTEGER NOT NULL,
at TEXT NOT NULL,
PRIMARY KEY (until_scan)
)

CREATE TABLE coverage (
pk INTEGER NOT NULL,
subscription_id TEXT NOT NULL,
name TEXT NOT NULL,
state TEXT NOT NULL,
reasons TEXT NOT NULL,
from_scan INTEGER NOT NULL,
to_scan INTEGER,
PRIMARY KEY (pk),
FOREIGN KEY(from_scan) REFERENCES scan (seq),
FOREIGN KEY(to_scan) REFERENCES scan (seq)
)

CREATE TABLE standing (
pk INTEGER NOT NULL,
resource INTEGER NOT NULL,
state INTEGER NOT NULL,
from_scan INTEGER NOT NULL,
to_scan INTEGER,
PRIMARY KEY (pk),
FOREIGN KEY(resource) REFERENCES resource (pk),
FOREIGN KEY(state) REFERENCES state (pk),
FOREIGN KEY(from_scan) REFERENCES scan (seq),
FOREIGN KEY(to_scan) REFERENCES scan (seq)
)

CREATE INDEX standing_of ON standing (resource, from_scan)

CREATE UNIQUE INDEX standing_now ON standing (resource) WHERE to_scan IS NULL

CREATE TABLE placement (
pk INTEGER NOT NULL,
resource INTEGER NOT NULL,
fact INTEGER NOT NULL,
from_scan INTEGER NOT NULL,
to_scan INTEGER,
PRIMARY KEY (pk),
FOREIGN KEY(resource) REFERENCES resource (pk),
FOREIGN KEY(fact) REFERENCES fact (pk),
FOREIGN KEY(from_scan) REFERENCES scan (seq),
FOREIGN KEY(to_scan) REFERENCES scan (seq)
)

CREATE UNIQUE INDEX placement_now ON placement (resource, fact) WHERE to_scan IS NULL

CREATE INDEX placement_of ON placement (resource, from_scan)

CREATE TABLE event (
seq INTEGER NOT NULL,
scan INTEGER NOT NULL,
kind TEXT NOT NULL,
subject TEXT NOT NULL,
"before" TEXT NOT NULL,
"after" TEXT NOT NULL,
PRIMARY KEY (seq),
FOREIGN KEY(scan) REFERENCES scan (seq)
)

CREATE INDEX event_of ON event (subject, scan)

CREATE TABLE version (
pk INTEGER NOT NULL,
kind TEXT NOT NULL,
id TEXT NOT NULL,
body TEXT NOT NULL,
from_scan INTEGER NOT NULL,
to_scan INTEGER,
PRIMARY KEY (pk),
UNIQUE (kind, id, from_scan),
FOREIGN KEY(from_scan) REFERENCES scan (seq),
FOREIGN KEY(to_scan) REFERENCES scan (seq)
)

CREATE UNIQUE INDEX version_now ON version (kind, id) WHERE to_scan IS NULL

CREATE TRIGGER fact_update BEFORE UPDATE ON fact WHEN 1 BEGIN SELECT RAISE(ABORT, 'a row of fact is written once'); END

CREATE TRIGGER ledger_entry_update BEFORE UPDATE ON ledger_entry WHEN 1 BEGIN SELECT RAISE(ABORT, 'a row of ledger_entry is written once'); END

CREATE TRIGGER ledger_head_update BEFORE UPDATE ON ledger_head WHEN 1 BEGIN SELECT RAISE(ABORT, 'a row of ledger_head is written once'); END

CREATE TRIGGER ledger_node_update BEFORE UPDATE ON ledger_node WHEN 1 BEGIN SELECT RAISE(ABORT, 'a row of ledger_node is written once'); END

CREATE TRIGGER meta_update BEFORE UPDATE ON meta WHEN 1 BEGIN SELECT RAISE(ABORT, 'a row of meta is written once'); END

CREATE TRIGGER note_update BEFORE UPDATE ON note WHEN 1 BEGIN SELECT RAISE(ABORT, 'a row of note is written once'); END

CREATE TRIGGER pruned_update BEFORE UPDATE ON pruned WHEN 1 BEGIN SELECT RAISE(ABORT, 'a row of pruned is written once'); END

CREATE TRIGGER resource_update BEFORE UPDATE ON resource WHEN 1 BEGIN SELECT RAISE(ABORT, 'a row of resource is written once'); END

CREATE TRIGGER scan_update BEFORE UPDATE ON scan WHEN 1 BEGIN SELECT RAISE(ABORT, 'a row of scan is written once'); END

CREATE TRIGGER state_update BEFORE UPDATE ON state WHEN 1 BEGIN SELECT RAISE(ABORT, 'a row of state is written once'); END

CREATE TRIGGER event_update BEFORE UPDATE ON event WHEN 1 BEGIN SELECT RAISE(ABORT, 'a row of event is written once'); END

CREATE TRIGGER coverage_update BEFORE UPDATE ON coverage WHEN NOT (OLD.to_scan IS NULL AND NEW.to_scan > OLD.from_scan AND OLD.pk IS NEW.pk AND OLD.subscription_id IS NEW.subscription_id AND OLD.name IS NEW.name AND OLD.state IS NEW.state AND OLD.reasons IS NEW.reasons AND OLD.from_scan IS NEW.from_scan) BEGIN SELECT RAISE(ABORT, 'a row of coverage only ends, once'); END

CREATE TRIGGER standing_update BEFORE UPDATE ON standing WHEN NOT (OLD.to_scan IS NULL AND NEW.to_scan > OLD.from_scan AND OLD.pk IS NEW.pk AND OLD.resource IS NEW.resource AND OLD.state IS NEW.state AND OLD.from_scan IS NEW.from_scan) BEGIN SELECT RAISE(ABORT, 'a row of standing only ends, once'); END

CREATE TRIGGER placement_update BEFORE UPDATE ON placement WHEN NOT (OLD.to_scan IS NULL AND NEW.to_scan > OLD.from_scan AND OLD.pk IS NEW.pk AND OLD.resource IS NEW.resource AND OLD.fact IS NEW.fact AND OLD.from_scan IS NEW.from_scan) BEGIN SELECT RAISE(ABORT, 'a row of placement only ends, once'); END

CREATE TRIGGER version_update BEFORE UPDATE ON version WHEN NOT (OLD.to_scan IS NULL AND NEW.to_scan > OLD.from_scan AND OLD.pk IS NEW.pk AND OLD.kind IS NEW.kind AND OLD.id IS NEW.id AND OLD.body IS NEW.body AND OLD.from_scan IS NEW.from_scan) BEGIN SELECT RAISE(ABORT, 'a row of version only ends, once'); END

CREATE TRIGGER fact_delete BEFORE DELETE ON fact WHEN NOT (0) BEGIN SELECT RAISE(ABORT, 'a row of fact is kept'); END

CREATE TRIGGER ledger_entry_delete BEFORE DELETE ON ledger_entry WHEN NOT (0) BEGIN SELECT RAISE(ABORT, 'a row of ledger_entry is kept'); END

CREATE TRIGGER ledger_head_delete BEFORE DELETE ON ledger_head WHEN NOT (0) BEGIN SELECT RAISE(ABORT, 'a row of ledger_head is kept'); END

CREATE TRIGGER ledger_node_delete BEFORE DELETE ON ledger_node WHEN NOT (0) BEGIN SELECT RAISE(ABORT, 'a row of ledger_node is kept'); END

CREATE TRIGGER meta_delete BEFORE DELETE ON meta WHEN NOT (0) BEGIN SELECT RAISE(ABORT, 'a row of meta is kept'); END

CREATE TRIGGER note_delete BEFORE DELETE ON note WHEN NOT (0) BEGIN SELECT RAISE(ABORT, 'a row of note is kept'); END

CREATE TRIGGER pruned_delete BEFORE DELETE ON pruned WHEN NOT (0) BEGIN SELECT RAISE(ABORT, 'a row of pruned is kept'); END

CREATE TRIGGER resource_delete BEFORE DELETE ON resource WHEN NOT (0) BEGIN SELECT RAISE(ABORT, 'a row of resource is kept'); END

CREATE TRIGGER scan_delete BEFORE DELETE ON scan WHEN NOT (0) BEGIN SELECT RAISE(ABORT, 'a row of scan is kept'); END

CREATE TRIGGER state_delete BEFORE DELETE ON state WHEN NOT (0) BEGIN SELECT RAISE(ABORT, 'a row of state is kept'); END

CREATE TRIGGER coverage_delete BEFORE DELETE ON coverage WHEN NOT (OLD.to_scan <= coalesce((SELECT max(until_scan) FROM pruned), 0)) BEGIN SELECT RAISE(ABORT, 'a row of coverage is kept'); END

CREATE TRIGGER event_delete BEFORE DELETE ON event WHEN NOT (OLD.scan <= coalesce((SELECT max(until_scan) FROM pruned), 0)) BEGIN SELECT RAISE(ABORT, 'a row of event is kept'); END

CREATE TRIGGER placement_delete BEFORE DELETE ON placement WHEN NOT (OLD.to_scan <= coalesce((SELECT max(until_scan) FROM pruned), 0)) BEGIN SELECT RAISE(ABORT, 'a row of placement is kept'); END

CREATE TRIGGER standing_delete BEFORE DELETE ON standing WHEN NOT (OLD.to_scan <= coalesce((SELECT max(until_scan) FROM pruned), 0)) BEGIN SELECT RAISE(ABORT, 'a row of standing is kept'); END

CREATE TRIGGER version_delete BEFORE DELETE ON version WHEN NOT (OLD.to_scan <= coalesce((SELECT max(until_scan) FROM pruned), 0)) BEGIN SELECT RAISE(ABORT, 'a row of version is kept'); END

