"""Grades are looked up by their attempt, and no more bound to it: see `tables/derived.py`."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, kept in (("grade", {"sqlite_autoincrement": True}), ("item_grade", {})):
        with op.batch_alter_table(table, table_kwargs=kept) as batch_op:
            batch_op.drop_constraint(f"fk_{table}_attempt_id_attempt", type_="foreignkey")
