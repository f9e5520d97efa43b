"""Reviews of lessons, and for whom and when a lesson is there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from weike.results.types import Json, UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("opens", UtcDateTime(timezone=True), nullable=True),
        sa.Column("closes", UtcDateTime(timezone=True), nullable=True),
        sa.Column("branches", Json(), nullable=True),
        sa.Column("posts", Json(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["slug"], ["lesson.slug"], name=op.f("fk_release_slug_lesson")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
    )
    with op.batch_alter_table("release", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_release_slug"), ["slug"], unique=False)

    op.create_table(
        "prepared",
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("revision_id", sa.String(length=32), nullable=False),
        sa.Column("findings", Json(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_prepared_revision_id_revision")
        ),
        sa.ForeignKeyConstraint(
            ["slug", "version"],
            ["lesson_version.slug", "lesson_version.version"],
            name=op.f("fk_prepared_slug_version_lesson_version"),
        ),
        sa.PrimaryKeyConstraint("slug", "version", name=op.f("pk_prepared")),
    )
    op.create_table(
        "review",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("steps", Json(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["slug", "version"],
            ["lesson_version.slug", "lesson_version.version"],
            name=op.f("fk_review_slug_version_lesson_version"),
        ),
        sa.ForeignKeyConstraint(["slug"], ["lesson.slug"], name=op.f("fk_review_slug_lesson")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("slug", "number", name=op.f("uq_review_slug_number")),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_slug"), ["slug"], unique=False)

    op.create_table(
        "review_event",
        sa.Column("review_id", sa.String(length=32), nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_event_review_id_review")
        ),
        sa.PrimaryKeyConstraint("review_id", "step", name=op.f("pk_review_event")),
    )
    op.create_table(
        "review_remark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.String(length=32), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_remark_review_id_review")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_remark")),
    )
    with op.batch_alter_table("review_remark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_remark_review_id"), ["review_id"], unique=False)
