"""What is measured at an audit, beside what the one before it measured."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.measures import Compared, CountedOf, Tally
from s11audit.domain.questionnaire import Question
from s11audit.models import AuditMeasure, CaseAudit
from s11audit.queries.case_reading import CaseRead


@dataclass(frozen=True)
class MeasureRead:
    """A measure of an audit, and what the same one was at the audit that it repeats.

    `before` is None where that audit has no such measure, or there is no such audit.
    """

    measure: AuditMeasure
    before: AuditMeasure | None = None

    @property
    def tally(self) -> Tally:
        return Tally(self.measure.numerator, self.measure.denominator)

    @property
    def compared(self) -> Compared | None:
        """None where there is nothing to compare with."""
        if self.before is None:
            return None
        return Compared(Tally(self.before.numerator, self.before.denominator), self.tally)

    @property
    def caution(self) -> str:
        return self.compared.caution if self.compared else self.tally.caution


def measures_of(session: Session, audit: CaseAudit) -> list[MeasureRead]:
    """The measures of an audit by title; whoever calls has found the audit."""
    earlier = {one.title: one for one in _own(session, audit.repeats_id)}
    return [
        MeasureRead(one, _the_same(one, earlier.get(one.title))) for one in _own(session, audit.id)
    ]


def measures_to_repeat(session: Session, audit: CaseAudit) -> list[AuditMeasure]:
    """Those of the audit that it repeats which it has not counted yet."""
    own = {one.title for one in _own(session, audit.id)}
    return [one for one in _own(session, audit.repeats_id) if one.title not in own]


def values_counted(cases: list[CaseRead], question: Question, counted_of: CountedOf) -> list[str]:
    """The answers that a measure counts: those of involved agencies' files, or agreed grades."""
    if counted_of is CountedOf.CASES:
        return [one.agreed_level(question) for one in cases]
    return [value for one in cases for value in one.values(question)]


def _own(session: Session, audit_id: int | None) -> list[AuditMeasure]:
    found = session.scalars(
        select(AuditMeasure).where(AuditMeasure.audit_id == audit_id).order_by(AuditMeasure.title)
    )
    return list(found)


def _the_same(one: AuditMeasure, other: AuditMeasure | None) -> AuditMeasure | None:
    """The other measure, if it counts the very same thing."""
    if other is None:
        return None
    ours, theirs = ((held.counted_of, held.question_key, held.level) for held in (one, other))
    return other if ours == theirs else None
