"""An installation that holds something comes up to date without losing it."""

from __future__ import annotations

from alembic import command
from sqlalchemy import text

from s11audit.models.database import Database
from s11audit.models.migrating import alembic_config, is_current, migrate
from s11audit.models.walls import EVERYTHING, take_down_walls

BEFORE_SHARING = "0003"
HELD = (
    "INSERT INTO partnerships (id, reference, name) VALUES (1, 'DOWN', 'Downshire')",
    "INSERT INTO agencies (id, reference, name, agency_type) VALUES (1, 'POL', 'Police', 'police')",
    "INSERT INTO agency_partnerships (agency_id, partnership_id) VALUES (1, 1)",
    "INSERT INTO users (id, name, email, password_hash, is_active, created_at)"
    " VALUES (1, 'Asif', 'asif@example.org', 'x', true, '2026-01-05 09:00:00')",
    "INSERT INTO memberships (id, user_id, role, agency_id) VALUES (1, 1, 'agency-lead', 1)",
    "INSERT INTO audit_rounds (id, partnership_id, reference, title, questionnaire_id,"
    " questionnaire_version, questionnaire_sha256, status, opens_on, due_on, closes_on, guidance,"
    " created_at) VALUES (1, 1, 'R1', 'A round', 'small', '1', '', 'open', '2026-10-01',"
    " '2026-12-18', '2027-01-15', '', '2026-01-05 09:00:00')",
    "INSERT INTO agency_returns (id, round_id, agency_id, reference, status, due_on,"
    " extension_reason, status_reason, version)"
    " VALUES (1, 1, 1, 'R1-POL', 'submitted', '2026-12-18', '', '', 1)",
)


def go_back(database: Database, revision: str) -> None:
    own = database.engine.execution_options(wall=EVERYTHING, rebuilds_tables=True)
    with own.connect() as connection:
        connection.detach()
        with connection.begin():
            take_down_walls(connection)
            command.downgrade(alembic_config(connection), revision)


def test_what_was_held_before_partnerships_shared_is_kept(database: Database) -> None:
    go_back(database, BEFORE_SHARING)
    assert not is_current(database.engine)
    with database.writing.begin() as session:
        for statement in HELD:
            session.execute(text(statement))

    migrate(database.engine)

    assert is_current(database.engine)
    with database.reading() as session:
        assert session.execute(text("SELECT * FROM round_partnerships")).all() == [(1, 1)]
        kept = text(
            "SELECT a.reference, m.role, m.started_at IS NOT NULL, m.ended_at IS NULL, r.status"
            " FROM agencies a JOIN memberships m ON m.agency_id = a.id"
            " JOIN agency_returns r ON r.agency_id = a.id"
        )
        assert session.execute(kept).all() == [("POL", "agency-lead", True, True, "submitted")]


def test_foreign_keys_are_minded_again_after_a_migration(database: Database) -> None:
    migrate(database.engine)
    if database.engine.dialect.name == "sqlite":
        with database.reading() as session:
            assert session.scalar(text("PRAGMA foreign_keys")) == 1
