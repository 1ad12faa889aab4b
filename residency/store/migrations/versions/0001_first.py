"""The first schema, as SQL that never changes again once it is released: `0001_first.sql`.

What comes after it is a migration of its own.
"""

from pathlib import Path

from alembic import op

from residency.store.failpoint import failpoint

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table and trigger: a statement a paragraph."""
    text = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    for statement in text.strip().split("\n\n"):
        op.get_bind().exec_driver_sql(statement)
        failpoint("migration")
