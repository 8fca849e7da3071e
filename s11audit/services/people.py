"""Adding people, giving them roles, and changing their accounts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.granting import may_grant
from s11audit.domain.permissions import (
    AGENCY_ROLES,
    PARTNERSHIP_ROLES,
    TRUST_ROLES,
    Permission,
    Role,
)
from s11audit.domain.viewers import Viewer
from s11audit.models import Membership, Trust, User
from s11audit.models.walls import without_walls
from s11audit.queries import directory
from s11audit.queries.people import stored_email
from s11audit.services.account import end_sessions
from s11audit.services.events import record_by
from s11audit.services.mail import is_address
from s11audit.services.passwords import hash_password, what_is_wrong_with
from s11audit.services.refusals import RefusedError

LONGEST_NAME = 200
# Short enough for the reference of a return and its receipt, which it is part of.
_REFERENCE = re.compile(r"[A-Z0-9](?:[A-Z0-9-]{0,10}[A-Z0-9])?")
REFERENCE_RULE = (
    "Use up to 12 capital letters, digits and hyphens for the reference, such as POL or ELM-ROW"
)


@dataclass(frozen=True)
class Post:
    """A role to be held: for an agency, a partnership or a trust, by its reference.

    The operator's role is held for no place in particular: `place` is empty.
    """

    role: Role
    place: str = ""


def add_person(
    session: Session,
    name: str,
    email: str,
    password: str,
    post: Post,
    *,
    by: Viewer,
    now: datetime,
) -> User:
    """A new person with a first role and a password to hand over. Raises RefusedError."""
    name, email = sound_name(name), _new_email(session, email)
    if fault := what_is_wrong_with(password, name, email):
        raise RefusedError("password", fault)
    membership = vacancy(session, post, by=by, now=now)
    user = User(name=name, email=email, password_hash=hash_password(password), created_at=now)
    membership.user = user
    session.add_all([user, membership])
    session.flush()
    detail = {"role": post.role, "place": post.place}
    record_by(session, "person-added", f"user {user.id}", by, now, detail, of=membership)
    return user


def add_role(session: Session, user_id: int, post: Post, *, by: Viewer, now: datetime) -> None:
    """Give somebody within reach one more role. Raises RefusedError, LookupError."""
    person = person_within_reach(session, user_id, by)
    membership = vacancy(session, post, by=by, now=now)
    if held_already(session, person.id, membership):
        raise RefusedError("role", f"{person.name} has that role already")
    membership.user_id = person.id
    session.add(membership)
    session.flush()
    detail = {"role": post.role, "place": post.place}
    record_by(session, "role-added", f"user {person.id}", by, now, detail, of=membership)


def disable_person(session: Session, user_id: int, *, by: Viewer, now: datetime) -> None:
    """Let somebody sign in no longer; whatever they did stays. Raises RefusedError."""
    _, user, place = account_to_change(session, user_id, by)
    user.is_active = False
    end_sessions(session, user.id, now=now)
    record_by(session, "person-disabled", f"user {user.id}", by, now, of=place)


def enable_person(session: Session, user_id: int, *, by: Viewer, now: datetime) -> None:
    """Let somebody sign in again, with the password they had. Raises RefusedError."""
    _, user, place = account_to_change(session, user_id, by)
    user.is_active = True
    record_by(session, "person-enabled", f"user {user.id}", by, now, of=place)


def set_password(
    session: Session, user_id: int, password: str, *, by: Viewer, now: datetime
) -> None:
    """Give somebody a new password to hand over, and end their sessions. Raises RefusedError."""
    _, user, place = account_to_change(session, user_id, by)
    if fault := what_is_wrong_with(password, user.name, user.email):
        raise RefusedError("password", fault)
    user.password_hash = hash_password(password)
    end_sessions(session, user.id, now=now)
    record_by(session, "password-set", f"user {user.id}", by, now, of=place)


def vacancy(session: Session, post: Post, *, by: Viewer, now: datetime) -> Membership:
    """A membership for this post, not yet anybody's. Raises RefusedError where `by` may not."""
    membership = _at(session, post, by)
    if not may_grant(by, post.role, directory.scope_of(membership)):
        raise RefusedError("role", "You cannot give that role there")
    membership.started_at = now
    return membership


def held_already(session: Session, user_id: int, membership: Membership) -> bool:
    """Whether somebody has this role at this place now."""
    same = select(Membership.id).where(
        Membership.user_id == user_id, Membership.is_post_of(membership), Membership.is_live
    )
    return session.scalar(same) is not None


def _at(session: Session, post: Post, by: Viewer) -> Membership:
    """A membership at the place that the post names, if it is one that `by` may know of."""
    if post.role in AGENCY_ROLES:
        agency = directory.agency(
            session, post.place, visible_to=by, permission=Permission.GRANT_ROLES
        )
        if agency is None:
            raise RefusedError("agency", "Choose the agency that the role is for")
        return Membership(role=post.role, agency_id=agency.id, agency=agency)
    if post.role in PARTNERSHIP_ROLES:
        for home in directory.partnerships(
            session, visible_to=by, permission=Permission.GRANT_ROLES
        ):
            if home.reference == post.place:
                return Membership(role=post.role, partnership_id=home.id, partnership=home)
        raise RefusedError("partnership", "Choose the partnership")
    if post.role in TRUST_ROLES:
        trust = session.scalars(select(Trust).filter_by(reference=post.place)).one_or_none()
        if trust is None:
            raise RefusedError("trust", "Choose the trust")
        return Membership(role=post.role, trust_id=trust.id, trust=trust)
    return Membership(role=post.role)


def person_within_reach(session: Session, user_id: int, by: Viewer) -> directory.Person:
    """Somebody who holds or held a role within reach. Raises LookupError."""
    person = directory.person(session, user_id, visible_to=by)
    if person is None:
        raise LookupError("No such person within reach")
    return person


def account_to_change(
    session: Session, user_id: int, by: Viewer
) -> tuple[directory.Person, User, Membership]:
    """Somebody all of whose roles are within reach, and one of those, for the history.

    Nobody else's manager may lose their account to this one. Raises RefusedError, LookupError.
    """
    person = person_within_reach(session, user_id, by)
    if not by.may(Permission.GRANT_ROLES):
        raise LookupError("Nobody whose account is yours to change")
    if person.id == by.user_id:
        raise RefusedError("person", "You cannot do this to your own account")
    if person.roles_elsewhere:
        raise RefusedError(
            "person",
            f"{person.name} has a role elsewhere too, so this account is not yours "
            "alone to change. You can end the roles that you see, or ask whoever runs "
            "the installation",
        )
    first = (*person.roles, *person.past_roles)[0]
    place = session.get_one(Membership, first.membership_id)
    return person, session.get_one(User, user_id), place


def sound_name(name: str) -> str:
    """A name as it is stored. Raises RefusedError where it is empty or too long."""
    name = " ".join(name.split())
    if not name:
        raise RefusedError("name", "Enter a name")
    if len(name) > LONGEST_NAME:
        raise RefusedError("name", f"Use {LONGEST_NAME} characters or fewer for the name")
    return name


def sound_email(email: str) -> str:
    """An e-mail address as it is stored. Raises RefusedError where it cannot be one."""
    email = stored_email(email)
    if not is_address(email):
        raise RefusedError("email", "Enter an e-mail address, such as name@example.org")
    return email


def sound_reference(reference: str) -> str:
    """A reference as it is stored. Raises RefusedError where it cannot be one."""
    reference = reference.strip().upper()
    if not _REFERENCE.fullmatch(reference):
        raise RefusedError("reference", REFERENCE_RULE)
    return reference


def _new_email(session: Session, email: str) -> str:
    email = sound_email(email)
    with without_walls(session):
        taken = session.scalar(select(User.id).where(User.email == email))
    if taken:
        raise RefusedError("email", "Somebody with this e-mail address has an account already")
    return email
