"""The first schema: organisation, lessons, attempts, grades, sign-in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_at"), ["at"], unique=False)

    op.create_table(
        "blob",
        sa.Column("hash", sa.String(length=32), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_blob")),
    )
    op.create_table(
        "branch",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("parent_id", sa.String(length=32), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["branch.id"], name=op.f("fk_branch_parent_id_branch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_branch")),
        sa.UniqueConstraint("parent_id", "name", name=op.f("uq_branch_parent_id_name")),
    )
    op.create_table(
        "item_version",
        sa.Column("item", sa.String(length=100), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("stored", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("item", "version", name=op.f("pk_item_version")),
    )
    op.create_table(
        "lesson",
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_lesson")),
    )
    op.create_table(
        "member",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
    )
    op.create_table(
        "quiz_version",
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_quiz_version")),
    )
    op.create_table(
        "throttle",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle")),
    )
    op.create_table(
        "activation",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=True),
        sa.Column("branch_id", sa.String(length=32), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_activation_branch_id_branch")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_activation_member_id_member")
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_activation")),
    )
    with op.batch_alter_table("activation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_activation_branch_id"), ["branch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_activation_member_id"), ["member_id"], unique=False)

    op.create_table(
        "credential",
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("pin", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_credential_member_id_member")
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_credential")),
    )
    op.create_table(
        "finished",
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("branch_id", sa.String(length=32), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_finished_branch_id_branch")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_finished_member_id_member")
        ),
        sa.ForeignKeyConstraint(["slug"], ["lesson.slug"], name=op.f("fk_finished_slug_lesson")),
        sa.PrimaryKeyConstraint("member_id", "slug", name=op.f("pk_finished")),
    )
    with op.batch_alter_table("finished", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_finished_at"), ["at"], unique=False)

    op.create_table(
        "identity",
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_identity_member_id_member")
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_identity")),
        sa.UniqueConstraint("code", name=op.f("uq_identity_code")),
    )
    op.create_table(
        "lesson_version",
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("audience", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("outline", sa.Text(), nullable=False),
        sa.Column("body", sa.String(length=32), nullable=False),
        sa.Column("notebook", sa.String(length=32), nullable=False),
        sa.Column("live_notebook", sa.String(length=32), nullable=True),
        sa.Column("stored", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["body"], ["blob.hash"], name=op.f("fk_lesson_version_body_blob")),
        sa.ForeignKeyConstraint(
            ["live_notebook"], ["blob.hash"], name=op.f("fk_lesson_version_live_notebook_blob")
        ),
        sa.ForeignKeyConstraint(
            ["notebook"], ["blob.hash"], name=op.f("fk_lesson_version_notebook_blob")
        ),
        sa.ForeignKeyConstraint(
            ["slug"], ["lesson.slug"], name=op.f("fk_lesson_version_slug_lesson")
        ),
        sa.PrimaryKeyConstraint("slug", "version", name=op.f("pk_lesson_version")),
    )
    op.create_table(
        "link",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_link_member_id_member")
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_link")),
    )
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_member_id"), ["member_id"], unique=False)

    op.create_table(
        "membership",
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("branch_id", sa.String(length=32), nullable=True),
        sa.Column("recorded", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_membership_branch_id_branch")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_membership_member_id_member")
        ),
        sa.PrimaryKeyConstraint("member_id", "since", name=op.f("pk_membership")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_branch_id"), ["branch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_recorded"), ["recorded"], unique=False)

    op.create_table(
        "place",
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_place_member_id_member")
        ),
        sa.ForeignKeyConstraint(["slug"], ["lesson.slug"], name=op.f("fk_place_slug_lesson")),
        sa.PrimaryKeyConstraint("member_id", "slug", name=op.f("pk_place")),
    )
    op.create_table(
        "quiz",
        sa.Column("ref", sa.String(length=200), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["slug"], ["lesson.slug"], name=op.f("fk_quiz_slug_lesson")),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_quiz")),
    )
    with op.batch_alter_table("quiz", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quiz_slug"), ["slug"], unique=False)

    op.create_table(
        "role_grant",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("branch_id", sa.String(length=32), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.Text(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_role_grant_branch_id_branch")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_role_grant_member_id_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_grant_member_id"), ["member_id"], unique=False)

    op.create_table(
        "session",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_session_member_id_member")
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_session")),
    )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_expires"), ["expires"], unique=False)
        batch_op.create_index(batch_op.f("ix_session_member_id"), ["member_id"], unique=False)

    op.create_table(
        "attempt",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("branch_id", sa.String(length=32), nullable=True),
        sa.Column("quiz", sa.String(length=200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("quiz_version", sa.String(length=32), nullable=False),
        sa.Column("lesson_version", sa.String(length=64), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("paper", sa.Text(), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_attempt_branch_id_branch")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_attempt_member_id_member")
        ),
        sa.ForeignKeyConstraint(["quiz"], ["quiz.ref"], name=op.f("fk_attempt_quiz_quiz")),
        sa.ForeignKeyConstraint(
            ["quiz_version"],
            ["quiz_version.version"],
            name=op.f("fk_attempt_quiz_version_quiz_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint(
            "member_id", "quiz", "number", name=op.f("uq_attempt_member_id_quiz_number")
        ),
    )
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attempt_deadline"), ["deadline"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_attempt_quiz_number"), ["quiz", "number"], unique=False
        )

    op.create_table(
        "lesson_media",
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["hash"], ["blob.hash"], name=op.f("fk_lesson_media_hash_blob")),
        sa.ForeignKeyConstraint(
            ["slug", "version"],
            ["lesson_version.slug", "lesson_version.version"],
            name=op.f("fk_lesson_media_slug_version_lesson_version"),
        ),
        sa.PrimaryKeyConstraint("slug", "version", "hash", name=op.f("pk_lesson_media")),
    )
    with op.batch_alter_table("lesson_media", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lesson_media_hash"), ["hash"], unique=False)

    op.create_table(
        "lesson_quiz",
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("quiz", sa.String(length=200), nullable=False),
        sa.Column("quiz_version", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["quiz"], ["quiz.ref"], name=op.f("fk_lesson_quiz_quiz_quiz")),
        sa.ForeignKeyConstraint(
            ["quiz_version"],
            ["quiz_version.version"],
            name=op.f("fk_lesson_quiz_quiz_version_quiz_version"),
        ),
        sa.ForeignKeyConstraint(
            ["slug", "version"],
            ["lesson_version.slug", "lesson_version.version"],
            name=op.f("fk_lesson_quiz_slug_version_lesson_version"),
        ),
        sa.PrimaryKeyConstraint("slug", "version", "quiz", name=op.f("pk_lesson_quiz")),
    )
    op.create_table(
        "publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["slug", "version"],
            ["lesson_version.slug", "lesson_version.version"],
            name=op.f("fk_publication_slug_version_lesson_version"),
        ),
        sa.ForeignKeyConstraint(["slug"], ["lesson.slug"], name=op.f("fk_publication_slug_lesson")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
    )
    with op.batch_alter_table("publication", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_publication_slug"), ["slug"], unique=False)

    op.create_table(
        "grade",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("quiz", sa.String(length=200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("first_score", sa.Float(), nullable=False),
        sa.Column("max", sa.Float(), nullable=False),
        sa.Column("first_max", sa.Float(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("ungraded", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], name=op.f("fk_grade_attempt_id_attempt")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_grade_member_id_member")
        ),
        sa.ForeignKeyConstraint(["quiz"], ["quiz.ref"], name=op.f("fk_grade_quiz_quiz")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_grade_attempt_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("grade", schema=None) as batch_op:
        batch_op.create_index(
            "ix_grade_figures",
            [
                "member_id",
                "slug",
                "quiz",
                "number",
                "submitted_at",
                "first_score",
                "first_max",
                "passed",
            ],
            unique=False,
        )

    op.create_table(
        "item_grade",
        sa.Column("attempt_id", sa.String(length=32), nullable=False),
        sa.Column("item", sa.String(length=100), nullable=False),
        sa.Column("item_version", sa.String(length=32), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("max", sa.Float(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("correct", sa.Boolean(), nullable=True),
        sa.Column("first_score", sa.Float(), nullable=True),
        sa.Column("first_correct", sa.Boolean(), nullable=True),
        sa.Column("ungraded", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], name=op.f("fk_item_grade_attempt_id_attempt")
        ),
        sa.PrimaryKeyConstraint("attempt_id", "item", name=op.f("pk_item_grade")),
    )
    with op.batch_alter_table("item_grade", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_item_grade_item_item_version"), ["item", "item_version"], unique=False
        )

    op.create_table(
        "response",
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("attempt_id", sa.String(length=32), nullable=False),
        sa.Column("item", sa.String(length=100), nullable=False),
        sa.Column("item_version", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], name=op.f("fk_response_attempt_id_attempt")
        ),
        sa.PrimaryKeyConstraint("event", name=op.f("pk_response")),
    )
    with op.batch_alter_table("response", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_response_attempt_id"), ["attempt_id"], unique=False)

    op.create_table(
        "submission",
        sa.Column("attempt_id", sa.String(length=32), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], name=op.f("fk_submission_attempt_id_attempt")
        ),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_submission")),
    )
