"""Further people of the tests, who join the cast where a test needs another role."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.permissions import Role
from s11audit.domain.viewers import Viewer
from s11audit.models import Agency, Membership, Partnership, Trust, User
from s11audit.queries.people import as_viewer
from tests.cast import LONG_AGO, PASSWORD_HASH


def join(session: Session, name: str, *roles: tuple[Role, str]) -> Viewer:
    """Somebody with these roles, each for the partnership, agency or trust of this reference.

    A reference that is empty stands for the whole installation.
    """
    found = session.scalars(select(User).where(User.email == f"{name.lower()}@example.org"))
    user = found.one_or_none() or User(
        name=name,
        email=f"{name.lower()}@example.org",
        password_hash=PASSWORD_HASH,
        created_at=LONG_AGO,
    )
    session.add(user)
    session.flush()
    for role, reference in roles:
        session.add(_membership(session, user, role, reference))
    session.flush()
    memberships = session.scalars(select(Membership).where(Membership.user_id == user.id))
    return as_viewer(user, list(memberships))


def _membership(session: Session, user: User, role: Role, reference: str) -> Membership:
    made = Membership(user_id=user.id, role=role, started_at=LONG_AGO)
    for model, column in (
        (Partnership, "partnership_id"),
        (Agency, "agency_id"),
        (Trust, "trust_id"),
    ):
        named = session.scalar(select(model.id).where(model.reference == reference))
        setattr(made, column, named)
    return made
