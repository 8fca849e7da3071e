"""Excel forms that came back filled in, and the returns that they are of."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.permissions import Permission
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import RoundStatus
from s11audit.models import Agency, AgencyReturn, AuditRound, FilledForm
from s11audit.queries import reach
from s11audit.queries.returns import whole_returns


def filled_form(
    session: Session, agency_return: AgencyReturn, form_id: int, *, visible_to: Viewer
) -> FilledForm | None:
    """The form of this id that the viewer sent for this return; nobody else's is found."""
    found = select(FilledForm).where(
        FilledForm.id == form_id,
        FilledForm.return_id == agency_return.id,
        FilledForm.user_id == visible_to.user_id,
    )
    return session.scalars(found).one_or_none()


def unapplied_forms(
    session: Session, agency_return: AgencyReturn, *, visible_to: Viewer
) -> list[FilledForm]:
    """The forms that the viewer sent for this return and has not applied."""
    found = select(FilledForm).where(
        FilledForm.return_id == agency_return.id,
        FilledForm.user_id == visible_to.user_id,
        FilledForm.applied_at.is_(None),
    )
    return list(session.scalars(found))


def return_in_round(
    session: Session, round_reference: str, agency_reference: str, *, visible_to: Viewer
) -> AgencyReturn | None:
    """The return of an agency in a round that has been opened and is the viewer's to see."""
    return _one(
        session,
        visible_to,
        AuditRound.reference == round_reference,
        Agency.reference == agency_reference,
    )


def return_to_fill(
    session: Session, reference: str, *, visible_to: Viewer, to_change: bool = False
) -> AgencyReturn | None:
    """The return that a form says it is of; `to_change` locks it until this transaction ends."""
    return _one(session, visible_to, AgencyReturn.reference == reference, to_change=to_change)


def _one(
    session: Session, viewer: Viewer, *conditions: reach.Condition, to_change: bool = False
) -> AgencyReturn | None:
    found = whole_returns().where(
        *conditions,
        reach.rounds(viewer, Permission.SEE_ROUNDS),
        AuditRound.status != RoundStatus.DRAFT,
    )
    if to_change:
        found = found.with_for_update(of=AgencyReturn)
    return session.scalars(found).unique().one_or_none()
