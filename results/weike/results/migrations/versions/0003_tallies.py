"""A row per member and quiz for the branch figures, filled from the attempts and their grades."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_MICROS = {
    "sqlite": "(CAST(strftime('%s', substr({0}, 1, 19)) AS INTEGER) * 1000000"
    " + CAST(substr({0}, 21, 6) AS INTEGER))",
    "postgresql": "CAST(extract(epoch from {0}) * 1000000 AS BIGINT)",
}


def upgrade() -> None:
    op.create_table(
        "tally",
        sa.Column("quiz", sa.String(length=200), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("begun", sa.BigInteger(), nullable=False),
        sa.Column("submitted", sa.BigInteger(), nullable=True),
        sa.Column("mark", sa.BigInteger(), nullable=True),
        sa.Column("passed", sa.BigInteger(), nullable=True),
        sa.Column("passed_first", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_tally_member_id_member")
        ),
        sa.PrimaryKeyConstraint("quiz", "member_id", name=op.f("pk_tally")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("tally", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tally_change"), ["change"], unique=False)
    with op.batch_alter_table("grade", schema=None) as batch_op:
        batch_op.drop_index("ix_grade_figures")
        batch_op.create_index(batch_op.f("ix_grade_member_id"), ["member_id"], unique=False)
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_act"), ["act"], unique=False)

    micros = _MICROS[op.get_bind().dialect.name].format
    first, alone = "a.number = 1", "g.passed AND a.mode <> 'makeup'"
    op.execute(
        f"""
        INSERT INTO tally
            (quiz, member_id, change, begun, submitted, mark, passed, passed_first)
        SELECT a.quiz, a.member_id, 1,
            {micros(f"coalesce(min(CASE WHEN {first} THEN a.started END), min(a.started))")},
            {micros(f"min(CASE WHEN {first} THEN g.submitted_at END)")},
            CAST(round(max(CASE WHEN {first} THEN g.first_score / nullif(g.first_max, 0.0) END)
                * 1e15) AS BIGINT),
            {micros("min(CASE WHEN g.passed THEN g.submitted_at END)")},
            {micros(f"min(CASE WHEN {alone} THEN g.submitted_at END)")}
        FROM attempt a LEFT JOIN grade g ON g.attempt_id = a.id
        GROUP BY a.quiz, a.member_id
        """  # noqa: S608 - nothing in it comes from outside
    )
    op.execute(
        f"""
        INSERT INTO tally (quiz, member_id, change, begun, submitted)
        SELECT slug || '/', member_id, 1, {micros("at")}, {micros("at")} FROM finished
        """  # noqa: S608
    )
