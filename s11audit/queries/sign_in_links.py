"""Who may sign in by a link sent by e-mail."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from s11audit.domain.access import EMAIL_LINK_ROLES
from s11audit.domain.permissions import Permission
from s11audit.domain.viewers import Viewer
from s11audit.models import Membership, Partnership, SecondFactor, SignInLink, User
from s11audit.models.people import agency_partnerships
from s11audit.queries.people import token_digest


def may_use_links() -> ColumnElement[bool]:
    """Condition on users: active, with roles for agencies only that are open to links, no second
    factor, and every partnership of all their agencies allows it.
    """
    live = (Membership.user_id == User.id) & Membership.is_live
    belongs = agency_partnerships.c.agency_id == Membership.agency_id
    homes = Membership.__table__.join(agency_partnerships, belongs).join(
        Partnership.__table__, Partnership.id == agency_partnerships.c.partnership_id
    )
    return (
        User.is_active
        & exists().where(live)
        & ~exists().where(live, Membership.role.not_in(EMAIL_LINK_ROLES))
        & ~exists().where(live, ~exists().where(belongs).correlate(Membership))
        & ~exists().select_from(homes).where(live, ~Partnership.allows_email_links)
        & ~exists().where(SecondFactor.user_id == User.id)
    )


def are_offered(session: Session) -> bool:
    """Whether any partnership allows links at all."""
    return bool(session.scalar(select(exists().where(Partnership.allows_email_links))))


def link_owner(session: Session, token: str) -> tuple[SignInLink, User] | None:
    """The link of this token, whatever its state, and the person whom it would sign in."""
    row = session.execute(
        select(SignInLink, User)
        .join(User, User.id == SignInLink.user_id)
        .where(SignInLink.token_sha256 == token_digest(token))
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def switchable_partnerships(session: Session, *, visible_to: Viewer) -> list[Partnership]:
    """The partnerships for which the viewer may say whether links are allowed, by name."""
    ids = visible_to.partnerships(Permission.RUN_PARTNERSHIP)
    wanted = select(Partnership).where(Partnership.id.in_(ids)).order_by(Partnership.name)
    return list(session.scalars(wanted))
