"""An agency's files on cases: auditors, conflicts of interest, no involvement, being done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.answers import Answer
from s11audit.domain.cases import CaseAuditStatus, FileProgress
from s11audit.domain.permissions import Permission, Role
from s11audit.domain.steps import StepNotAllowedError
from s11audit.models import AuditCase, CaseFile, Event, Membership, OutgoingMail, User
from s11audit.models.database import Database
from s11audit.queries.case_files import beside, case_auditors_of, own_file, own_files
from s11audit.queries.people import as_viewer
from s11audit.questionnaires.catalogue import Catalogue
from s11audit.services import case_files, role_ends
from s11audit.services.answer_changes import Change
from s11audit.services.case_files import UnfinishedError
from s11audit.services.refusals import RefusedError
from s11audit.services.sheets import fill_in, open_sheets
from tests.case_audits import MORNING, Audited, audit_with_files
from tests.cast import LONG_AGO, PASSWORD_HASH, Cast
from tests.small import QUESTIONNAIRES

ASKED = Catalogue([QUESTIONNAIRES]).get("small-case", "1")
LINK = "https://audit.example/case-files"
NOT_SEEN = Answer().digest
COMPLETE = {
    "voice.heard": Answer("weak"),
    "plan.had-plan": Answer("no"),
    "plan.timely": Answer("strong"),
    "overall.overall": Answer("uneven"),
}


@pytest.fixture
def audited(database: Database, cast: Cast) -> Audited:
    with database.writing.begin() as session:
        return audit_with_files(session, cast)


@pytest.fixture
def session(database: Database, audited: Audited) -> Iterator[Session]:
    with database.writing() as opened:
        yield opened


def file_of(session: Session, audited: Audited, case: str = "C1", agency: str = "POL") -> CaseFile:
    return session.get_one(CaseFile, audited.files[case, agency])


def another_auditor(session: Session, cast: Cast, agency: str = "POL") -> int:
    user = User(name="Uma", email="uma@example.org", password_hash=PASSWORD_HASH,
                created_at=LONG_AGO)  # fmt: skip
    session.add(user)
    session.flush()
    session.add(Membership(user_id=user.id, role=Role.CASE_AUDITOR, started_at=LONG_AGO,
                           agency_id=cast.agencies[agency]))  # fmt: skip
    session.flush()
    return user.id


def declares_none(session: Session, audited: Audited, file: CaseFile) -> None:
    case_files.declare(session, file, "", by=audited["Silas"], now=MORNING)


def fill(session: Session, audited: Audited, file: CaseFile) -> None:
    respondent = file.agency.respondent([file.case.audit.partnership])
    changes = [Change(key, answer, NOT_SEEN) for key, answer in COMPLETE.items()]
    by = audited["Silas"]
    fill_in(session, file.sheet, ASKED, respondent, changes, by=by, now=MORNING)


def kinds(session: Session) -> list[str]:
    return list(session.scalars(select(Event.kind).order_by(Event.id)))


def test_only_the_lead_and_the_files_own_auditor_find_it(
    session: Session, audited: Audited, cast: Cast
) -> None:
    uma = as_viewer(
        user := session.get_one(User, another_auditor(session, cast)),
        list(session.scalars(select(Membership).where(Membership.user_id == user.id))),
    )
    police = audited.files["C1", "POL"]
    finds = {
        who.name: own_file(session, police, visible_to=who, to=Permission.SEE_CASE_FILES)
        for who in (cast["Asif"], audited["Silas"], uma, cast["Cara"], audited["Nell"],
                    cast["Priya"], audited["Otto"], cast["Olga"])
    }  # fmt: skip
    assert {name for name, found in finds.items() if found} == {"Asif", "Silas"}
    assert own_file(session, police, visible_to=cast["Asif"], to=Permission.AUDIT_CASE) is None
    assert [len(own_files(session, visible_to=who)) for who in (cast["Asif"], uma)] == [2, 0]


def test_a_replaced_auditor_loses_the_file_and_the_new_one_is_told_once(
    session: Session, audited: Audited, cast: Cast
) -> None:
    uma = another_auditor(session, cast)
    files = beside(session, file_of(session, audited))
    declares_none(session, audited, files[0])
    appointed = case_files.appoint(session, files, uma, by=cast["Asif"], now=MORNING, link=LINK)
    again = case_files.appoint(session, files, uma, by=cast["Asif"], now=MORNING, link=LINK)
    assert (appointed, again) == (2, 0)
    assert not own_files(session, visible_to=audited["Silas"])
    assert files[0].conflict_at is None, "Whoever comes new declares for themselves"
    (mail,) = session.scalars(select(OutgoingMail))
    assert (mail.recipient, mail.agency_id) == ("uma@example.org", None)
    assert "MA-26-01" in mail.text
    assert "C1" not in mail.subject + mail.text
    assert kinds(session).count("case-auditor-appointed") == 2


def test_only_case_auditors_of_the_agency_can_be_appointed_and_only_by_its_lead(
    session: Session, audited: Audited, cast: Cast
) -> None:
    file = file_of(session, audited)
    for stranger in (audited["Nell"], cast["Bea"], cast["Asif"]):
        with pytest.raises(RefusedError):
            case_files.appoint(session, [file], stranger.user_id, by=cast["Asif"], now=MORNING)
    for nobody in (cast["Cara"], audited["Silas"], cast["Priya"], cast["Bea"]):
        with pytest.raises(PermissionError):
            case_files.appoint(session, [file], None, by=nobody, now=MORNING)
    session.get_one(User, audited["Silas"].user_id).is_active = False
    session.flush()
    assert not case_auditors_of(session, cast.agencies["POL"])


def test_whoever_declares_a_conflict_cannot_go_on_and_the_lead_is_told(
    session: Session, audited: Audited, cast: Cast
) -> None:
    file, silas = file_of(session, audited), audited["Silas"]
    assert file.state.not_answered_because
    for _ in range(2):  # pressed twice
        case_files.declare(session, file, "My neighbour", by=silas, now=MORNING, link=LINK)
    (mail,) = session.scalars(select(OutgoingMail))
    assert mail.recipient == "asif@example.org"
    assert "neighbour" not in mail.text
    assert file.state.progress is FileProgress.CONFLICT
    with pytest.raises(StepNotAllowedError):
        case_files.check_answerable(file, silas)
    with pytest.raises(RefusedError, match="conflict"):
        case_files.appoint(session, [file], silas.user_id, by=cast["Asif"], now=MORNING)
    assert all("neighbour" not in str(event.detail) for event in session.scalars(select(Event)))


def test_a_conflict_declared_by_mistake_can_be_put_right(
    session: Session, audited: Audited
) -> None:
    file, silas = file_of(session, audited), audited["Silas"]
    case_files.declare(session, file, "My neighbour", by=silas, now=MORNING)
    case_files.declare(session, file, "", by=silas, now=MORNING)
    case_files.check_answerable(file, silas)
    assert kinds(session)[-2:] == ["case-conflict-declared", "case-no-conflict-declared"]


def test_no_involvement_needs_a_reason_and_can_be_taken_back_until_the_panel_opens(
    session: Session, audited: Audited, cast: Cast
) -> None:
    file, asif = file_of(session, audited), cast["Asif"]
    with pytest.raises(RefusedError):
        case_files.state_no_involvement(session, file, " ", by=asif, now=MORNING)
    case_files.state_no_involvement(session, file, "Not on our system", by=asif, now=MORNING)
    assert file.state.progress is FileProgress.NO_INVOLVEMENT
    with pytest.raises(StepNotAllowedError):
        case_files.state_no_involvement(session, file, "Again", by=asif, now=MORNING)
    case_files.withdraw_no_involvement(session, file, by=audited["Silas"], now=MORNING)
    assert (file.state.progress, file.no_involvement_reason) == (FileProgress.NOT_BEGUN, "")
    open_sheets(session, [file.sheet], now=MORNING)
    with pytest.raises(StepNotAllowedError, match="opened"):
        case_files.state_no_involvement(session, file, "Too late", by=asif, now=MORNING)


def test_a_file_is_finished_only_once_nothing_is_missing(
    session: Session, audited: Audited
) -> None:
    file, silas = file_of(session, audited), audited["Silas"]
    declares_none(session, audited, file)
    with pytest.raises(UnfinishedError) as told:
        case_files.finish_file(session, file, ASKED, by=silas, now=MORNING)
    assert told.value.lacking.number == 4
    fill(session, audited, file)
    case_files.finish_file(session, file, ASKED, by=silas, now=MORNING)
    assert file.state.progress is FileProgress.FINISHED
    with pytest.raises(StepNotAllowedError):
        case_files.finish_file(session, file, ASKED, by=silas, now=MORNING)
    case_files.take_up_file(session, file, by=silas, now=MORNING)
    assert file.state.progress is FileProgress.BEGUN


@pytest.mark.parametrize(
    "status", [CaseAuditStatus.CANCELLED, CaseAuditStatus.PANEL, CaseAuditStatus.AGREED]
)
def test_nothing_is_done_on_files_of_an_audit_that_is_not_with_agencies(
    session: Session, audited: Audited, cast: Cast, status: CaseAuditStatus
) -> None:
    file, silas, asif = file_of(session, audited), audited["Silas"], cast["Asif"]
    declares_none(session, audited, file)
    file.case.audit.status = status
    for attempt in (
        lambda: case_files.declare(session, file, "Late", by=silas, now=MORNING),
        lambda: case_files.appoint(session, [file], None, by=asif, now=MORNING),
        lambda: case_files.state_no_involvement(session, file, "Late", by=asif, now=MORNING),
        lambda: case_files.finish_file(session, file, ASKED, by=silas, now=MORNING),
    ):
        with pytest.raises(StepNotAllowedError):
            attempt()


def test_a_case_that_was_set_aside_is_asked_of_nobody(session: Session, audited: Audited) -> None:
    file = file_of(session, audited)
    declares_none(session, audited, file)
    session.get_one(AuditCase, audited.cases["C1"]).set_aside_at = MORNING + timedelta(days=1)
    with pytest.raises(StepNotAllowedError, match="set aside"):
        case_files.check_answerable(file, audited["Silas"])


def test_the_history_says_who_did_what_and_never_how_much(
    session: Session, audited: Audited
) -> None:
    file = file_of(session, audited)
    declares_none(session, audited, file)
    case_files.note_answers(session, file, by=audited["Silas"], now=MORNING)
    for event in session.scalars(select(Event).where(Event.kind.startswith("case-"))):
        assert (event.subject, event.detail) == ("file MA-26-01-C1 of POL", {})
        assert (event.partnership_id, event.agency_id) == (file.case.audit.partnership_id, None)


def test_an_auditor_whose_role_ends_leaves_the_files_that_are_not_opened(
    session: Session, audited: Audited, cast: Cast
) -> None:
    first, second = (file_of(session, audited, case) for case in ("C1", "C2"))
    declares_none(session, audited, first)
    open_sheets(session, [second.sheet], now=MORNING)
    silas = audited["Silas"].user_id
    held = session.scalars(select(Membership).where(Membership.user_id == silas)).one()
    role_ends.end(session, held, by=None, now=MORNING)
    session.expire_all()
    assert (first.auditor_id, first.conflict_at) == (None, None)
    assert second.auditor_id == silas


def test_an_auditor_who_takes_over_the_role_takes_over_the_files_and_declares_anew(
    session: Session, audited: Audited, cast: Cast
) -> None:
    first = file_of(session, audited)
    declares_none(session, audited, first)
    silas = audited["Silas"].user_id
    held = session.scalars(select(Membership).where(Membership.user_id == silas)).one()
    role_ends.hand_on(session, held, cast["Bea"].user_id, by=None, now=MORNING)
    session.expire_all()
    assert (first.auditor_id, first.conflict_at) == (cast["Bea"].user_id, None)
