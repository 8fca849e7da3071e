"""Chronology and views of a file: what is kept, what conflicts, and who reads it when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy.orm import Session

from s11audit.domain.cases import CaseAuditStatus, ViewOf
from s11audit.domain.steps import StepNotAllowedError
from s11audit.models import CaseFile
from s11audit.models.database import Database
from s11audit.queries.case_files import chronology_of_file, views_on_file
from s11audit.queries.case_material import KeyEvent, opened_chronology, opened_views
from s11audit.services import case_files
from s11audit.services.case_material import (
    ChangedEntryError,
    KeyEventText,
    ViewText,
    add_entry,
    change_entry,
    delete_entry,
    digest,
)
from s11audit.services.refusals import RefusedError
from s11audit.services.sheets import finish, open_sheets
from tests.case_audits import AUDITORS, MORNING, Audited, audit_with_files
from tests.cast import Cast

BORN = KeyEventText(date(2025, 11, 1), "A baby was born")
SEEN = KeyEventText(date(2026, 1, 1), "Seen at home")
HEARD = ViewText(ViewOf.FAMILY, "At home", "They came when they said")


@pytest.fixture
def audited(database: Database, cast: Cast) -> Audited:
    with database.writing.begin() as session:
        return audit_with_files(session, cast)


@pytest.fixture
def session(database: Database, audited: Audited) -> Iterator[Session]:
    with database.writing() as opened:
        yield opened


def file_of(session: Session, audited: Audited, agency: str = "POL") -> CaseFile:
    file = session.get_one(CaseFile, audited.files["C1", agency])
    by = audited[AUDITORS[agency]]
    case_files.declare(session, file, "", by=by, now=MORNING)
    return file


def add(session: Session, audited: Audited, file: CaseFile, *texts: KeyEventText | ViewText) -> int:
    by = audited[AUDITORS[file.agency.reference]]
    return sum(add_entry(session, file, one, by=by, now=MORNING) for one in texts)


def test_events_stand_by_month_and_one_sent_twice_is_one(
    session: Session, audited: Audited
) -> None:
    file = file_of(session, audited)
    assert add(session, audited, file, SEEN, BORN, SEEN, HEARD, HEARD) == 3
    assert [one.what for one in chronology_of_file(session, file.id)] == [BORN.what, SEEN.what]
    assert [one.said for one in views_on_file(session, file.id)] == [HEARD.said]
    assert file.state.begun


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (KeyEventText(date(2026, 6, 1), "To come"), "month"),
        (KeyEventText(date(2026, 5, 1), " "), "what"),
        (ViewText(ViewOf.CHILD, "Played", ""), "said"),
    ],
)
def test_a_month_to_come_and_empty_words_are_refused(
    session: Session, audited: Audited, typed: KeyEventText | ViewText, field: str
) -> None:
    with pytest.raises(RefusedError) as told:
        add(session, audited, file_of(session, audited), typed)
    assert told.value.field == field


def test_what_another_tab_changed_is_not_overwritten(session: Session, audited: Audited) -> None:
    file, silas = file_of(session, audited), audited["Silas"]
    add(session, audited, file, BORN)
    (entry,) = chronology_of_file(session, file.id)
    seen, told = digest(entry), {"by": silas, "now": MORNING}
    assert change_entry(session, file, entry.id, SEEN, seen=seen, **told)
    assert not change_entry(session, file, entry.id, SEEN, seen=seen, **told), "pressed twice"
    other = KeyEventText(BORN.month, "Something else")
    with pytest.raises(ChangedEntryError) as found:
        change_entry(session, file, entry.id, other, seen=seen, **told)
    assert found.value.entry is entry
    with pytest.raises(ChangedEntryError):
        delete_entry(session, file, entry, seen=seen, **told)
    delete_entry(session, file, entry, seen=digest(entry), **told)
    with pytest.raises(ChangedEntryError):
        change_entry(session, file, entry.id, other, seen=seen, **told)


def test_an_entry_of_another_file_cannot_be_changed_through_ones_own(
    session: Session, audited: Audited
) -> None:
    mine, theirs = file_of(session, audited), file_of(session, audited, "HOSP")
    add(session, audited, theirs, BORN)
    (entry,) = chronology_of_file(session, theirs.id)
    with pytest.raises(ChangedEntryError) as told:
        change_entry(
            session, mine, entry.id, SEEN, seen=digest(entry), by=audited["Silas"], now=MORNING
        )
    assert told.value.entry is None


def test_a_finished_or_opened_file_takes_none(session: Session, audited: Audited) -> None:
    file = file_of(session, audited)
    finish(session, file.sheet, now=MORNING)
    with pytest.raises(StepNotAllowedError):
        add(session, audited, file, BORN)
    open_sheets(session, [file.sheet], now=MORNING)
    with pytest.raises(StepNotAllowedError):
        add(session, audited, file, BORN)


def test_the_panel_reads_them_merged_once_opened_and_not_of_the_uninvolved(
    session: Session, audited: Audited, cast: Cast
) -> None:
    police, hospital = file_of(session, audited), file_of(session, audited, "HOSP")
    add(session, audited, police, SEEN, HEARD)
    add(session, audited, hospital, BORN, SEEN)
    case, otto = audited.cases["C1"], audited["Otto"]
    assert opened_chronology(session, case, visible_to=otto) == []
    open_sheets(session, [police.sheet, hospital.sheet], now=MORNING)
    police.case.audit.status = CaseAuditStatus.PANEL
    session.flush()
    assert opened_chronology(session, case, visible_to=otto) == [
        KeyEvent(BORN.month, "Downshire Hospitals NHS Trust", BORN.what),
        KeyEvent(SEEN.month, "Downshire Hospitals NHS Trust", SEEN.what),
        KeyEvent(SEEN.month, "Downshire Police", SEEN.what),
    ]
    for stranger in (cast["Priya"], cast["Asif"], cast["Olga"], audited["Silas"]):
        assert opened_chronology(session, case, visible_to=stranger) == []
    assert [one.said for one in opened_views(session, case, visible_to=otto)] == [HEARD.said]
    police.no_involvement_at = MORNING
    session.flush()
    assert opened_views(session, case, visible_to=otto) == []
