"""Surveys of practitioners: links, answers that name nobody, what was done about them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "surveys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("questionnaire_id", sa.String(length=100), nullable=False),
        sa.Column("questionnaire_version", sa.String(length=40), nullable=False),
        sa.Column("questionnaire_sha256", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("audit_round_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["audit_round_id"],
            ["audit_rounds.id"],
            name=op.f("fk_surveys_audit_round_id_audit_rounds"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"],
            ["partnerships.id"],
            name=op.f("fk_surveys_partnership_id_partnerships"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surveys")),
        sa.UniqueConstraint("reference", name=op.f("uq_surveys_reference")),
    )
    with op.batch_alter_table("surveys") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_surveys_audit_round_id"), ["audit_round_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_surveys_partnership_id"), ["partnership_id"], unique=False
        )

    op.create_table(
        "survey_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("agency_type", sa.String(length=40), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("token_sealed", sa.Text(), nullable=False),
        sa.Column("staff", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_survey_links_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"],
            ["partnerships.id"],
            name=op.f("fk_survey_links_partnership_id_partnerships"),
        ),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["surveys.id"], name=op.f("fk_survey_links_survey_id_surveys")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_links")),
        sa.UniqueConstraint(
            "survey_id", "agency_id", name=op.f("uq_survey_links_survey_id_agency_id")
        ),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_survey_links_token_sha256")),
    )
    with op.batch_alter_table("survey_links") as batch_op:
        batch_op.create_index(batch_op.f("ix_survey_links_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_survey_links_partnership_id"), ["partnership_id"], unique=False
        )

    op.create_table(
        "survey_replies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["link_id"], ["survey_links.id"], name=op.f("fk_survey_replies_link_id_survey_links")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_replies")),
    )
    with op.batch_alter_table("survey_replies") as batch_op:
        batch_op.create_index(batch_op.f("ix_survey_replies_link_id"), ["link_id"], unique=False)

    op.create_table(
        "survey_responses",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["link_id"], ["survey_links.id"], name=op.f("fk_survey_responses_link_id_survey_links")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_responses")),
    )
    with op.batch_alter_table("survey_responses") as batch_op:
        batch_op.create_index(batch_op.f("ix_survey_responses_link_id"), ["link_id"], unique=False)

    op.create_table(
        "survey_answers",
        sa.Column("response_id", sa.String(length=32), nullable=False),
        sa.Column("question_key", sa.String(length=200), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["response_id"],
            ["survey_responses.id"],
            name=op.f("fk_survey_answers_response_id_survey_responses"),
        ),
        sa.PrimaryKeyConstraint("response_id", "question_key", name=op.f("pk_survey_answers")),
    )


def downgrade() -> None:
    op.drop_table("survey_answers")
    with op.batch_alter_table("survey_responses") as batch_op:
        batch_op.drop_index(batch_op.f("ix_survey_responses_link_id"))

    op.drop_table("survey_responses")
    with op.batch_alter_table("survey_replies") as batch_op:
        batch_op.drop_index(batch_op.f("ix_survey_replies_link_id"))

    op.drop_table("survey_replies")
    with op.batch_alter_table("survey_links") as batch_op:
        batch_op.drop_index(batch_op.f("ix_survey_links_partnership_id"))
        batch_op.drop_index(batch_op.f("ix_survey_links_agency_id"))

    op.drop_table("survey_links")
    with op.batch_alter_table("surveys") as batch_op:
        batch_op.drop_index(batch_op.f("ix_surveys_partnership_id"))
        batch_op.drop_index(batch_op.f("ix_surveys_audit_round_id"))

    op.drop_table("surveys")
