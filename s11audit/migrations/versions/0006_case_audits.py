"""Case audits, and sheets that parties to one thing answer apart"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_audits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("questionnaire_id", sa.String(length=100), nullable=False),
        sa.Column("questionnaire_version", sa.String(length=40), nullable=False),
        sa.Column("questionnaire_sha256", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("status_reason", sa.Text(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("cases_wanted", sa.Integer(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=True),
        sa.Column("period_to", sa.Date(), nullable=True),
        sa.Column("files_due_on", sa.Date(), nullable=True),
        sa.Column("panel_on", sa.Date(), nullable=True),
        sa.Column("dates_reason", sa.Text(), nullable=False),
        sa.Column("chair_id", sa.Integer(), nullable=True),
        sa.Column("steering_told", sa.Text(), nullable=False),
        sa.Column("steering_told_on", sa.Date(), nullable=True),
        sa.Column("strata", sa.Text(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("repeats_id", sa.Integer(), nullable=True),
        sa.Column("re_audit_on", sa.Date(), nullable=True),
        sa.Column("signed_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hold_reason", sa.Text(), nullable=False),
        sa.Column("emptied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["chair_id"], ["users.id"], name=op.f("fk_case_audits_chair_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"],
            ["partnerships.id"],
            name=op.f("fk_case_audits_partnership_id_partnerships"),
        ),
        sa.ForeignKeyConstraint(
            ["repeats_id"], ["case_audits.id"], name=op.f("fk_case_audits_repeats_id_case_audits")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_audits")),
        sa.UniqueConstraint("reference", name=op.f("uq_case_audits_reference")),
    )
    with op.batch_alter_table("case_audits") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_case_audits_partnership_id"), ["partnership_id"], unique=False
        )

    op.create_table(
        "answer_sheets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_answer_sheets_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"],
            ["partnerships.id"],
            name=op.f("fk_answer_sheets_partnership_id_partnerships"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_answer_sheets_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_sheets")),
    )
    with op.batch_alter_table("answer_sheets") as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_sheets_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_answer_sheets_partnership_id"), ["partnership_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_answer_sheets_user_id"), ["user_id"], unique=False)

    op.create_table(
        "asked_agencies",
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_asked_agencies_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["case_audits.id"], name=op.f("fk_asked_agencies_audit_id_case_audits")
        ),
        sa.PrimaryKeyConstraint("audit_id", "agency_id", name=op.f("pk_asked_agencies")),
    )
    with op.batch_alter_table("asked_agencies") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_asked_agencies_agency_id"), ["agency_id"], unique=False
        )

    op.create_table(
        "audit_measures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("counted_of", sa.String(length=40), nullable=False),
        sa.Column("question_key", sa.String(length=200), nullable=False),
        sa.Column("level", sa.String(length=100), nullable=False),
        sa.Column("numerator", sa.Integer(), nullable=False),
        sa.Column("denominator", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["case_audits.id"], name=op.f("fk_audit_measures_audit_id_case_audits")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_measures")),
        sa.UniqueConstraint("audit_id", "title", name=op.f("uq_audit_measures_audit_id_title")),
    )
    op.create_table(
        "briefings",
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("looked_at", sa.Text(), nullable=False),
        sa.Column("works", sa.Text(), nullable=False),
        sa.Column("improve", sa.Text(), nullable=False),
        sa.Column("do", sa.Text(), nullable=False),
        sa.Column("discuss", sa.Text(), nullable=False),
        sa.Column("links", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("audience", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["case_audits.id"], name=op.f("fk_briefings_audit_id_case_audits")
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"],
            ["partnerships.id"],
            name=op.f("fk_briefings_partnership_id_partnerships"),
        ),
        sa.PrimaryKeyConstraint("audit_id", name=op.f("pk_briefings")),
        sa.UniqueConstraint("reference", name=op.f("uq_briefings_reference")),
    )
    with op.batch_alter_table("briefings") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_briefings_partnership_id"), ["partnership_id"], unique=False
        )

    op.create_table(
        "case_deletions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["users.id"], name=op.f("fk_case_deletions_approved_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["case_audits.id"], name=op.f("fk_case_deletions_audit_id_case_audits")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["users.id"], name=op.f("fk_case_deletions_proposed_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_deletions")),
    )
    with op.batch_alter_table("case_deletions") as batch_op:
        batch_op.create_index(batch_op.f("ix_case_deletions_audit_id"), ["audit_id"], unique=False)

    op.create_table(
        "cohort_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("local_reference", sa.String(length=40), nullable=False),
        sa.Column("age_band", sa.String(length=60), nullable=False),
        sa.Column("team", sa.String(length=60), nullable=False),
        sa.Column("plan_type", sa.String(length=60), nullable=False),
        sa.Column("drawn", sa.String(length=40), nullable=False),
        sa.Column("draw_order", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["case_audits.id"], name=op.f("fk_cohort_entries_audit_id_case_audits")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_entries")),
        sa.UniqueConstraint(
            "audit_id", "local_reference", name=op.f("uq_cohort_entries_audit_id_local_reference")
        ),
    )
    with op.batch_alter_table("cohort_entries") as batch_op:
        batch_op.create_index(batch_op.f("ix_cohort_entries_audit_id"), ["audit_id"], unique=False)

    op.create_table(
        "panel_members",
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["case_audits.id"], name=op.f("fk_panel_members_audit_id_case_audits")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_panel_members_user_id_users")
        ),
        sa.PrimaryKeyConstraint("audit_id", "user_id", name=op.f("pk_panel_members")),
    )
    with op.batch_alter_table("panel_members") as batch_op:
        batch_op.create_index(batch_op.f("ix_panel_members_user_id"), ["user_id"], unique=False)

    op.create_table(
        "sample_sizes",
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("stratum", sa.String(length=200), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("reserves", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["case_audits.id"], name=op.f("fk_sample_sizes_audit_id_case_audits")
        ),
        sa.PrimaryKeyConstraint("audit_id", "stratum", name=op.f("pk_sample_sizes")),
    )
    op.create_table(
        "audit_cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=50), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("set_aside_reason", sa.Text(), nullable=False),
        sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["case_audits.id"], name=op.f("fk_audit_cases_audit_id_case_audits")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["cohort_entries.id"], name=op.f("fk_audit_cases_entry_id_cohort_entries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_cases")),
        sa.UniqueConstraint("audit_id", "number", name=op.f("uq_audit_cases_audit_id_number")),
        sa.UniqueConstraint("reference", name=op.f("uq_audit_cases_reference")),
    )
    op.create_table(
        "sheet_answers",
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_key", sa.String(length=200), nullable=False),
        sa.Column("is_asked", sa.Boolean(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("rag", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("action_what", sa.Text(), nullable=False),
        sa.Column("action_post", sa.Text(), nullable=False),
        sa.Column("action_due_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["answer_sheets.id"], name=op.f("fk_sheet_answers_sheet_id_answer_sheets")
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"], ["users.id"], name=op.f("fk_sheet_answers_updated_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_answers")),
        sa.UniqueConstraint(
            "sheet_id", "question_key", name=op.f("uq_sheet_answers_sheet_id_question_key")
        ),
    )
    op.create_table(
        "agreed_grades",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("question_key", sa.String(length=200), nullable=False),
        sa.Column("level", sa.String(length=100), nullable=False),
        sa.Column("rag", sa.String(length=20), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreed_by_id"], ["users.id"], name=op.f("fk_agreed_grades_agreed_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["audit_cases.id"], name=op.f("fk_agreed_grades_case_id_audit_cases")
        ),
        sa.PrimaryKeyConstraint("case_id", "question_key", name=op.f("pk_agreed_grades")),
    )
    op.create_table(
        "case_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("auditor_id", sa.Integer(), nullable=True),
        sa.Column("conflict", sa.Text(), nullable=False),
        sa.Column("conflict_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("no_involvement_reason", sa.Text(), nullable=False),
        sa.Column("no_involvement_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_case_files_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(
            ["auditor_id"], ["users.id"], name=op.f("fk_case_files_auditor_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["audit_cases.id"], name=op.f("fk_case_files_case_id_audit_cases")
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["answer_sheets.id"], name=op.f("fk_case_files_sheet_id_answer_sheets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_files")),
        sa.UniqueConstraint("case_id", "agency_id", name=op.f("uq_case_files_case_id_agency_id")),
        sa.UniqueConstraint("sheet_id", name=op.f("uq_case_files_sheet_id")),
    )
    with op.batch_alter_table("case_files") as batch_op:
        batch_op.create_index(batch_op.f("ix_case_files_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_files_auditor_id"), ["auditor_id"], unique=False)

    op.create_table(
        "findings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("theme", sa.String(length=100), nullable=False),
        sa.Column("standard_id", sa.String(length=100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["case_audits.id"], name=op.f("fk_findings_audit_id_case_audits")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["audit_cases.id"], name=op.f("fk_findings_case_id_audit_cases")
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["users.id"], name=op.f("fk_findings_written_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
    )
    with op.batch_alter_table("findings") as batch_op:
        batch_op.create_index(batch_op.f("ix_findings_audit_id"), ["audit_id"], unique=False)

    op.create_table(
        "panel_notes",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("standard_id", sa.String(length=100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["audit_cases.id"], name=op.f("fk_panel_notes_case_id_audit_cases")
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"], ["users.id"], name=op.f("fk_panel_notes_updated_by_id_users")
        ),
        sa.PrimaryKeyConstraint("case_id", "standard_id", name=op.f("pk_panel_notes")),
    )
    op.create_table(
        "case_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["case_files.id"], name=op.f("fk_case_events_file_id_case_files")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_events")),
    )
    with op.batch_alter_table("case_events") as batch_op:
        batch_op.create_index(batch_op.f("ix_case_events_file_id"), ["file_id"], unique=False)

    op.create_table(
        "case_views",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("view_of", sa.String(length=40), nullable=False),
        sa.Column("heard_how", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["case_files.id"], name=op.f("fk_case_views_file_id_case_files")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_views")),
    )
    with op.batch_alter_table("case_views") as batch_op:
        batch_op.create_index(batch_op.f("ix_case_views_file_id"), ["file_id"], unique=False)

    op.create_table(
        "immediate_concerns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("raised_by_id", sa.Integer(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_by_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["users.id"], name=op.f("fk_immediate_concerns_closed_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["case_files.id"], name=op.f("fk_immediate_concerns_file_id_case_files")
        ),
        sa.ForeignKeyConstraint(
            ["raised_by_id"], ["users.id"], name=op.f("fk_immediate_concerns_raised_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["seen_by_id"], ["users.id"], name=op.f("fk_immediate_concerns_seen_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_immediate_concerns")),
    )
    with op.batch_alter_table("immediate_concerns") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_immediate_concerns_file_id"), ["file_id"], unique=False
        )

    op.create_table(
        "recommendations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["case_audits.id"], name=op.f("fk_recommendations_audit_id_case_audits")
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["findings.id"], name=op.f("fk_recommendations_finding_id_findings")
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["users.id"], name=op.f("fk_recommendations_written_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendations")),
    )
    with op.batch_alter_table("recommendations") as batch_op:
        batch_op.create_index(batch_op.f("ix_recommendations_audit_id"), ["audit_id"], unique=False)

    with op.batch_alter_table("actions") as batch_op:
        batch_op.add_column(sa.Column("partnership_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("recommendation_id", sa.Integer(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_actions_partnership_id"), ["partnership_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_actions_recommendation_id"), ["recommendation_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_actions_recommendation_id_recommendations"),
            "recommendations",
            ["recommendation_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_actions_partnership_id_partnerships"),
            "partnerships",
            ["partnership_id"],
            ["id"],
        )


def downgrade() -> None:
    with op.batch_alter_table("actions") as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_actions_partnership_id_partnerships"), type_="foreignkey"
        )
        batch_op.drop_constraint(
            batch_op.f("fk_actions_recommendation_id_recommendations"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_actions_recommendation_id"))
        batch_op.drop_index(batch_op.f("ix_actions_partnership_id"))
        batch_op.drop_column("recommendation_id")
        batch_op.drop_column("partnership_id")

    # Their indexes go with them.
    for table in (
        "recommendations",
        "immediate_concerns",
        "case_views",
        "case_events",
        "panel_notes",
        "findings",
        "case_files",
        "agreed_grades",
        "sheet_answers",
        "audit_cases",
        "sample_sizes",
        "panel_members",
        "cohort_entries",
        "case_deletions",
        "briefings",
        "audit_measures",
        "asked_agencies",
        "answer_sheets",
        "case_audits",
    ):
        op.drop_table(table)
