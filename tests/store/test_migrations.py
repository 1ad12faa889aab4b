"""The schema only goes forward, all of a step or none; what older versions wrote is kept whole."""

import gzip
import json
import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from residency.errors import StoreError
from residency.store import Store
from residency.store.audit import Audit, audit
from residency.store.backup import back_up
from residency.store.engine import Database
from residency.store.failpoint import VARIABLE
from residency.store.reading.opened import store_at
from residency.store.restore import restore
from residency.store.schema import KNOWN, SCHEMA, migrate
from residency.store.tables import METADATA
from residency.store.triggers import statements

if TYPE_CHECKING:
    from tests.store.conftest import Scans, Told

AT = datetime(2026, 11, 20, tzinfo=UTC)
DATA = Path(__file__).parent / "data"
Schema = list[tuple[str, str, str]]
SCHEMA_OF = (
    "SELECT type, name, sql FROM sqlite_master"
    " WHERE sql IS NOT NULL AND name != 'alembic_version' ORDER BY type, name"
)


def schema(path: Path) -> Schema:
    """Give what the database is made of; blanks within a statement say nothing."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(SCHEMA_OF).fetchall()
    return [(kind, name, "".join(sql.split())) for kind, name, sql in rows]


def audited(path: Path) -> Audit:
    with closing(Database(path, writes=False)) as database, database.reading() as connection:
        return audit(connection)


def entries(path: Path) -> list[bytes]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT entry FROM ledger_entry ORDER BY seq")
        return [entry for (entry,) in rows]


@pytest.fixture
def now(tmp_path: Path) -> Path:
    """A database of the tables and triggers as the program has them."""
    path = tmp_path / "now.db"
    engine = create_engine(f"sqlite:///{path}")
    METADATA.create_all(engine)
    with engine.begin() as connection:
        for statement in statements():
            connection.exec_driver_sql(statement)
    engine.dispose()
    return path


def test_the_migrations_make_what_the_program_expects(store: Store, path: Path, now: Path) -> None:
    """Where this fails: a new migration is needed."""
    assert store.memory.scan == 0
    assert schema(path) == schema(now)
    assert len(schema(now)) > 40


def test_the_newest_migration_is_the_schema_and_every_one_is_known() -> None:
    config = Config()
    config.set_main_option("script_location", "residency.store:migrations")
    script = ScriptDirectory.from_config(config)
    assert script.get_heads() == [SCHEMA]
    assert {each.revision for each in script.walk_revisions()} == KNOWN


def test_a_database_of_every_version_is_kept() -> None:
    kept = {each.name.removesuffix(".db.gz") for each in DATA.glob("*.db.gz")}
    assert kept == KNOWN


@pytest.fixture(params=sorted(KNOWN))
def former(request: pytest.FixtureRequest, path: Path) -> Path:
    """A database that the version of that schema wrote."""
    path.write_bytes(gzip.decompress((DATA / f"{request.param}.db.gz").read_bytes()))
    return path


def test_a_kept_database_upgrades_with_its_ledger_intact(
    former: Path, opened: Callable[[], Store], now: Path
) -> None:
    before = entries(former)
    store = opened()
    assert entries(former) == before
    assert schema(former) == schema(now)
    found = audited(former)
    assert found.faults == ()
    assert (found.scans, found.notes, found.entries) == (5, 1, len(before))
    assert store.memory.scan == 5
    kinds = {json.loads(entry)["kind"] for entry in before}
    assert kinds >= {"scan", "snapshot", "exemption", "episode", "acknowledgement"}


def happened(path: Path) -> list[tuple[object, ...]]:
    """Give the events as any version holds them: number, scan, kind, subject, before and after."""
    with closing(sqlite3.connect(path)) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(event)")]
        subject, join = "subject", ""
        if "resource" in columns:
            subject = "coalesce(resource.id, subject)"
            join = "LEFT JOIN resource ON resource.pk = event.resource"
        query = f"SELECT seq, scan, kind, {subject}, before, after FROM event {join} ORDER BY seq"  # noqa: S608
        rows = connection.execute(query).fetchall()
    return [(*row[:4], json.loads(row[4]), json.loads(row[5])) for row in rows]


def test_what_happened_is_told_as_before(former: Path, opened: Callable[[], Store]) -> None:
    before = happened(former)
    opened().close()
    assert happened(former) == before
    assert len(before) > 5
    with closing(sqlite3.connect(former)) as connection:
        query = "SELECT count(*) FROM event WHERE subject IN (SELECT id FROM resource)"
        assert connection.execute(query).fetchone() == (0,), "a resource goes by its number"


def test_a_kept_database_goes_on(
    former: Path, opened: Callable[[], Store], scans: "Scans", told: type["Told"]
) -> None:
    scans.number = 5 + 31 * 96
    opened().commit(scans(told(name="a"), told(name="z")))
    opened()
    found = audited(former)
    assert (found.faults, found.scans) == ((), 6)


def test_a_backup_of_every_version_is_restored(former: Path, tmp_path: Path) -> None:
    target = tmp_path / "restored.db"
    restore(former, target, AT, None, older=False)
    assert (audited(target).faults, audited(target).scans) == ((), 5)


@pytest.fixture
def newer(store: Store, path: Path) -> Path:
    """A store that a newer version wrote."""
    store.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    return path


def test_a_newer_schema_is_refused_by_writer_and_reader_and_backup(newer: Path) -> None:
    before = newer.read_bytes()
    message = "schema 9999, which this residency does not know"
    with pytest.raises(StoreError, match=message):
        Store.open(f"sqlite:///{newer}")
    with pytest.raises(StoreError, match=message), store_at(f"sqlite:///{newer}"):
        pass
    with pytest.raises(StoreError, match=message):
        back_up(newer, newer.with_name("copy.db"))
    with pytest.raises(StoreError, match=message):
        restore(newer, newer.with_name("other.db"), AT, None, older=False)
    assert newer.read_bytes() == before
    assert not newer.with_name("other.db").exists()


def test_a_store_that_was_refused_can_be_written_by_who_knows_it(newer: Path) -> None:
    with pytest.raises(StoreError):
        Store.open(f"sqlite:///{newer}")
    with closing(sqlite3.connect(newer)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (SCHEMA,))
    Store.open(f"sqlite:///{newer}").close()


def test_a_migration_that_fails_half_way_is_undone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE pruned (something)")
    before = schema(path)
    with pytest.raises(StoreError, match="pruned"):
        Store.open(f"sqlite:///{path}")
    assert schema(path) == before == [("table", "pruned", "CREATETABLEpruned(something)")]


def test_a_migration_that_is_killed_half_way_is_undone_and_done_again(
    path: Path, now: Path, in_child: Callable[[Callable[[], None]], int]
) -> None:
    def work() -> None:
        os.environ[VARIABLE] = "migration"
        migrate(Database(path, writes=True))

    assert in_child(work) == -signal.SIGKILL
    assert schema(path) == []
    Store.open(f"sqlite:///{path}").close()
    assert schema(path) == schema(now)


def test_a_reader_changes_no_schema(path: Path) -> None:
    path.write_bytes(b"")
    with (
        pytest.raises(StoreError, match="bring it forward"),
        store_at(f"sqlite:///{path}"),
    ):
        pass
    assert path.read_bytes() == b""


@pytest.mark.parametrize(
    "change",
    [
        "DROP TRIGGER scan_update",
        "DROP INDEX placement_of",
        "DROP TABLE ledger_head",
        "ALTER TABLE scan ADD COLUMN strange TEXT",
    ],
)
def test_a_store_that_somebody_changed_the_schema_of_is_not_gone_on_with(
    store: Store, path: Path, change: str
) -> None:
    store.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(change)
    with pytest.raises(StoreError, match=r"schema .*somebody changed it"):
        Store.open(f"sqlite:///{path}")
