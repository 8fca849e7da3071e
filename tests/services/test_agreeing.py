"""A panel at work: notes and grades, two people at once, and signing off."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.cases import CaseAuditStatus
from s11audit.domain.steps import StepNotAllowedError
from s11audit.models import AgreedGrade, AuditCase, CaseAudit, Event, PanelNote
from s11audit.models.database import Database
from s11audit.queries.case_grades import grade_table
from s11audit.queries.case_reading import CaseRead, cases_read
from s11audit.services.agreeing import (
    SAY_WHY,
    Discussed,
    TypedGrade,
    TypedNote,
    discuss,
    sign_off,
)
from tests.case_audits import MORNING, Audited
from tests.cast import Cast
from tests.panels import ASKED, agree, agree_everything, opened_audit

VOICE = ASKED.standards[0]
HEARD = ASKED.by_key["voice.heard"]


@pytest.fixture
def audited(database: Database, cast: Cast) -> Audited:
    with database.writing.begin() as session:
        return opened_audit(session, cast)


def first_case(session: Session, audited: Audited) -> AuditCase:
    return session.get_one(AuditCase, audited.cases["C1"])


def say(
    session: Session,
    audited: Audited,
    grade: TypedGrade | None = None,
    note: TypedNote | None = None,
    who: str = "Otto",
) -> Discussed:
    typed = {HEARD.key: grade} if grade else {}
    case = first_case(session, audited)
    return discuss(session, case, VOICE, typed, note, by=audited[who], now=MORNING)


def reading(session: Session, audited: Audited) -> list[CaseRead]:
    return cases_read(session, session.get_one(CaseAudit, audited.audit), ASKED)


def test_a_panel_agrees_a_grade_with_reasons_and_agencies_grades_stay(
    session: Session, audited: Audited
) -> None:
    found = say(session, audited, TypedGrade("uneven", "Heard once"), TypedNote("Talked long"))
    assert (found.saved, found.note_saved, found.has_clash) == ((HEARD.key,), True, False)
    first, _ = reading(session, audited)
    agreed = first.agreed[HEARD.key]
    assert (agreed.level, agreed.rag, agreed.reasons) == ("uneven", "amber", "Heard once")
    assert first.values(HEARD) == ["weak", "strong"]
    assert first.notes[VOICE.id].text == "Talked long"


def test_a_grade_without_reasons_or_of_another_scale_is_not_agreed(
    session: Session, audited: Audited
) -> None:
    assert say(session, audited, TypedGrade("uneven", " ")).faults[HEARD.key].message == SAY_WHY
    assert say(session, audited, TypedGrade("met", "Why")).faults[HEARD.key].part == "level"
    assert say(session, audited, TypedGrade("", "Why")).faults[HEARD.key].part == "level"
    assert session.scalars(select(AgreedGrade)).all() == []


def test_a_panel_may_agree_that_a_question_does_not_apply(
    session: Session, audited: Audited
) -> None:
    assert say(session, audited, TypedGrade("not-applicable", "Too young to talk")).saved
    first, _ = reading(session, audited)
    assert HEARD not in first.lacking(ASKED)


def test_what_somebody_else_wrote_meanwhile_is_not_overwritten(
    session: Session, audited: Audited
) -> None:
    say(session, audited, TypedGrade("uneven", "First"), TypedNote("First note"))
    found = say(session, audited, TypedGrade("weak", "Second"), TypedNote("Second note"))
    assert found.clashes[HEARD.key].reasons == "First"
    assert found.note_clash is not None
    assert found.note_clash.text == "First note"
    assert session.scalars(select(PanelNote.text)).all() == ["First note"]
    seen = TypedGrade("weak", "Second", found.clashes[HEARD.key].version)
    assert say(session, audited, seen).saved == (HEARD.key,)


def test_what_is_the_same_changes_nothing_and_is_no_event(
    session: Session, audited: Audited
) -> None:
    say(session, audited, TypedGrade("uneven", "First"), TypedNote("Note"))
    again = say(session, audited, TypedGrade("uneven", "First"), TypedNote("Note"))
    assert again == Discussed()
    events = session.scalars(select(Event).where(Event.kind == "case-discussed")).all()
    assert [event.detail for event in events] == [{"part": "voice", "questions": ["voice.heard"]}]
    assert events[0].partnership_id is not None
    assert events[0].agency_id is None


@pytest.mark.parametrize("who", ["Juno", "Silas"])
def test_whoever_does_not_agree_grades_on_the_panel_writes_nothing(
    session: Session, audited: Audited, who: str
) -> None:
    with pytest.raises(PermissionError):
        say(session, audited, TypedGrade("uneven", "Why"), who=who)


def test_a_manager_who_is_not_on_the_panel_agrees_nothing(
    session: Session, audited: Audited, cast: Cast
) -> None:
    case, typed = first_case(session, audited), {HEARD.key: TypedGrade("uneven", "Why")}
    with pytest.raises(PermissionError):
        discuss(session, case, VOICE, typed, None, by=cast["Priya"], now=MORNING)


def test_nothing_is_signed_off_while_a_grade_is_missing(session: Session, audited: Audited) -> None:
    agree_everything(session, audited, leave_out="plan.timely")
    audit = session.get_one(CaseAudit, audited.audit)
    with pytest.raises(StepNotAllowedError, match="2 questions still lack an agreed grade"):
        sign_off(session, audit, ASKED, by=audited["Otto"], now=MORNING)


def test_after_sign_off_nothing_of_the_panel_changes(session: Session, audited: Audited) -> None:
    agree_everything(session, audited)
    audit = session.get_one(CaseAudit, audited.audit)
    sign_off(session, audit, ASKED, by=audited["Otto"], now=MORNING)
    assert (audit.status, audit.signed_off_at) == (CaseAuditStatus.AGREED, MORNING)
    with pytest.raises(StepNotAllowedError):
        say(session, audited, TypedGrade("weak", "Too late", 1))
    with pytest.raises(StepNotAllowedError):
        sign_off(session, audit, ASKED, by=audited["Otto"], now=MORNING)


def test_a_question_that_no_agency_graded_needs_no_agreed_grade(
    session: Session, audited: Audited
) -> None:
    _, second = reading(session, audited)
    assert ASKED.by_key["plan.good-plan"] not in second.to_agree(ASKED)


def test_grades_are_counted_for_each_side_without_those_not_involved(
    session: Session, audited: Audited
) -> None:
    agree(session, audited, first_case(session, audited), HEARD.key, "uneven")
    table = grade_table(ASKED, reading(session, audited))
    assert (table.cases, table.files, table.not_involved) == (2, 4, 1)
    (line,) = table.groups[0].lines
    assert (line.given.green, line.given.red, line.given.rated) == (2, 1, 3)
    assert (line.agreed.amber, line.agreed.rated, line.agreed.waiting) == (1, 1, 1)
    assert (line.shifts.kept, line.shifts.raised, line.shifts.lowered) == (0, 1, 1)
    assert (line.differing, line.compared) == (1, 1)
    assert table.total.given.not_applicable == 1


def test_the_furthest_apart_come_first(session: Session, audited: Audited) -> None:
    first, second = reading(session, audited)
    assert [one.key for one in first.differing(ASKED)] == ["voice.heard", "plan.timely"]
    assert second.differing(ASKED) == []
