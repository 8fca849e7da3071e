"""The second wall around joint assessments: what queries that forget to ask would find."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from s11audit.models import AgreedRating, Assessment, Assessor, SheetAnswer
from s11audit.models.database import Database
from s11audit.models.walls import Wall
from tests.assessments import KEYS, agree_all, assessment_in, brought_to_rating, rate
from tests.cast import Cast
from tests.databases import KIND

pytestmark = pytest.mark.skipif(KIND != "postgresql", reason="SQLite has no row security")


def test_nobody_else_reads_an_answer_before_it_is_opened(database: Database, cast: Cast) -> None:
    with database.writing.begin() as session:
        world = brought_to_rating(session, cast)
        rate(session, assessment_in(session, world["Priya"]), world["Ines"], "red")
    for who in ("Iris", "Carl", "Priya", "Sol", "Otto", "Asif", "Olga"):
        with database.within(Wall.around(world[who])).reading() as session:
            assert session.scalars(select(SheetAnswer)).all() == [], who
    with database.within(Wall.around(world["Ines"])).reading() as session:
        assert len(session.scalars(select(SheetAnswer)).all()) == len(KEYS)


def test_an_answer_is_changed_by_nobody_else_either(database: Database, cast: Cast) -> None:
    with database.writing.begin() as session:
        world = brought_to_rating(session, cast)
        rate(session, assessment_in(session, world["Priya"]), world["Ines"], "red")
    with database.within(Wall.around(world["Iris"])).writing.begin() as session:
        changed = session.execute(SheetAnswer.__table__.update().values(value="green"))
        assert changed.rowcount == 0


def test_once_opened_the_partnership_reads_and_another_does_not(
    database: Database, cast: Cast
) -> None:
    with database.writing.begin() as session:
        world = brought_to_rating(session, cast)
        made = assessment_in(session, world["Priya"])
        for name in ("Ines", "Iris", "Carl"):
            rate(session, made, world[name], "amber")
        agree_all(session, cast, made, world["Sol"], "amber")
    tables = (SheetAnswer, Assessment, Assessor, AgreedRating)
    with database.within(Wall.around(world["Iris"])).reading() as session:
        assert all(session.scalars(select(table)).all() for table in tables)
    for who in ("Olga", "Cara"):
        with database.within(Wall.around(world[who])).reading() as session:
            assert not any(session.scalars(select(table)).all() for table in tables), who
