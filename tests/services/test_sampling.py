"""Storing a list, drawing cases from it, and reserves that take a case's place."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.cases import AuditKind, CaseAuditStatus, Drawn
from s11audit.domain.sampling import Entry, Size
from s11audit.domain.steps import StepNotAllowedError
from s11audit.models import AuditCase, CaseAudit, CaseFile, CohortEntry, Event
from s11audit.queries.case_sampling import cases_of, cohort_of, sizes_of
from s11audit.questionnaires.catalogue import Catalogue
from s11audit.services.asking_agencies import ask_agencies
from s11audit.services.case_audits import AuditPlan, plan_audit, take_audit_step
from s11audit.services.refusals import RefusedError
from s11audit.services.sampling import draw, keep_list, set_aside
from tests.case_audits import MORNING
from tests.cast import Cast
from tests.small import QUESTIONNAIRES

PLAN = AuditPlan(
    reference="MA-26-02",
    title="Infants",
    kind=AuditKind.THEMATIC,
    questionnaire_id="small-case",
    questionnaire_version="1",
    planned_on=date(2026, 6, 1),
    cases_wanted=3,
    files_due_on=date(2026, 7, 1),
)
LIST = [Entry(f"L{number:02}", "0 to 4" if number % 2 else "5 to 9") for number in range(1, 11)]
SIZES = {"0 to 4": Size(2, 1), "5 to 9": Size(1, 1)}
BY_AGE = {"age-band"}


@pytest.fixture
def audit(session: Session, cast: Cast) -> CaseAudit:
    """A commissioned audit with a list."""
    by = {"by": cast["Priya"], "now": MORNING}
    planned = plan_audit(session, cast.partnerships["DOWN"], PLAN, **by)
    take_audit_step(session, planned, "commission", **by)
    keep_list(session, planned, LIST, replace=True, **by)
    return planned


def drawn(session: Session, audit: CaseAudit) -> list[str]:
    return [case.entry.local_reference for case in cases_of(session, audit) if case.entry]


def latest_event(session: Session) -> Event:
    return session.scalars(select(Event).order_by(Event.id.desc())).first() or Event()


def test_drawing_numbers_cases_and_keeps_reserves_in_order(
    session: Session, audit: CaseAudit, cast: Cast
) -> None:
    draw(session, audit, SIZES, "s", strata=BY_AGE, by=cast["Priya"], now=MORNING)
    assert audit.status is CaseAuditStatus.SAMPLED
    assert [case.reference for case in cases_of(session, audit)] == [
        "MA-26-02-C1",
        "MA-26-02-C2",
        "MA-26-02-C3",
    ]
    kinds = [row.drawn for row in cohort_of(session, audit)]
    assert (kinds.count(Drawn.CASE), kinds.count(Drawn.RESERVE)) == (3, 2)
    assert sizes_of(session, audit) == SIZES


def test_drawing_again_with_the_same_seed_gives_the_same_cases_and_tells_of_the_draw_before(
    session: Session, audit: CaseAudit, cast: Cast
) -> None:
    by = {"by": cast["Priya"], "now": MORNING}
    draw(session, audit, SIZES, "first", strata=BY_AGE, **by)
    before = drawn(session, audit)
    draw(session, audit, SIZES, "second", strata=BY_AGE, **by)
    event = latest_event(session)
    assert event.kind == "case-audit-sampled"
    assert (event.detail["earlier_seed"], event.detail["seed"]) == ("first", "second")
    assert "L0" not in str(event.detail)
    draw(session, audit, SIZES, "first", strata=BY_AGE, **by)
    assert drawn(session, audit) == before


@pytest.mark.parametrize(
    ("sizes", "told"),
    [
        ({"0 to 4": Size(2)}, "This is 2 in all, but 3 cases are wanted"),
        ({"0 to 4": Size(3, 3)}, "has only 5"),
        ({"0 to 4": Size(-1), "5 to 9": Size(4)}, "0 or more"),
        ({"16 to 17": Size(3)}, "has only 0"),
    ],
)
def test_sizes_that_cannot_be_drawn_are_refused(
    session: Session, audit: CaseAudit, cast: Cast, sizes: dict[str, Size], told: str
) -> None:
    with pytest.raises(RefusedError, match=told):
        draw(session, audit, sizes, "s", strata=BY_AGE, by=cast["Priya"], now=MORNING)


def test_another_number_than_wanted_is_drawn_where_that_was_agreed_to(
    session: Session, audit: CaseAudit, cast: Cast
) -> None:
    sizes = {"0 to 4": Size(2)}
    draw(session, audit, sizes, "", strata=BY_AGE, expected=2, by=cast["Priya"], now=MORNING)
    assert len(cases_of(session, audit)) == 2
    assert audit.seed


def test_another_list_drops_what_was_drawn(session: Session, audit: CaseAudit, cast: Cast) -> None:
    by = {"by": cast["Priya"], "now": MORNING}
    draw(session, audit, SIZES, "s", strata=BY_AGE, **by)
    keep_list(session, audit, [Entry("N1")], replace=False, **by)
    assert audit.status is CaseAuditStatus.COMMISSIONED
    assert not cases_of(session, audit)
    assert len(cohort_of(session, audit)) == len(LIST) + 1
    keep_list(session, audit, [Entry("N1")], replace=True, **by)
    assert [row.local_reference for row in cohort_of(session, audit)] == ["N1"]


def asked(session: Session, audit: CaseAudit, cast: Cast) -> None:
    by = {"by": cast["Priya"], "now": MORNING}
    draw(session, audit, SIZES, "s", strata=BY_AGE, **by)
    questionnaire = Catalogue([QUESTIONNAIRES]).to_ask("small-case", "1")
    agencies = [cast.agencies["POL"], cast.agencies["HOSP"]]
    ask_agencies(session, audit, agencies, questionnaire, **by)


def test_a_reserve_of_the_same_stratum_takes_the_place_of_a_case_and_agencies_are_asked(
    session: Session, audit: CaseAudit, cast: Cast
) -> None:
    asked(session, audit, cast)
    by = {"by": cast["Priya"], "now": MORNING}
    case = cases_of(session, audit)[0]
    band = case.entry.age_band if case.entry else ""
    new = set_aside(session, case, "The family has moved away", **by)
    assert new is not None
    assert new.reference == "MA-26-02-C4"
    assert session.get_one(CohortEntry, new.entry_id).age_band == band
    files = session.scalars(select(CaseFile).where(CaseFile.case_id == new.id)).all()
    assert {file.agency_id for file in files} == {cast.agencies["POL"], cast.agencies["HOSP"]}
    with pytest.raises(StepNotAllowedError):
        set_aside(session, case, "Again", **by)
    assert latest_event(session).detail == {"case": "MA-26-02-C1", "instead": "MA-26-02-C4"}


def test_a_case_is_set_aside_even_where_no_reserve_is_left(
    session: Session, audit: CaseAudit, cast: Cast
) -> None:
    by = {"by": cast["Priya"], "now": MORNING}
    draw(session, audit, {"0 to 4": Size(3)}, "s", strata=BY_AGE, **by)
    assert set_aside(session, cases_of(session, audit)[0], "Not ours", **by) is None
    with pytest.raises(RefusedError, match="Say why"):
        set_aside(session, cases_of(session, audit)[1], " ", **by)


def test_neither_list_nor_draw_changes_once_agencies_are_asked(
    session: Session, audit: CaseAudit, cast: Cast
) -> None:
    asked(session, audit, cast)
    by = {"by": cast["Priya"], "now": MORNING}
    with pytest.raises(StepNotAllowedError):
        draw(session, audit, SIZES, "other", strata=BY_AGE, **by)
    with pytest.raises(StepNotAllowedError):
        keep_list(session, audit, LIST, replace=True, **by)
    assert len(session.scalars(select(AuditCase)).all()) == 3


def test_whoever_does_not_run_case_audits_draws_nothing(
    session: Session, audit: CaseAudit, cast: Cast
) -> None:
    for name in ("Mo", "Asif", "Olga"):
        with pytest.raises(PermissionError):
            draw(session, audit, SIZES, "s", strata=BY_AGE, by=cast[name], now=MORNING)
        with pytest.raises(PermissionError):
            keep_list(session, audit, LIST, replace=True, by=cast[name], now=MORNING)
