"""Uploaded questionnaires, attributes of agencies, answers brought forward"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "questionnaire_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("questionnaire_id", sa.String(length=100), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("status_reason", sa.Text(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [f"{name}_by_id"],
                ["users.id"],
                name=op.f(f"fk_questionnaire_versions_{name}_by_id_users"),
            )
            for name in ("uploaded", "proposed", "published")
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"],
            ["partnerships.id"],
            name=op.f("fk_questionnaire_versions_partnership_id_partnerships"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire_versions")),
        sa.UniqueConstraint(
            "questionnaire_id",
            "version",
            name=op.f("uq_questionnaire_versions_questionnaire_id_version"),
        ),
    )
    op.create_index(
        op.f("ix_questionnaire_versions_partnership_id"),
        "questionnaire_versions",
        ["partnership_id"],
    )
    with op.batch_alter_table("agencies") as batch_op:
        batch_op.add_column(sa.Column("attributes", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("answers") as batch_op:
        batch_op.add_column(
            sa.Column("to_confirm", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("agency_returns") as batch_op:
        batch_op.add_column(sa.Column("carried_from_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_agency_returns_carried_from_id_agency_returns"),
            "agency_returns",
            ["carried_from_id"],
            ["id"],
        )


def downgrade() -> None:
    with op.batch_alter_table("agency_returns") as batch_op:
        batch_op.drop_constraint(
            op.f("fk_agency_returns_carried_from_id_agency_returns"), type_="foreignkey"
        )
        batch_op.drop_column("carried_from_id")
    with op.batch_alter_table("answers") as batch_op:
        batch_op.drop_column("to_confirm")
    with op.batch_alter_table("agencies") as batch_op:
        batch_op.drop_column("attributes")
    op.drop_table("questionnaire_versions")
