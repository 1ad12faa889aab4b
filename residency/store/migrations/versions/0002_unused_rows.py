"""Facts and states may leave once evidence was given up and no interval refers to them."""

from alembic import op

from residency.store.failpoint import failpoint

revision = "0002"
down_revision = "0001"

_STATEMENTS = (
    "DROP TRIGGER fact_delete",
    "DROP TRIGGER state_delete",
    (
        "CREATE TRIGGER fact_delete BEFORE DELETE ON fact"
        " WHEN NOT (EXISTS (SELECT 1 FROM pruned)"
        " AND NOT EXISTS (SELECT 1 FROM placement WHERE fact = OLD.pk))"
        " BEGIN SELECT RAISE(ABORT, 'a row of fact is kept'); END"
    ),
    (
        "CREATE TRIGGER state_delete BEFORE DELETE ON state"
        " WHEN NOT (EXISTS (SELECT 1 FROM pruned)"
        " AND NOT EXISTS (SELECT 1 FROM standing WHERE state = OLD.pk))"
        " BEGIN SELECT RAISE(ABORT, 'a row of state is kept'); END"
    ),
)


def upgrade() -> None:
    """Make both triggers anew; there is no way back."""
    for statement in _STATEMENTS:
        op.get_bind().exec_driver_sql(statement)
        failpoint("migration")
