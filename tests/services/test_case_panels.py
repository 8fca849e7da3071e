"""Asking agencies for their files, choosing a panel and opening the files to it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.cases import CaseAuditStatus, FileProgress
from s11audit.domain.permissions import Permission
from s11audit.domain.sampling import Entry, Size
from s11audit.domain.steps import StepNotAllowedError
from s11audit.models import CaseAudit, OutgoingMail, User
from s11audit.queries.asked_files import files_of, progress_of, without_lead
from s11audit.queries.case_audits import audit_of
from s11audit.queries.panel_members import members_of, people_for_panel, people_who_chair
from s11audit.questionnaires.catalogue import Catalogue
from s11audit.services.asking_agencies import ask_agencies, ask_more_agencies
from s11audit.services.case_audits import plan_audit, take_audit_step
from s11audit.services.case_panels import choose_panel, open_panel
from s11audit.services.refusals import RefusedError
from s11audit.services.sampling import draw, keep_list
from s11audit.services.sheets import finish
from tests.case_audits import MORNING, bring_on_auditors
from tests.cast import Cast
from tests.services.test_sampling import PLAN
from tests.small import QUESTIONNAIRES

ASKED = Catalogue([QUESTIONNAIRES]).to_ask("small-case", "1")
LINK = "https://audit.example/case-files"
READ_CASES = Permission.READ_CASES


@pytest.fixture
def audit(session: Session, cast: Cast) -> CaseAudit:
    """An audit with two cases drawn."""
    by = {"by": cast["Priya"], "now": MORNING}
    planned = plan_audit(session, cast.partnerships["DOWN"], PLAN, **by)
    take_audit_step(session, planned, "commission", **by)
    keep_list(session, planned, [Entry("L1"), Entry("L2"), Entry("L3")], replace=True, **by)
    draw(session, planned, {"All cases": Size(2, 1)}, "s", expected=2, **by)
    return planned


def ask(session: Session, audit: CaseAudit, cast: Cast, *agencies: str) -> None:
    ids = [cast.agencies[reference] for reference in agencies]
    ask_agencies(session, audit, ids, ASKED, link=LINK, by=cast["Priya"], now=MORNING)


def test_asking_makes_a_file_with_a_sheet_for_each_case_and_agency_and_pins_the_questionnaire(
    session: Session, audit: CaseAudit, cast: Cast
) -> None:
    ask(session, audit, cast, "POL", "HOSP")
    assert audit.status is CaseAuditStatus.AGENCY_FILES
    assert audit.questionnaire_sha256 == ASKED.sha256
    files = files_of(session, audit)
    assert len(files) == 4
    assert {file.sheet.agency_id for file in files} == {
        cast.agencies["POL"],
        cast.agencies["HOSP"],
    }
    progress = progress_of(session, audit)
    assert set(progress.files.values()) == {FileProgress.NO_AUDITOR}


def test_leads_are_told_without_a_word_about_any_case(
    session: Session, audit: CaseAudit, cast: Cast
) -> None:
    ask(session, audit, cast, "POL", "SCH")
    mails = session.scalars(select(OutgoingMail)).all()
    assert {mail.recipient for mail in mails} == {"asif@example.org", "dana@example.org"}
    for mail in mails:
        assert LINK in mail.text
        assert "2 cases, by 1 July 2026" in mail.text
        assert "MA-26-02-C" not in mail.text
        assert "L1" not in mail.text


def test_agencies_of_another_partnership_are_refused(
    session: Session, audit: CaseAudit, cast: Cast
) -> None:
    with pytest.raises(RefusedError, match="this partnership only"):
        ask(session, audit, cast, "POL", "FARPOL")
    with pytest.raises(RefusedError, match="at least one"):
        ask(session, audit, cast)


def test_only_a_questionnaire_for_case_files_is_asked(
    session: Session, audit: CaseAudit, cast: Cast
) -> None:
    other = Catalogue([QUESTIONNAIRES]).get("small", "1")
    with pytest.raises(RefusedError, match="case-file audits"):
        ask_agencies(session, audit, [cast.agencies["POL"]], other, by=cast["Priya"], now=MORNING)


def test_an_agency_that_is_added_later_gets_a_file_for_each_case(
    session: Session, audit: CaseAudit, cast: Cast
) -> None:
    ask(session, audit, cast, "POL")
    by = {"by": cast["Priya"], "now": MORNING}
    ids = [cast.agencies["POL"], cast.agencies["HOSP"]]
    assert [one.reference for one in ask_more_agencies(session, audit, ids, **by)] == ["HOSP"]
    assert len(files_of(session, audit)) == 4
    with pytest.raises(RefusedError):
        ask_more_agencies(session, audit, ids, **by)


def test_agencies_without_a_lead_are_named(session: Session, audit: CaseAudit, cast: Cast) -> None:
    ask(session, audit, cast, "POL", "HOSP")
    agencies = progress_of(session, audit).agencies
    assert not without_lead(session, agencies)
    session.get_one(User, cast["Asif"].user_id).is_active = False
    session.flush()
    assert [one.reference for one in without_lead(session, agencies)] == ["POL"]


def test_a_panel_is_of_people_of_the_partnership_and_the_chair_is_always_on_it(
    session: Session, audit: CaseAudit, cast: Cast
) -> None:
    people = bring_on_auditors(session, cast)
    by = {"by": cast["Priya"], "now": MORNING}
    assert [one.name for one in people_for_panel(session, audit.partnership_id)] == [
        "Juno",
        "Mo",
        "Otto",
        "Priya",
    ]
    assert "Juno" not in [one.name for one in people_who_chair(session, audit.partnership_id)]
    audit.chair_id = people["Otto"].user_id
    choose_panel(session, audit, [people["Juno"].user_id], **by)
    assert [one.name for one in members_of(session, audit)] == ["Juno", "Otto"]
    choose_panel(session, audit, [cast["Mo"].user_id], **by)
    assert [one.name for one in members_of(session, audit)] == ["Mo", "Otto"]
    with pytest.raises(RefusedError, match="from the list"):
        choose_panel(session, audit, [cast["Asif"].user_id], **by)


def test_a_panel_opens_with_unfinished_files_only_for_a_reason(
    session: Session, audit: CaseAudit, cast: Cast
) -> None:
    ask(session, audit, cast, "POL", "HOSP")
    by = {"by": cast["Priya"], "now": MORNING}
    first, second, *others = files_of(session, audit)
    finish(session, first.sheet, now=MORNING)
    second.no_involvement_at = MORNING
    session.flush()
    with pytest.raises(RefusedError, match="sits on the panel"):
        open_panel(session, audit, "Now", **by)
    choose_panel(session, audit, [cast["Mo"].user_id], **by)
    with pytest.raises(RefusedError, match="Say why"):
        open_panel(session, audit, **by)
    assert audit.status is CaseAuditStatus.AGENCY_FILES
    progress = progress_of(session, audit)
    assert (progress.finished, progress.total, progress.without) == (1, 3, 1)
    open_panel(session, audit, "The hospital has no auditor", **by)
    assert audit.status is CaseAuditStatus.PANEL
    assert audit.status_reason == "The hospital has no auditor"
    assert all(file.sheet.opened_at == MORNING for file in (first, second, *others))
    with pytest.raises(StepNotAllowedError):
        open_panel(session, audit, "Again", **by)


def told_of_the_panel(session: Session) -> dict[str, str]:
    """Recipient → text of the mail that a panel is open."""
    kind = OutgoingMail.kind == "case-panel-opened"
    mails = session.scalars(select(OutgoingMail).where(kind)).all()
    found = {mail.recipient: f"{mail.subject}\n{mail.text}" for mail in mails}
    assert len(found) == len(mails), "nobody is told twice"
    return found


def test_the_panel_and_its_chair_are_told_once_that_it_is_open_and_nothing_of_any_case(
    session: Session, audit: CaseAudit, cast: Cast
) -> None:
    people = bring_on_auditors(session, cast)
    ask(session, audit, cast, "POL")
    by = {"by": cast["Priya"], "now": MORNING, "link": LINK}
    choose_panel(session, audit, [cast["Mo"].user_id], **by)
    assert told_of_the_panel(session) == {}, "nothing is open yet"
    audit.chair_id, audit.panel_on = people["Otto"].user_id, date(2026, 7, 20)
    assert open_panel(session, audit, "Secret reason", **by) == 2
    with pytest.raises(StepNotAllowedError):
        open_panel(session, audit, "Pressed twice", **by)
    told = told_of_the_panel(session)
    assert told.keys() == {"mo@example.org", "otto@example.org"}
    for text in told.values():
        assert all(one in text for one in ("MA-26-02", "20 July 2026", LINK))
        assert not [one for one in ("MA-26-02-C", "L1", "Infants", "Secret") if one in text]
    found = audit_of(session, audit.reference, visible_to=people["Otto"], to=READ_CASES)
    assert found is audit, "the chair reads the cases, although named after the panel"


def test_whoever_joins_an_open_panel_is_told_and_nobody_else_again(
    session: Session, audit: CaseAudit, cast: Cast
) -> None:
    people = bring_on_auditors(session, cast)
    ask(session, audit, cast, "POL")
    by = {"by": cast["Priya"], "now": MORNING, "link": LINK}
    choose_panel(session, audit, [cast["Mo"].user_id], **by)
    open_panel(session, audit, "Now", **by)
    choose_panel(session, audit, [cast["Mo"].user_id, people["Juno"].user_id], **by)
    assert told_of_the_panel(session).keys() == {"mo@example.org", "juno@example.org"}


def test_no_mail_is_kept_where_none_leaves(session: Session, audit: CaseAudit, cast: Cast) -> None:
    ask(session, audit, cast, "POL")
    by = {"by": cast["Priya"], "now": MORNING}
    choose_panel(session, audit, [cast["Mo"].user_id], **by)
    assert open_panel(session, audit, "Now", **by) == 0
    assert told_of_the_panel(session) == {}


def test_agencies_are_asked_only_by_a_date(session: Session, audit: CaseAudit, cast: Cast) -> None:
    audit.files_due_on = None
    session.flush()
    with pytest.raises(RefusedError, match="by when"):
        ask(session, audit, cast, "POL")
    audit.files_due_on = date(2026, 7, 1)
    ask(session, audit, cast, "POL")
