"""Immediate concerns about a child: that there is one, and how far it has been answered.

What the concern is was never written down here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, contains_eager

from s11audit.domain.permissions import Permission, Role
from s11audit.domain.viewers import Viewer
from s11audit.models import (
    AnswerSheet,
    AuditCase,
    CaseFile,
    ImmediateConcern,
    Membership,
    User,
)
from s11audit.queries import reach


def concerns(
    session: Session, *, visible_to: Viewer, only_open: bool = False
) -> list[ImmediateConcern]:
    """Those that the viewer answers for: open ones first and, of each, the latest first."""
    found = _whole_concerns().where(reach.concerns(visible_to, Permission.ANSWER_CONCERNS))
    if only_open:
        found = found.where(ImmediateConcern.closed_at.is_(None))
    in_order = found.order_by(
        ImmediateConcern.closed_at.is_not(None),
        ImmediateConcern.raised_at.desc(),
        ImmediateConcern.id.desc(),
    )
    return list(session.scalars(in_order).unique())


def concern_of(
    session: Session, concern_id: int, *, visible_to: Viewer, to_change: bool = False
) -> ImmediateConcern | None:
    """The concern of this id, if it is one that the viewer answers for; `to_change` locks it."""
    found = _whole_concerns().where(
        ImmediateConcern.id == concern_id,
        reach.concerns(visible_to, Permission.ANSWER_CONCERNS),
    )
    if to_change:
        found = found.with_for_update(of=ImmediateConcern).execution_options(populate_existing=True)
    return session.scalars(found).unique().one_or_none()


def leads_of(session: Session, agency_id: int) -> Collection[str]:
    """Addresses of the agency's safeguarding leads, which is what its leads are."""
    return _addresses(
        session, Membership.role == Role.AGENCY_LEAD, Membership.agency_id == agency_id
    )


def managers_of(session: Session, partnership_id: int) -> Collection[str]:
    """Addresses of those who manage the partnership."""
    return _addresses(
        session, Membership.role == Role.MANAGER, Membership.partnership_id == partnership_id
    )


def names_in(session: Session, concerns: Iterable[ImmediateConcern]) -> dict[int, str]:
    """User id → name, of those who raised, saw or closed these; the viewer was given them."""
    ids = {id_ for one in concerns for id_ in (one.raised_by_id, one.seen_by_id, one.closed_by_id)}
    rows = session.execute(select(User.id, User.name).where(User.id.in_(ids)))
    return {id_: name for id_, name in rows}  # noqa: C416 - rows are no pairs to mypy


def _addresses(session: Session, *conditions: ColumnElement[bool]) -> Collection[str]:
    found = (
        select(User.email)
        .join(Membership, Membership.user_id == User.id)
        .where(*conditions, Membership.is_live, User.is_active)
        .distinct()
        .order_by(User.email)
    )
    return session.scalars(found).all()


def _whole_concerns() -> Select[ImmediateConcern]:
    return (
        select(ImmediateConcern)
        .join(ImmediateConcern.file)
        .join(CaseFile.case)
        .join(AnswerSheet, AnswerSheet.id == CaseFile.sheet_id)
        .options(
            contains_eager(ImmediateConcern.file)
            .contains_eager(CaseFile.case)
            .joinedload(AuditCase.audit),
            contains_eager(ImmediateConcern.file).joinedload(CaseFile.agency),
        )
    )
