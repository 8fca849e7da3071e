"""The second wall around files on cases: a query that forgets to ask finds nothing of others."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from s11audit.models import (
    AnswerSheet,
    CaseEvent,
    CaseFile,
    CaseView,
    CohortEntry,
    ImmediateConcern,
    SheetAnswer,
)
from s11audit.models.database import Database
from s11audit.models.walls import Wall
from s11audit.services.concerns import raise_concern
from s11audit.services.sheets import open_sheets
from tests.case_audits import MORNING, Audited, audit_with_files
from tests.case_files_to_furnish import answer
from tests.cast import Cast
from tests.models.test_walls import postgresql_only, rows_seen

pytestmark = postgresql_only
WHAT_IT_SAYS = [SheetAnswer, CaseEvent, CaseView]


@pytest.fixture
def audited(database: Database, cast: Cast) -> Audited:
    """The police have answered on the first case, and an auditor of theirs raised a concern."""
    with database.writing.begin() as session:
        audited = audit_with_files(session, cast)
        file = session.get_one(CaseFile, audited.files["C1", "POL"])
        answer(session, file, audited)
        raise_concern(session, file, after=0, by=audited["Silas"], now=MORNING)
    return audited


def seen(database: Database, cast: Cast, audited: Audited, who: str, model: type) -> int:
    viewer = audited.people.get(who) or cast[who]
    return rows_seen(database, Wall.around(viewer), model.__table__)  # type: ignore[attr-defined]


@pytest.mark.parametrize("model", WHAT_IT_SAYS)
def test_what_a_file_says_is_its_agencys_until_it_is_opened(
    database: Database, cast: Cast, audited: Audited, model: type
) -> None:
    assert seen(database, cast, audited, "Silas", model) > 0
    for who in ("Nell", "Cara", "Priya", "Otto", "Mo", "Juno", "Dana", "Olga"):
        assert seen(database, cast, audited, who, model) == 0, who
    with database.writing.begin() as session:
        open_sheets(session, session.scalars(select(AnswerSheet)).all(), now=MORNING)
    assert seen(database, cast, audited, "Otto", model) > 0
    for who in ("Nell", "Cara", "Dana", "Olga"):
        assert seen(database, cast, audited, who, model) == 0, who


def test_agencies_see_their_own_files_and_concerns_and_no_others(
    database: Database, cast: Cast, audited: Audited
) -> None:
    for who, files, concerns in (("Silas", 2, 1), ("Asif", 2, 1), ("Nell", 2, 0), ("Dana", 0, 0),
                                 ("Olga", 0, 0), ("Priya", 4, 1)):  # fmt: skip
        assert seen(database, cast, audited, who, CaseFile) == files, who
        assert seen(database, cast, audited, who, ImmediateConcern) == concerns, who
    for who in ("Dana", "Olga"):
        assert seen(database, cast, audited, who, CohortEntry) == 0, who
