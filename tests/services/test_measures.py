"""Measures of an audit, and the re-audit that counts them again."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from s11audit.domain.cases import CaseAuditStatus
from s11audit.domain.measures import CountedOf, Direction, Tally
from s11audit.domain.steps import StepNotAllowedError
from s11audit.models import AuditMeasure, CaseAudit
from s11audit.models.database import Database
from s11audit.queries.measures import measures_of, measures_to_repeat
from s11audit.services.agreeing import sign_off
from s11audit.services.measures import NewMeasure, count_measure, delete_measure
from s11audit.services.re_audits import plan_re_audit
from s11audit.services.refusals import RefusedError
from tests.case_audits import MORNING, Audited
from tests.cast import Cast
from tests.panels import ASKED, agree_everything, opened_audit

HEARD_IN_FILES = NewMeasure("Heard", CountedOf.CASE_FILES, "voice.heard", "strong")
HEARD_IN_CASES = NewMeasure("Agreed as heard", CountedOf.CASES, "voice.heard", "strong")
BY_HAND = NewMeasure("Plans with disruption", CountedOf.BY_HAND, by_hand=Tally(3, 25))
SPRING = date(2028, 4, 10)


@pytest.fixture
def audited(database: Database, cast: Cast) -> Audited:
    with database.writing.begin() as session:
        return opened_audit(session, cast)


def audit_of(session: Session, audited: Audited) -> CaseAudit:
    return session.get_one(CaseAudit, audited.audit)


def count(session: Session, audit: CaseAudit, cast: Cast, new: NewMeasure) -> AuditMeasure:
    return count_measure(session, audit, ASKED, new, by=cast["Priya"], now=MORNING)


def result(measure: AuditMeasure) -> Tally:
    return Tally(measure.numerator, measure.denominator)


def test_files_are_counted_without_no_involvement_and_not_applicable(
    session: Session, audited: Audited, cast: Cast
) -> None:
    audit = audit_of(session, audited)
    assert result(count(session, audit, cast, HEARD_IN_FILES)) == Tally(2, 3)
    overall = NewMeasure("Overall", CountedOf.CASE_FILES, "overall.overall", "strong")
    assert result(count(session, audit, cast, overall)) == Tally(1, 2)
    plans = NewMeasure("Plans", CountedOf.CASE_FILES, "plan.had-plan", "yes")
    assert result(count(session, audit, cast, plans)) == Tally(2, 3)


def test_cases_are_counted_by_their_agreed_grade_and_again_at_sign_off(
    session: Session, audited: Audited, cast: Cast
) -> None:
    audit = audit_of(session, audited)
    measure = count(session, audit, cast, HEARD_IN_CASES)
    by_hand = count(session, audit, cast, BY_HAND)
    assert result(measure) == Tally(0, 0)
    agree_everything(session, audited)
    sign_off(session, audit, ASKED, by=audited["Otto"], now=MORNING)
    assert result(measure) == Tally(1, 2)
    assert result(by_hand) == Tally(3, 25)


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewMeasure(" ", CountedOf.CASES, "voice.heard", "strong"), "title"),
        (NewMeasure("x", CountedOf.CASES, "plan.had-plan", "yes"), "counted_of"),
        (NewMeasure("x", CountedOf.CASE_FILES, "voice.heard", "not-applicable"), "answer"),
        (NewMeasure("x", CountedOf.CASE_FILES, "voice.how-often", "1"), "answer"),
        (NewMeasure("x", CountedOf.BY_HAND), "part"),
        (NewMeasure("x", CountedOf.BY_HAND, by_hand=Tally(4, 3)), "part"),
        (NewMeasure("x", CountedOf.BY_HAND, by_hand=Tally(0, 0)), "whole"),
    ],
)
def test_what_cannot_be_counted_is_refused(
    session: Session, audited: Audited, cast: Cast, new: NewMeasure, field: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        count(session, audit_of(session, audited), cast, new)
    assert refused.value.field == field


def test_a_name_is_counted_once(session: Session, audited: Audited, cast: Cast) -> None:
    audit = audit_of(session, audited)
    held = count(session, audit, cast, BY_HAND)
    with pytest.raises(RefusedError):
        count(session, audit, cast, BY_HAND)
    delete_measure(session, audit, held.id, by=cast["Priya"], now=MORNING)
    assert measures_of(session, audit) == []


def test_nothing_is_counted_before_the_panel_opens_or_after_deletion(
    session: Session, audited: Audited, cast: Cast
) -> None:
    audit = audit_of(session, audited)
    audit.emptied_at = MORNING
    with pytest.raises(StepNotAllowedError):
        count(session, audit, cast, HEARD_IN_FILES)
    audit.status = CaseAuditStatus.AGENCY_FILES
    with pytest.raises(StepNotAllowedError):
        count(session, audit, cast, BY_HAND)


def test_only_those_who_run_audits_count(session: Session, audited: Audited, cast: Cast) -> None:
    with pytest.raises(PermissionError):
        count_measure(
            session, audit_of(session, audited), ASKED, BY_HAND, by=cast["Mo"], now=MORNING
        )


def test_the_re_audit_is_planned_with_the_same_questions_and_compares_the_same_measure(
    session: Session, audited: Audited, cast: Cast
) -> None:
    audit, by = audit_of(session, audited), cast["Priya"]
    count(session, audit, cast, BY_HAND)
    count(session, audit, cast, HEARD_IN_FILES)
    with pytest.raises(StepNotAllowedError):
        plan_re_audit(session, audit, SPRING, by=by, now=MORNING)
    audit.status = CaseAuditStatus.REPORTED
    session.flush()
    following = plan_re_audit(session, audit, SPRING, by=by, now=MORNING)
    assert (audit.status, audit.re_audit_on) == (
        CaseAuditStatus.REAUDIT_DUE,
        SPRING.replace(day=1),
    )
    assert (following.reference, following.repeats_id) == ("MA-28-01", audit.id)
    assert (following.title, following.planned_on) == (audit.title, date(2028, 4, 1))
    following.status = CaseAuditStatus.PANEL
    assert [one.title for one in measures_to_repeat(session, following)] == [
        "Heard",
        "Plans with disruption",
    ]
    again = NewMeasure(BY_HAND.title, CountedOf.BY_HAND, by_hand=Tally(14, 24))
    count(session, following, cast, again)
    count(session, following, cast, NewMeasure("Heard", CountedOf.BY_HAND, by_hand=Tally(1, 2)))
    other, same = measures_of(session, following)
    assert other.compared is None, "counted another way, so there is no comparator"
    assert same.compared is not None
    assert same.compared.words == "12% (3/25) → 58% (14/24)"
    assert same.compared.direction is Direction.UP
    assert "Small sample" in same.caution


@pytest.mark.parametrize("day", [None, date(2026, 5, 1)])
def test_a_re_audit_comes_later(
    session: Session, audited: Audited, cast: Cast, day: date | None
) -> None:
    audit = audit_of(session, audited)
    audit.status = CaseAuditStatus.REPORTED
    session.flush()
    with pytest.raises(RefusedError):
        plan_re_audit(session, audit, day, by=cast["Priya"], now=MORNING)
