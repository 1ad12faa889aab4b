"""The first schema."""

from alembic import op

from residency.store.tables import METADATA
from residency.store.triggers import statements

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table and trigger."""
    METADATA.create_all(op.get_bind())
    for statement in statements():
        op.execute(statement)
