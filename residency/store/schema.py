"""Which version the database has, and how it comes to the one that this program knows."""

from sqlalchemy import Connection, inspect, select

from residency.errors import StoreError
from residency.store.audit_file import schema_faults
from residency.store.engine import Database
from residency.store.tables import META

SCHEMA = "0003"
"""The newest migration in `migrations/versions`."""

KNOWN = frozenset({"0001", "0002", SCHEMA})
_VERSION = "alembic_version"


def migrate(database: Database) -> None:
    """Bring the schema forward, all steps or none.

    Raises:
        StoreError: It is newer than this program, the migration failed and was undone, or what
            should be there is not: a trigger, say, that guards what was remembered.
    """
    with database.writing() as connection:
        if _version(connection, database) != SCHEMA:
            _upgrade(connection)
        for fault in schema_faults(connection):
            raise StoreError(
                f"{database.path}: {fault.where} {fault.what}; somebody changed it: keep the file"
                " as evidence and `residency restore` a backup"
            )


def _upgrade(connection: Connection) -> None:
    """Run the migrations that are missing, in the caller's transaction."""
    from alembic import command  # noqa: PLC0415 - late: it is seldom needed, and slow to load
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", "residency.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def require_current(database: Database) -> None:
    """Refuse to read another schema than this program's. Raises StoreError."""
    with database.reading() as connection:
        if _version(connection, database) != SCHEMA:
            raise StoreError(
                f"{database.path} was made by an older residency, or is empty;"
                " run `residency serve` or `residency scan` once to bring it forward"
            )


def _version(connection: Connection, database: Database) -> str | None:
    if not inspect(connection).has_table(_VERSION):
        return None
    found = connection.exec_driver_sql(f"SELECT version_num FROM {_VERSION}").scalar()  # noqa: S608
    if found is not None and found not in KNOWN:
        raise StoreError(
            f"{database.path} has schema {found}, which this residency does not know;"
            " install the newer residency that wrote it"
        )
    return found


def secret_of(connection: Connection) -> bytes:
    """Read the secret behind the labels of this store; nothing where it is lost."""
    return connection.scalar(select(META.c.value).where(META.c.key == "secret")) or b""
