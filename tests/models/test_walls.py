"""The second wall: rows of another partnership stay unseen even by a query that forgets to ask."""

from __future__ import annotations

import pytest
from sqlalchemy import Table, func, select, text
from sqlalchemy.exc import ProgrammingError

from s11audit.domain.permissions import Role
from s11audit.domain.viewers import Viewer
from s11audit.models import Agency, AuditRound, Base, Membership, Partnership, StoredAnswer, User
from s11audit.models.database import Database
from s11audit.models.policies import POLICIES, UNWALLED
from s11audit.models.walls import NOTHING, Wall, without_walls
from tests.cast import Cast
from tests.databases import KIND
from tests.rounds_and_returns import COMPLETE, Opened, submit

TABLES = {table.name: table for table in Base.metadata.sorted_tables}
postgresql_only = pytest.mark.skipif(KIND != "postgresql", reason="SQLite has no row security")


def rows_seen(database: Database, wall: Wall, table: Table) -> int:
    """How many rows a query finds that asks for everything."""
    with database.within(wall).reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_every_table_has_a_wall_or_says_why_not() -> None:
    assert POLICIES.keys() | UNWALLED == TABLES.keys()
    assert not POLICIES.keys() & UNWALLED


def test_a_wall_names_what_its_person_may_touch(cast: Cast) -> None:
    assert Wall.around(cast["Priya"]) == Wall(
        cast["Priya"].user_id, partnerships=frozenset({cast.partnerships["DOWN"]})
    )
    assert Wall.around(cast["Asif"]).agencies == {cast.agencies["POL"]}
    assert Wall.around(Viewer(7, "Nobody")) == Wall(7)


@postgresql_only
def test_every_wall_stands_and_holds_the_tables_owner_too(database: Database) -> None:
    with database.reading() as session:
        forced = session.scalars(
            text("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        ).all()
        may_bypass = session.scalar(
            text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        )
    assert set(forced) == POLICIES.keys()
    assert may_bypass is False, "These tests would prove nothing"


@postgresql_only
@pytest.mark.parametrize("name", sorted(POLICIES))
def test_whoever_is_nobody_sees_no_row(
    database: Database, cast: Cast, submitted: Opened, name: str
) -> None:
    assert rows_seen(database, NOTHING, TABLES[name]) == 0


@postgresql_only
@pytest.mark.parametrize(
    "name",
    ["audit_rounds", "agency_returns", "answers", "scores", "snapshots", "signatures", "actions"],
)
@pytest.mark.parametrize("stranger", ["Olga", "Cara"])
def test_a_query_that_forgets_its_filter_finds_nothing_of_others(
    database: Database, cast: Cast, submitted: Opened, name: str, stranger: str
) -> None:
    """Olga manages another partnership; Cara leads another agency, in the same round."""
    assert rows_seen(database, Wall.around(cast["Priya"]), TABLES[name]) > 0
    assert rows_seen(database, Wall.around(cast["Asif"]), TABLES[name]) > 0
    own = {"audit_rounds": 1, "agency_returns": 1} if stranger == "Cara" else {}
    assert rows_seen(database, Wall.around(cast[stranger]), TABLES[name]) == own.get(name, 0)


@postgresql_only
def test_names_of_another_partnership_stay_behind_its_wall(database: Database, cast: Cast) -> None:
    with database.within(Wall.around(cast["Olga"])).reading() as session:
        assert session.scalars(select(Partnership.reference)).all() == ["FAR"]
        assert session.scalars(select(Agency.reference)).all() == ["FARPOL"]
        assert session.scalars(select(User.name)).all() == ["Olga"]


@postgresql_only
def test_nobody_writes_through_a_wall(database: Database, cast: Cast, submitted: Opened) -> None:
    olga = database.within(Wall.around(cast["Olga"]))
    with olga.writing.begin() as session:
        changed = session.execute(
            StoredAnswer.__table__.update().values(comment="changed by a stranger")
        )
        assert changed.rowcount == 0
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        olga.writing.begin() as session,
    ):
        session.execute(
            AuditRound.__table__.insert().from_select(
                ["partnership_id", "reference", "title", "questionnaire_id",
                 "questionnaire_version", "questionnaire_sha256", "status", "opens_on", "due_on",
                 "closes_on", "guidance", "created_at"],
                select(
                    text(str(cast.partnerships["DOWN"])), text("'X1'"), text("'A round'"),
                    text("'small'"), text("'1'"), text("''"), text("'draft'"),
                    text("CURRENT_DATE"), text("CURRENT_DATE"), text("CURRENT_DATE"), text("''"),
                    text("CURRENT_TIMESTAMP"),
                ),
            )
        )  # fmt: skip


@pytest.fixture
def submitted(database: Database, cast: Cast, opened: Opened) -> Opened:
    with database.writing.begin() as session:
        submit(session, opened, cast, COMPLETE)
    return opened


@postgresql_only
def test_lifting_the_wall_lets_nothing_through_that_waits_to_be_written(
    database: Database, cast: Cast
) -> None:
    strange = next(id_ for name, id_ in cast.partnerships.items() if name != "DOWN")
    with database.within(Wall.around(cast["Priya"])).writing() as session:
        session.add(
            Membership(user_id=cast["Asif"].user_id, role=Role.MANAGER, partnership_id=strange)
        )
        with pytest.raises(ProgrammingError, match="row-level security"), without_walls(session):
            session.flush()


@postgresql_only
def test_the_server_does_not_compile_what_takes_a_millisecond(
    database: Database, cast: Cast
) -> None:
    with database.within(Wall.around(cast["Priya"])).reading() as session:
        assert session.scalar(text("SHOW jit")) == "off"
