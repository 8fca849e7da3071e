"""What a panel found and recommends, and what agencies are asked to do about it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.actions import ActionSource, ActionStatus
from s11audit.domain.cases import CaseAuditStatus, FindingKind
from s11audit.domain.permissions import Permission
from s11audit.domain.steps import StepNotAllowedError
from s11audit.models import Action, CaseAudit, Event, Finding, OutgoingMail, Recommendation
from s11audit.models.database import Database
from s11audit.models.people import agency_partnerships
from s11audit.queries.actions import ActionFilter, action_in_full, actions_page, reaches
from s11audit.queries.findings import findings_of, findings_of_whole, recommendations_of
from s11audit.services.actions import take_action_step
from s11audit.services.findings import (
    ChangedMeanwhileError,
    NewFinding,
    NewRecommendation,
    change_finding,
    change_recommendation,
    delete_finding,
    delete_recommendation,
    recommend,
    write_finding,
)
from s11audit.services.recommended_actions import ask_for_action
from s11audit.services.refusals import RefusedError
from s11audit.services.return_mail import Links
from tests.case_audits import MORNING, Audited
from tests.cast import Cast
from tests.panels import ASKED, opened_audit

LEARNING = NewFinding(FindingKind.LEARNING, "Fathers were not asked", standard_id="voice")
DUE = date(2026, 9, 30)


@pytest.fixture
def audited(database: Database, cast: Cast) -> Audited:
    with database.writing.begin() as session:
        return opened_audit(session, cast)


def audit_of(session: Session, audited: Audited) -> CaseAudit:
    return session.get_one(CaseAudit, audited.audit)


def found(session: Session, audited: Audited, new: NewFinding = LEARNING) -> Finding:
    audit = audit_of(session, audited)
    return write_finding(session, audit, ASKED, new, by=audited["Otto"], now=MORNING)


def recommended(
    session: Session, audited: Audited, finding_id: int | None = None
) -> Recommendation:
    new = NewRecommendation("Ask after fathers", finding_id)
    return recommend(session, audit_of(session, audited), new, by=audited["Otto"], now=MORNING)


def asked(session: Session, audited: Audited, cast: Cast, agency: str = "POL") -> Action:
    return ask_for_action(
        session, recommended(session, audited), agency, "Change the form", "Head of forms", DUE,
        by=cast["Priya"], now=MORNING,
    )  # fmt: skip


def test_findings_are_about_the_whole_audit_or_about_one_case(
    session: Session, audited: Audited
) -> None:
    found(session, audited)
    found(session, audited, NewFinding(FindingKind.GOOD_PRACTICE, "A drawing", "MA-26-01-C1"))
    audit = audit_of(session, audited)
    assert [(one.kind, one.case) for one in findings_of(session, audit)] == [
        ("Good practice", "MA-26-01-C1"),
        ("Learning", ""),
    ]
    assert [one.theme(ASKED) for one in findings_of_whole(session, audit)] == ["Voice of the child"]


def test_the_same_finding_sent_twice_is_one(session: Session, audited: Audited) -> None:
    assert found(session, audited).id == found(session, audited).id
    assert recommended(session, audited).id == recommended(session, audited).id


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewFinding(FindingKind.LEARNING, " "), "text"),
        (NewFinding(FindingKind.LEARNING, "x", case="MA-26-02-C1"), "case"),
        (NewFinding(FindingKind.LEARNING, "x", standard_id="nothing"), "standard_id"),
        (NewFinding(FindingKind.LEARNING, "x", theme="y" * 101), "theme"),
    ],
)
def test_a_finding_is_refused_about_what_is_not_of_the_audit(
    session: Session, audited: Audited, new: NewFinding, field: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        found(session, audited, new)
    assert refused.value.field == field


def test_a_change_to_an_old_version_is_not_kept(session: Session, audited: Audited) -> None:
    audit, by = audit_of(session, audited), audited["Otto"]
    finding, recommendation = found(session, audited), recommended(session, audited)
    newer = NewFinding(FindingKind.LEARNING, "Newer")
    change_finding(session, audit, ASKED, finding, newer, version=1, by=by, now=MORNING)
    with pytest.raises(ChangedMeanwhileError):
        change_finding(session, audit, ASKED, finding, LEARNING, version=1, by=by, now=MORNING)
    assert finding.text == "Newer"
    text = NewRecommendation("Newer")
    change_recommendation(session, recommendation, text, version=1, by=by, now=MORNING)
    with pytest.raises(ChangedMeanwhileError):
        change_recommendation(session, recommendation, text, version=1, by=by, now=MORNING)


def test_what_something_rests_on_is_not_deleted(
    session: Session, audited: Audited, cast: Cast
) -> None:
    audit, by = audit_of(session, audited), audited["Otto"]
    finding = found(session, audited)
    recommendation = recommended(session, audited, finding.id)
    with pytest.raises(RefusedError):
        delete_finding(session, audit, finding, by=by, now=MORNING)
    action = ask_for_action(
        session, recommendation, "POL", "Do", "Head", DUE, by=cast["Priya"], now=MORNING
    )
    with pytest.raises(RefusedError):
        delete_recommendation(session, recommendation, by=by, now=MORNING)
    session.delete(action)
    delete_recommendation(session, recommendation, by=by, now=MORNING)
    delete_finding(session, audit, finding, by=by, now=MORNING)
    assert session.scalars(select(Finding)).all() == []


def test_nothing_is_found_or_recommended_once_the_audit_is_reported(
    session: Session, audited: Audited
) -> None:
    audit_of(session, audited).status = CaseAuditStatus.REPORTED
    session.flush()
    with pytest.raises(StepNotAllowedError):
        found(session, audited)
    with pytest.raises(StepNotAllowedError):
        recommended(session, audited)


@pytest.mark.parametrize("who", ["Juno", "Silas"])
def test_whoever_does_not_agree_grades_finds_nothing(
    session: Session, audited: Audited, who: str
) -> None:
    with pytest.raises(PermissionError):
        write_finding(session, audit_of(session, audited), ASKED, LEARNING,
                      by=audited[who], now=MORNING)  # fmt: skip


def test_an_agency_gets_an_action_and_takes_it_to_its_end(
    session: Session, audited: Audited, cast: Cast
) -> None:
    action = asked(session, audited, cast)
    assert (action.reference, action.source) == ("MA-26-01-A1", ActionSource.RECOMMENDATION)
    assert asked(session, audited, cast).id == action.id
    step, lead = take_action_step, cast["Asif"]
    step(session, action, "claim-complete", "It changed", by=lead, now=MORNING, version=1)
    step(session, action, "verify", "Seen", by=cast["Mo"], now=MORNING, version=2)
    assert action.status is ActionStatus.VERIFIED
    (read,) = recommendations_of(session, audit_of(session, audited))
    assert read.actions == (action,)


def test_its_agency_and_the_partnership_that_asked_see_an_action_and_nobody_else(
    session: Session, audited: Audited, cast: Cast
) -> None:
    """The police belong to Farshire too, which did not ask."""
    far = cast.partnerships["FAR"]
    police = cast.agencies["POL"]
    session.execute(agency_partnerships.insert().values(agency_id=police, partnership_id=far))
    action = asked(session, audited, cast)
    for name, sees in {"Asif": True, "Ines": True, "Priya": True, "Mo": True, "Bea": False,
                       "Cara": False, "Dana": False, "Olga": False}.items():  # fmt: skip
        page = actions_page(session, ActionFilter(), DUE, visible_to=cast[name])
        assert bool(page.actions) is sees, name
        inside = action_in_full(session, action.reference, visible_to=cast[name])
        assert (inside is not None) is sees, name
        assert reaches(session, action, Permission.SEE_ACTIONS, visible_to=cast[name]) is sees
    wanted = ActionFilter(source=ActionSource.ANSWER)
    assert not actions_page(session, wanted, DUE, visible_to=cast["Asif"]).actions


def test_the_history_of_a_recommended_action_is_the_partnerships_that_asked(
    session: Session, audited: Audited, cast: Cast
) -> None:
    asked(session, audited, cast)
    event = session.scalars(select(Event).where(Event.kind == "action-asked-for")).one()
    assert (event.partnership_id, event.agency_id) == (cast.partnerships["DOWN"], None)
    assert event.detail == {"agency": "POL", "due": "2026-09-30"}


@pytest.mark.parametrize(
    ("agency", "what", "post", "due", "field"),
    [
        ("FARPOL", "Do", "Head", DUE, "agency"),
        ("POL", " ", "Head", DUE, "what"),
        ("POL", "Do", "", DUE, "post"),
        ("POL", "Do", "Head", None, "due_on"),
    ],
)
def test_an_action_lacks_nothing_and_is_of_an_agency_of_the_partnership(
    session: Session, audited: Audited, cast: Cast, agency: str, what: str, post: str,
    due: date | None, field: str,
) -> None:  # fmt: skip
    recommendation = recommended(session, audited)
    with pytest.raises(RefusedError) as refused:
        ask_for_action(
            session, recommendation, agency, what, post, due, by=cast["Priya"], now=MORNING
        )
    assert refused.value.field == field


def test_only_those_who_run_audits_ask_for_actions(
    session: Session, audited: Audited, cast: Cast
) -> None:
    recommendation = recommended(session, audited)
    with pytest.raises(PermissionError):
        ask_for_action(
            session, recommendation, "POL", "Do", "Head", DUE, by=cast["Mo"], now=MORNING
        )


def test_the_agencys_leads_are_told_of_an_action_once_and_not_what_it_is(
    session: Session, audited: Audited, cast: Cast
) -> None:
    """Asif leads the police; who only helps there, or leads elsewhere, is not written to."""
    recommendation = recommended(session, audited)
    for _ in range(2):  # pressed twice
        ask_for_action(
            session, recommendation, "POL", "Change the form", "Head of forms", DUE,
            by=cast["Priya"], now=MORNING, address=Links("https://audit.example").to_action,
        )  # fmt: skip
    (mail,) = session.scalars(select(OutgoingMail)).all()
    assert (mail.kind, mail.recipient) == ("action-asked-for", "asif@example.org")
    assert mail.subject == "MA-26-01-A1: an action is asked of Downshire Police"
    assert "https://audit.example/actions/MA-26-01-A1" in mail.text
    assert "30 September 2026" in mail.text
    for typed in ("Change the form", "Head of forms", recommendation.text, "-C1"):
        assert typed not in mail.subject + mail.text


def test_nobody_is_written_to_where_no_mail_leaves(
    session: Session, audited: Audited, cast: Cast
) -> None:
    asked(session, audited, cast)
    assert session.scalars(select(OutgoingMail)).all() == []
