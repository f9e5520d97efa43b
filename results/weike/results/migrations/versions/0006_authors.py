"""Whose a lesson is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from weike.results.types import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "work",
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("since", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_work_member_id_member")
        ),
        sa.PrimaryKeyConstraint("slug", "member_id", name=op.f("pk_work")),
    )
