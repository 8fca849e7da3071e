"""Partnerships that share, roles that end, second factors, invitations, mail, delegations"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

PLACES_OF_A_ROLE = (
    "CASE WHEN partnership_id IS NULL THEN 0 ELSE 1 END + "
    "CASE WHEN trust_id IS NULL THEN 0 ELSE 1 END + "
    "CASE WHEN agency_id IS NULL THEN 0 ELSE 1 END"
    " = CASE WHEN role = 'operator' THEN 0 ELSE 1 END"
)


def upgrade() -> None:
    op.create_table(
        "throttles",
        sa.Column("key_sha256", sa.String(length=64), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key_sha256", name=op.f("pk_throttles")),
    )
    op.create_table(
        "trusts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trusts")),
        sa.UniqueConstraint("reference", name=op.f("uq_trusts_reference")),
    )
    op.create_table(
        "open_identities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=400), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_open_identities_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_identities")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_open_identities_issuer_subject")),
    )
    with op.batch_alter_table("open_identities", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_open_identities_user_id"), ["user_id"], unique=False)

    op.create_table(
        "parked_forms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_parked_forms_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parked_forms")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_parked_forms_token_sha256")),
    )
    with op.batch_alter_table("parked_forms", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parked_forms_user_id"), ["user_id"], unique=False)

    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code_sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
    )
    with op.batch_alter_table("recovery_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_codes_user_id"), ["user_id"], unique=False)

    op.create_table(
        "second_factors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("credential_id", sa.String(length=1400), nullable=True),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_second_factors_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factors")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_second_factors_credential_id")),
    )
    with op.batch_alter_table("second_factors", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_second_factors_user_id"), ["user_id"], unique=False)

    op.create_table(
        "sign_in_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_sign_in_links_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_links")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_sign_in_links_token_sha256")),
    )
    with op.batch_alter_table("sign_in_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_links_user_id"), ["user_id"], unique=False)

    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=True),
        sa.Column("trust_id", sa.Integer(), nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("invited_by_id", sa.Integer(), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by_id", sa.Integer(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hands_over_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["accepted_by_id"], ["users.id"], name=op.f("fk_invitations_accepted_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_invitations_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(
            ["hands_over_id"],
            ["memberships.id"],
            name=op.f("fk_invitations_hands_over_id_memberships"),
        ),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["users.id"], name=op.f("fk_invitations_invited_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"],
            ["partnerships.id"],
            name=op.f("fk_invitations_partnership_id_partnerships"),
        ),
        sa.ForeignKeyConstraint(
            ["trust_id"], ["trusts.id"], name=op.f("fk_invitations_trust_id_trusts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_invitations_token_sha256")),
    )
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitations_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invitations_email"), ["email"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_invitations_hands_over_id"), ["hands_over_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_invitations_partnership_id"), ["partnership_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_invitations_trust_id"), ["trust_id"], unique=False)

    op.create_table(
        "outgoing_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_outgoing_mail_agency_id_agencies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mail")),
    )
    with op.batch_alter_table("outgoing_mail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outgoing_mail_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_outgoing_mail_next_try_at"), ["next_try_at"], unique=False
        )

    op.create_table(
        "round_partnerships",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id"],
            ["partnerships.id"],
            name=op.f("fk_round_partnerships_partnership_id_partnerships"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["audit_rounds.id"],
            name=op.f("fk_round_partnerships_round_id_audit_rounds"),
        ),
        sa.PrimaryKeyConstraint("round_id", "partnership_id", name=op.f("pk_round_partnerships")),
    )
    with op.batch_alter_table("round_partnerships", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_round_partnerships_partnership_id"), ["partnership_id"], unique=False
        )

    op.create_table(
        "takeover_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_takeover_requests_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_takeover_requests_decided_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takeover_requests")),
    )
    with op.batch_alter_table("takeover_requests", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_takeover_requests_agency_id"), ["agency_id"], unique=False
        )

    op.create_table(
        "delegations",
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("standard_id", sa.String(length=100), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["given_by_id"], ["users.id"], name=op.f("fk_delegations_given_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["return_id"],
            ["agency_returns.id"],
            name=op.f("fk_delegations_return_id_agency_returns"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_delegations_user_id_users")
        ),
        sa.PrimaryKeyConstraint("return_id", "user_id", "standard_id", name=op.f("pk_delegations")),
    )
    with op.batch_alter_table("delegations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delegations_user_id"), ["user_id"], unique=False)

    with op.batch_alter_table("agencies", schema=None) as batch_op:
        batch_op.add_column(sa.Column("trust_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_agencies_trust_id"), ["trust_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_agencies_trust_id_trusts"), "trusts", ["trust_id"], ["id"]
        )

    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("address", sa.String(length=45), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("partnership_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("agency_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("round_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_events_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_events_partnership_id"), ["partnership_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_events_round_id"), ["round_id"], unique=False)
        batch_op.drop_index(batch_op.f("ix_events_subject"))
        batch_op.create_index("ix_events_subject", ["subject", "id"], unique=False)
        batch_op.create_index("ix_events_user_id", ["user_id", "id"], unique=False)
        batch_op.create_index("ix_events_kind", ["kind", "id"], unique=False)
        batch_op.create_index("ix_events_happened_at", ["happened_at"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_events_round_id_audit_rounds"), "audit_rounds", ["round_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_events_agency_id_agencies"), "agencies", ["agency_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_events_partnership_id_partnerships"),
            "partnerships",
            ["partnership_id"],
            ["id"],
        )

    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.add_column(sa.Column("trust_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("started_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(
            batch_op.f("uq_memberships_user_id_role_partnership_id_agency_id"), type_="unique"
        )
        batch_op.drop_constraint(batch_op.f("ck_memberships_one_scope"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_memberships_one_scope"), PLACES_OF_A_ROLE)
        batch_op.create_index(batch_op.f("ix_memberships_trust_id"), ["trust_id"], unique=False)
        batch_op.create_index(
            "uq_memberships_agency_id",
            ["user_id", "role", "agency_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(
            "uq_memberships_partnership_id",
            ["user_id", "role", "partnership_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(
            "uq_memberships_trust_id",
            ["user_id", "role", "trust_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_memberships_trust_id_trusts"), "trusts", ["trust_id"], ["id"]
        )

    with op.batch_alter_table("partnerships", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("allows_email_links", sa.Boolean(), server_default=sa.false(), nullable=False)
        )

    with op.batch_alter_table("user_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("two_factors_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("address", sa.String(length=45), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("browser", sa.String(length=200), server_default="", nullable=False)
        )

    op.execute(
        "INSERT INTO round_partnerships (round_id, partnership_id) "
        "SELECT id, partnership_id FROM audit_rounds"
    )
    op.execute(
        "UPDATE memberships SET started_at = "
        "(SELECT created_at FROM users WHERE users.id = memberships.user_id)"
    )


def downgrade() -> None:
    op.execute("DELETE FROM memberships WHERE role = 'operator' OR trust_id IS NOT NULL")
    with op.batch_alter_table("user_sessions", schema=None) as batch_op:
        batch_op.drop_column("browser")
        batch_op.drop_column("address")
        batch_op.drop_column("proved_at")
        batch_op.drop_column("two_factors_at")

    with op.batch_alter_table("partnerships", schema=None) as batch_op:
        batch_op.drop_column("allows_email_links")

    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_memberships_trust_id_trusts"), type_="foreignkey")
        batch_op.drop_index(
            "uq_memberships_trust_id",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(
            "uq_memberships_partnership_id",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(
            "uq_memberships_agency_id",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_memberships_trust_id"))
        batch_op.drop_constraint(batch_op.f("ck_memberships_one_scope"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_memberships_one_scope"),
            "(partnership_id IS NULL) <> (agency_id IS NULL)",
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_memberships_user_id_role_partnership_id_agency_id"),
            ["user_id", "role", "partnership_id", "agency_id"],
        )
        batch_op.drop_column("ended_at")
        batch_op.drop_column("started_at")
        batch_op.drop_column("trust_id")

    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_events_partnership_id_partnerships"), type_="foreignkey"
        )
        batch_op.drop_constraint(batch_op.f("fk_events_agency_id_agencies"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_events_round_id_audit_rounds"), type_="foreignkey")
        batch_op.drop_index("ix_events_happened_at")
        batch_op.drop_index("ix_events_kind")
        batch_op.drop_index("ix_events_user_id")
        batch_op.drop_index("ix_events_subject")
        batch_op.create_index(batch_op.f("ix_events_subject"), ["subject"], unique=False)
        batch_op.drop_index(batch_op.f("ix_events_round_id"))
        batch_op.drop_index(batch_op.f("ix_events_partnership_id"))
        batch_op.drop_index(batch_op.f("ix_events_agency_id"))
        batch_op.drop_column("round_id")
        batch_op.drop_column("agency_id")
        batch_op.drop_column("partnership_id")
        batch_op.drop_column("address")

    with op.batch_alter_table("agencies", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_agencies_trust_id_trusts"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_agencies_trust_id"))
        batch_op.drop_column("trust_id")

    with op.batch_alter_table("delegations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delegations_user_id"))

    op.drop_table("delegations")
    with op.batch_alter_table("takeover_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_takeover_requests_agency_id"))

    op.drop_table("takeover_requests")
    with op.batch_alter_table("round_partnerships", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_round_partnerships_partnership_id"))

    op.drop_table("round_partnerships")
    with op.batch_alter_table("outgoing_mail", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outgoing_mail_next_try_at"))
        batch_op.drop_index(batch_op.f("ix_outgoing_mail_agency_id"))

    op.drop_table("outgoing_mail")
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitations_trust_id"))
        batch_op.drop_index(batch_op.f("ix_invitations_partnership_id"))
        batch_op.drop_index(batch_op.f("ix_invitations_email"))
        batch_op.drop_index(batch_op.f("ix_invitations_agency_id"))

    op.drop_table("invitations")
    with op.batch_alter_table("sign_in_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_links_user_id"))

    op.drop_table("sign_in_links")
    with op.batch_alter_table("second_factors", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_second_factors_user_id"))

    op.drop_table("second_factors")
    with op.batch_alter_table("recovery_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recovery_codes_user_id"))

    op.drop_table("recovery_codes")
    with op.batch_alter_table("parked_forms", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_parked_forms_user_id"))

    op.drop_table("parked_forms")
    with op.batch_alter_table("open_identities", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_open_identities_user_id"))

    op.drop_table("open_identities")
    op.drop_table("trusts")
    op.drop_table("throttles")
