"""Counting what an audit measures, so that the next one of its theme can count it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from s11audit.domain.cases import OPENED_STATUSES
from s11audit.domain.measures import CountedOf, Tally, choices_of, is_countable, tally
from s11audit.domain.panels import is_graded
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.retention import not_written_because
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.viewers import Viewer
from s11audit.models import AuditMeasure, CaseAudit
from s11audit.queries.case_reading import cases_read
from s11audit.queries.measures import measures_of, values_counted
from s11audit.services.events import record_by
from s11audit.services.refusals import RefusedError

TITLE_LIMIT = 200
MOST_COUNTED = 100_000


@dataclass(frozen=True)
class NewMeasure:
    """What is to be measured. `by_hand` is what was counted, of a measure counted by hand."""

    title: str
    counted_of: CountedOf
    question_key: str = ""
    level: str = ""
    by_hand: Tally | None = None


def count_measure(
    session: Session,
    audit: CaseAudit,
    questionnaire: Questionnaire,
    new: NewMeasure,
    *,
    by: Viewer,
    now: datetime,
) -> AuditMeasure:
    """Count something at an audit whose cases are opened.

    Raises RefusedError about a field, StepNotAllowedError before the panel is open and once what
    was said of single cases is deleted, PermissionError for whoever does not run its audits.
    """
    _check_may(audit, by)
    _check(questionnaire, new)
    counted = _counted(session, audit, questionnaire, new)
    measure = AuditMeasure(
        audit_id=audit.id,
        title=new.title.strip(),
        counted_of=new.counted_of,
        question_key=new.question_key,
        level=new.level,
        numerator=counted.part,
        denominator=counted.whole,
        counted_at=now,
    )
    try:
        with session.begin_nested():
            session.add(measure)
    except IntegrityError:
        raise RefusedError("title", "There is a measure of this name already") from None
    detail = {"of": str(new.counted_of), "part": counted.part, "whole": counted.whole}
    _record(session, "measure-counted", audit, by, now, detail)
    return measure


def count_again(
    session: Session, audit: CaseAudit, questionnaire: Questionnaire, *, now: datetime
) -> None:
    """Count all that was not counted by hand anew; part of signing off, whose event says so."""
    for one in measures_of(session, audit):
        held = one.measure
        if held.counted_of is CountedOf.BY_HAND:
            continue
        new = NewMeasure(held.title, held.counted_of, held.question_key, held.level)
        counted = _counted(session, audit, questionnaire, new)
        held.numerator, held.denominator = counted.part, counted.whole
        held.counted_at = now
    session.flush()


def delete_measure(
    session: Session, audit: CaseAudit, measure_id: int, *, by: Viewer, now: datetime
) -> None:
    """Take a measure away again. Raises what `count_measure` does; one that is gone is gone."""
    _check_may(audit, by)
    for one in measures_of(session, audit):
        if one.measure.id == measure_id:
            session.delete(one.measure)
            session.flush()
            _record(session, "measure-deleted", audit, by, now, {})


def _check_may(audit: CaseAudit, by: Viewer) -> None:
    if not by.may_in_partnership(Permission.RUN_CASE_AUDITS, audit.partnership_id):
        raise PermissionError(f"{by.name} may not {Permission.RUN_CASE_AUDITS} here")
    if audit.status not in OPENED_STATUSES:
        raise StepNotAllowedError("Nothing can be counted before the panel is open.")


def _check(questionnaire: Questionnaire, new: NewMeasure) -> None:
    if not new.title.strip() or len(new.title) > TITLE_LIMIT:
        raise RefusedError("title", f"Say what is measured, in up to {TITLE_LIMIT} characters")
    if new.counted_of is CountedOf.BY_HAND:
        _check_by_hand(new.by_hand)
        return
    question = questionnaire.by_key.get(new.question_key)
    if question is None or not is_countable(question):
        raise RefusedError("answer", "Choose an answer to count")
    if new.level not in choices_of(question):
        raise RefusedError("answer", "Choose an answer to count")
    if new.counted_of is CountedOf.CASES and not is_graded(question):
        raise RefusedError(
            "counted_of", "Cases are counted by their agreed grade: choose a grade, or count files"
        )


def _check_by_hand(counted: Tally | None) -> None:
    if counted is None:
        raise RefusedError("part", "Enter how many, and of how many")
    if not 0 < counted.whole <= MOST_COUNTED:
        raise RefusedError("whole", f"Enter a whole number from 1 to {MOST_COUNTED:,}")
    if not 0 <= counted.part <= counted.whole:
        raise RefusedError("part", "Enter a whole number that is not larger than the other")


def _counted(
    session: Session, audit: CaseAudit, questionnaire: Questionnaire, new: NewMeasure
) -> Tally:
    if new.by_hand is not None:
        return new.by_hand
    if audit.emptied_at is not None:
        raise StepNotAllowedError(not_written_because(audit.emptied_at))
    question = questionnaire.by_key[new.question_key]
    cases = cases_read(session, audit, questionnaire)
    return tally(question, new.level, values_counted(cases, question, new.counted_of))


def _record(
    session: Session,
    kind: str,
    audit: CaseAudit,
    by: Viewer,
    now: datetime,
    detail: dict[str, object],
) -> None:
    record_by(session, kind, f"case audit {audit.reference}", by, now, detail, of=audit)
