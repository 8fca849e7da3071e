"""Joint assessments: assessors, agreed ratings, and the actions that come of them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assessments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("about_agency_id", sa.Integer(), nullable=True),
        sa.Column("questionnaire_id", sa.String(length=100), nullable=False),
        sa.Column("questionnaire_version", sa.String(length=40), nullable=False),
        sa.Column("questionnaire_sha256", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("status_reason", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("chair_id", sa.Integer(), nullable=True),
        sa.Column("repeats_id", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_because", sa.Text(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["about_agency_id"],
            ["agencies.id"],
            name=op.f("fk_assessments_about_agency_id_agencies"),
        ),
        sa.ForeignKeyConstraint(
            ["chair_id"], ["users.id"], name=op.f("fk_assessments_chair_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"],
            ["partnerships.id"],
            name=op.f("fk_assessments_partnership_id_partnerships"),
        ),
        sa.ForeignKeyConstraint(
            ["repeats_id"], ["assessments.id"], name=op.f("fk_assessments_repeats_id_assessments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessments")),
        sa.UniqueConstraint("reference", name=op.f("uq_assessments_reference")),
    )
    with op.batch_alter_table("assessments") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_assessments_about_agency_id"), ["about_agency_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_assessments_partnership_id"), ["partnership_id"], unique=False
        )

    op.create_table(
        "agreed_ratings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("question_key", sa.String(length=200), nullable=False),
        sa.Column("level", sa.String(length=100), nullable=False),
        sa.Column("rag", sa.String(length=20), nullable=False),
        sa.Column("rationale", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("action_what", sa.Text(), nullable=False),
        sa.Column("action_agency_id", sa.Integer(), nullable=True),
        sa.Column("action_post", sa.String(length=200), nullable=False),
        sa.Column("action_due_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["action_agency_id"],
            ["agencies.id"],
            name=op.f("fk_agreed_ratings_action_agency_id_agencies"),
        ),
        sa.ForeignKeyConstraint(
            ["agreed_by_id"], ["users.id"], name=op.f("fk_agreed_ratings_agreed_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessments.id"],
            name=op.f("fk_agreed_ratings_assessment_id_assessments"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreed_ratings")),
        sa.UniqueConstraint(
            "assessment_id",
            "question_key",
            name=op.f("uq_agreed_ratings_assessment_id_question_key"),
        ),
    )
    op.create_table(
        "assessors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessments.id"],
            name=op.f("fk_assessors_assessment_id_assessments"),
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["answer_sheets.id"], name=op.f("fk_assessors_sheet_id_answer_sheets")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_assessors_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessors")),
        sa.UniqueConstraint(
            "assessment_id", "user_id", name=op.f("uq_assessors_assessment_id_user_id")
        ),
        sa.UniqueConstraint("sheet_id", name=op.f("uq_assessors_sheet_id")),
    )
    with op.batch_alter_table("assessors") as batch_op:
        batch_op.create_index(batch_op.f("ix_assessors_user_id"), ["user_id"], unique=False)

    with op.batch_alter_table("actions") as batch_op:
        batch_op.add_column(sa.Column("assessment_id", sa.Integer(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_actions_assessment_id"), ["assessment_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_actions_assessment_id_assessments"),
            "assessments",
            ["assessment_id"],
            ["id"],
        )


def downgrade() -> None:
    with op.batch_alter_table("actions") as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_actions_assessment_id_assessments"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_actions_assessment_id"))
        batch_op.drop_column("assessment_id")

    # Their indexes go with them.
    for table in ("assessors", "agreed_ratings", "assessments"):
        op.drop_table(table)
