"""What an audit holds of single cases, kind by kind: which rows, and what becomes of each.

One table, which lists, counts and deletes by it: what is shown as due is what goes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, inspect, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from s11audit.domain.retention import Held
from s11audit.models import (
    AgreedGrade,
    AuditCase,
    CaseEvent,
    CaseFile,
    CaseView,
    CohortEntry,
    Finding,
    ImmediateConcern,
    PanelNote,
    SampleSize,
    SheetAnswer,
)
from s11audit.models.base import Base

# Stands where a text has been deleted, so that pages still tell that there was one.
DELETED = "Deleted when its time was over"
_GONE = "gone-"


@dataclass(frozen=True)
class Holding:
    """One kind: the rows of `model` that hold something of an audit's cases (`of_audit`, its id).

    They are deleted, or where there are any `emptied` (column → value) stay without their text.
    """

    kind: Held
    model: type[Base]
    of_audit: Callable[[int], ColumnElement[bool]]
    emptied: Mapping[str, Any] = field(default_factory=dict)

    def rows(self, audit_id: int) -> Select[Any]:
        """Their keys."""
        return select(*self.key).where(self.of_audit(audit_id))

    @property
    def key(self) -> tuple[ColumnElement[Any], ...]:
        return tuple(inspect(self.model).primary_key)


def _cases(audit_id: int) -> Select[int]:
    return select(AuditCase.id).where(AuditCase.audit_id == audit_id)


def _files(audit_id: int) -> Select[int]:
    return select(CaseFile.id).where(CaseFile.case_id.in_(_cases(audit_id)))


def _sheets(audit_id: int) -> Select[int]:
    return select(CaseFile.sheet_id).where(CaseFile.case_id.in_(_cases(audit_id)))


def _text(
    kind: Held,
    model: type[Base],
    column: InstrumentedAttribute[str],
    owner: InstrumentedAttribute[int],
    of: Callable[[int], Select[int]],
) -> Holding:
    """A text of rows that stay: `owner` is the column that says what they belong to."""
    return Holding(
        kind,
        model,
        lambda audit_id: owner.in_(of(audit_id)) & column.not_in(("", DELETED)),
        {column.key: DELETED},
    )


def _references(audit_id: int) -> ColumnElement[bool]:
    strata = (CohortEntry.age_band, CohortEntry.team, CohortEntry.plan_type)
    told = or_(
        CohortEntry.local_reference.not_like(f"{_GONE}%"), *(column != "" for column in strata)
    )
    return (CohortEntry.audit_id == audit_id) & told


HOLDINGS: tuple[Holding, ...] = (
    Holding(Held.ANSWERS, SheetAnswer, lambda audit: SheetAnswer.sheet_id.in_(_sheets(audit))),
    Holding(Held.EVENTS, CaseEvent, lambda audit: CaseEvent.file_id.in_(_files(audit))),
    Holding(Held.VIEWS, CaseView, lambda audit: CaseView.file_id.in_(_files(audit))),
    _text(Held.CONFLICTS, CaseFile, CaseFile.conflict, CaseFile.case_id, _cases),
    _text(Held.NO_INVOLVEMENT, CaseFile, CaseFile.no_involvement_reason, CaseFile.case_id, _cases),
    _text(Held.SET_ASIDE, AuditCase, AuditCase.set_aside_reason, AuditCase.id, _cases),
    Holding(Held.NOTES, PanelNote, lambda audit: PanelNote.case_id.in_(_cases(audit))),
    _text(Held.REASONS, AgreedGrade, AgreedGrade.reasons, AgreedGrade.case_id, _cases),
    Holding(
        Held.FINDINGS,
        Finding,
        lambda audit: (Finding.audit_id == audit) & Finding.case_id.is_not(None),
    ),
    _text(
        Held.OUTCOMES, ImmediateConcern, ImmediateConcern.outcome, ImmediateConcern.file_id, _files
    ),
    Holding(
        Held.REFERENCES,
        CohortEntry,
        _references,
        {
            "local_reference": literal(_GONE) + cast(CohortEntry.id, String),
            **dict.fromkeys(("age_band", "team", "plan_type"), ""),
        },
    ),
    Holding(Held.STRATA, SampleSize, lambda audit: SampleSize.audit_id == audit),
)


def counts_held(session: Session, audit_id: int) -> dict[Held, int]:
    """How many rows of each kind hold something; whoever calls has checked who is looking."""
    return {
        holding.kind: session.scalars(
            select(func.count()).select_from(holding.rows(audit_id).subquery())
        ).one()
        for holding in HOLDINGS
    }
