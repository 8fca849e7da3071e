"""Local questions, reminders, evidence, working together, filled forms, stated instead"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evidence_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=False),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_evidence_files_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["users.id"], name=op.f("fk_evidence_files_uploaded_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_files")),
    )
    with op.batch_alter_table("evidence_files") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_evidence_files_agency_id"), ["agency_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_evidence_files_sha256"), ["sha256"], unique=False)

    op.create_table(
        "local_questions",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("questionnaire_id", sa.String(length=100), nullable=False),
        sa.Column("questionnaire_version", sa.String(length=40), nullable=False),
        sa.Column("questionnaire_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id"],
            ["partnerships.id"],
            name=op.f("fk_local_questions_partnership_id_partnerships"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["audit_rounds.id"], name=op.f("fk_local_questions_round_id_audit_rounds")
        ),
        sa.PrimaryKeyConstraint("round_id", "partnership_id", name=op.f("pk_local_questions")),
    )
    with op.batch_alter_table("local_questions") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_local_questions_partnership_id"), ["partnership_id"], unique=False
        )

    op.create_table(
        "action_partnerships",
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_action_partnerships_action_id_actions")
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"],
            ["partnerships.id"],
            name=op.f("fk_action_partnerships_partnership_id_partnerships"),
        ),
        sa.PrimaryKeyConstraint("action_id", "partnership_id", name=op.f("pk_action_partnerships")),
    )
    with op.batch_alter_table("action_partnerships") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_action_partnerships_partnership_id"), ["partnership_id"], unique=False
        )

    op.create_table(
        "answer_files",
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("question_key", sa.String(length=200), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["users.id"], name=op.f("fk_answer_files_added_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["evidence_files.id"], name=op.f("fk_answer_files_file_id_evidence_files")
        ),
        sa.ForeignKeyConstraint(
            ["return_id"],
            ["agency_returns.id"],
            name=op.f("fk_answer_files_return_id_agency_returns"),
        ),
        sa.PrimaryKeyConstraint(
            "return_id", "question_key", "file_id", name=op.f("pk_answer_files")
        ),
    )
    with op.batch_alter_table("answer_files") as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_files_file_id"), ["file_id"], unique=False)

    op.create_table(
        "desk_visits",
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("standard_id", sa.String(length=100), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_before_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("here_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["return_id"],
            ["agency_returns.id"],
            name=op.f("fk_desk_visits_return_id_agency_returns"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_desk_visits_user_id_users")
        ),
        sa.PrimaryKeyConstraint("return_id", "user_id", "standard_id", name=op.f("pk_desk_visits")),
    )
    op.create_table(
        "filled_forms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["return_id"],
            ["agency_returns.id"],
            name=op.f("fk_filled_forms_return_id_agency_returns"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_filled_forms_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filled_forms")),
    )
    with op.batch_alter_table("filled_forms") as batch_op:
        batch_op.create_index(batch_op.f("ix_filled_forms_return_id"), ["return_id"], unique=False)

    op.create_table(
        "ready_standards",
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("standard_id", sa.String(length=100), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("marked_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["marked_by_id"], ["users.id"], name=op.f("fk_ready_standards_marked_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["return_id"],
            ["agency_returns.id"],
            name=op.f("fk_ready_standards_return_id_agency_returns"),
        ),
        sa.PrimaryKeyConstraint("return_id", "standard_id", name=op.f("pk_ready_standards")),
    )
    op.create_table(
        "reminders",
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(length=20), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["return_id"], ["agency_returns.id"], name=op.f("fk_reminders_return_id_agency_returns")
        ),
        sa.PrimaryKeyConstraint("return_id", "occasion", "due_on", name=op.f("pk_reminders")),
    )
    op.create_table(
        "return_comments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("standard_id", sa.String(length=100), nullable=False),
        sa.Column("question_key", sa.String(length=200), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["return_id"],
            ["agency_returns.id"],
            name=op.f("fk_return_comments_return_id_agency_returns"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_return_comments_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_comments")),
    )
    with op.batch_alter_table("return_comments") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_return_comments_return_id"), ["return_id"], unique=False
        )

    op.create_table(
        "side_states",
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("declaration", sa.Text(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("can_assure", sa.Boolean(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("post", sa.String(length=200), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["evidence_files.id"], name=op.f("fk_side_states_file_id_evidence_files")
        ),
        sa.ForeignKeyConstraint(
            ["return_id"],
            ["agency_returns.id"],
            name=op.f("fk_side_states_return_id_agency_returns"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_side_states_user_id_users")
        ),
        sa.PrimaryKeyConstraint("return_id", name=op.f("pk_side_states")),
    )
    with op.batch_alter_table("audit_rounds") as batch_op:
        batch_op.add_column(sa.Column("dates_reason", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("signatures_needed", sa.Integer(), server_default="1", nullable=False)
        )
        batch_op.add_column(
            sa.Column("reminder_days", sa.Text(), server_default="-28 -7 -1 1 7", nullable=False)
        )

    with op.batch_alter_table("outgoing_mail") as batch_op:
        batch_op.add_column(sa.Column("round_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_outgoing_mail_round_id"), ["round_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_outgoing_mail_round_id_audit_rounds"),
            "audit_rounds",
            ["round_id"],
            ["id"],
        )


def downgrade() -> None:
    with op.batch_alter_table("outgoing_mail") as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_outgoing_mail_round_id_audit_rounds"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_outgoing_mail_round_id"))
        batch_op.drop_column("round_id")

    with op.batch_alter_table("audit_rounds") as batch_op:
        batch_op.drop_column("reminder_days")
        batch_op.drop_column("signatures_needed")
        batch_op.drop_column("dates_reason")

    op.drop_table("side_states")
    with op.batch_alter_table("return_comments") as batch_op:
        batch_op.drop_index(batch_op.f("ix_return_comments_return_id"))

    op.drop_table("return_comments")
    op.drop_table("reminders")
    op.drop_table("ready_standards")
    with op.batch_alter_table("filled_forms") as batch_op:
        batch_op.drop_index(batch_op.f("ix_filled_forms_return_id"))

    op.drop_table("filled_forms")
    op.drop_table("desk_visits")
    with op.batch_alter_table("answer_files") as batch_op:
        batch_op.drop_index(batch_op.f("ix_answer_files_file_id"))

    op.drop_table("answer_files")
    with op.batch_alter_table("action_partnerships") as batch_op:
        batch_op.drop_index(batch_op.f("ix_action_partnerships_partnership_id"))

    op.drop_table("action_partnerships")
    with op.batch_alter_table("local_questions") as batch_op:
        batch_op.drop_index(batch_op.f("ix_local_questions_partnership_id"))

    op.drop_table("local_questions")
    with op.batch_alter_table("evidence_files") as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_files_sha256"))
        batch_op.drop_index(batch_op.f("ix_evidence_files_agency_id"))

    op.drop_table("evidence_files")
