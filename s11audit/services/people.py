"""Adding and changing people, agencies and partnerships, as far as a manager reaches."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.permissions import PARTNERSHIP_ROLES, Permission, Role
from s11audit.domain.viewers import Viewer
from s11audit.models import Agency, Membership, Partnership, User
from s11audit.queries import directory
from s11audit.queries.people import OPERATOR_ID, stored_email
from s11audit.services.account import end_sessions
from s11audit.services.events import Detail, record
from s11audit.services.passwords import hash_password, what_is_wrong_with
from s11audit.services.refusals import RefusedError

LONGEST_NAME = 200
LONGEST_EMAIL = 254
LONGEST_CODE = 40
_EMAIL = re.compile(r"[^@\s,;<>\"()\[\]\\]+@[^@\s,;<>\"()\[\]\\]+\.[^@\s.,;<>\"()\[\]\\]{2,}")
# Short enough for the reference of a return and its receipt, which it is part of.
_REFERENCE = re.compile(r"[A-Z0-9](?:[A-Z0-9-]{0,10}[A-Z0-9])?")
REFERENCE_RULE = (
    "Use up to 12 capital letters, digits and hyphens for the reference, such as POL or ELM-ROW"
)
_CODE = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class Post:
    """A role to be held: for an agency, by its reference, or for a partnership, by its."""

    role: Role
    place: str


def add_partnership(
    session: Session, reference: str, name: str, *, by: Viewer, now: datetime
) -> Partnership:
    """A new partnership; only the operator adds one. Raises RefusedError."""
    if not by.may(Permission.RUN_INSTALLATION):
        raise PermissionError("Only the operator adds a partnership")
    reference, name = _reference(reference), _name(name)
    if session.scalar(select(Partnership.id).where(Partnership.reference == reference)):
        raise RefusedError("reference", f"There is already a partnership {reference}")
    partnership = Partnership(reference=reference, name=name)
    session.add(partnership)
    session.flush()
    _record(session, "partnership-added", f"partnership {reference}", by, now)
    return partnership


def add_agency(
    session: Session,
    reference: str,
    name: str,
    agency_type: str,
    partnership_reference: str,
    attributes: Set[str] = frozenset(),
    *,
    by: Viewer,
    now: datetime,
) -> Agency:
    """A new agency of one partnership within reach, with codes of what it has or does.

    Raises RefusedError.
    """
    reference, name = _reference(reference), _name(name)
    if not _CODE.fullmatch(agency_type) or len(agency_type) > LONGEST_CODE:
        raise RefusedError("agency_type", "Choose a type of agency")
    home = _partnership(session, partnership_reference, by)
    if session.scalar(select(Agency.id).where(Agency.reference == reference)):
        raise RefusedError("reference", f"Another agency has the reference {reference} already")
    agency = Agency(
        reference=reference,
        name=name,
        agency_type=agency_type,
        attributes=_attributes(attributes),
        partnerships=[home],
    )
    session.add(agency)
    session.flush()
    detail = {
        "agency_type": agency_type,
        "attributes": sorted(agency.attributes),
        "partnership": home.reference,
    }
    _record(session, "agency-added", f"agency {reference}", by, now, detail)
    return agency


def change_attributes(
    session: Session, reference: str, attributes: Set[str], *, by: Viewer, now: datetime
) -> Agency:
    """Say what an agency has or does; its returns that are still open ask accordingly.

    Raises RefusedError.
    """
    agency = directory.agency(session, reference, visible_to=by)
    if agency is None or not by.may(Permission.EDIT_AGENCIES):
        raise RefusedError("attributes", "Choose an agency of your partnership")
    before, agency.attributes = agency.attributes, _attributes(attributes)
    if agency.attributes != before:
        session.flush()
        detail = {"before": sorted(before), "after": sorted(agency.attributes)}
        _record(session, "agency-attributes-changed", f"agency {reference}", by, now, detail)
    return agency


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
    name, email = _name(name), _new_email(session, email)
    if fault := what_is_wrong_with(password):
        raise RefusedError("password", fault)
    membership = _membership(session, post, by, now)
    user = User(name=name, email=email, password_hash=hash_password(password), created_at=now)
    membership.user = user
    session.add_all([user, membership])
    session.flush()
    detail = {"role": post.role, "place": post.place}
    _record(session, "person-added", f"user {user.id}", by, now, detail)
    return user


def add_role(session: Session, user_id: int, post: Post, *, by: Viewer, now: datetime) -> None:
    """Give somebody within reach one more role. Raises RefusedError."""
    person = _person(session, user_id, by)
    membership = _membership(session, post, by, now)
    same = select(Membership.id).where(
        Membership.user_id == person.id,
        Membership.role == membership.role,
        Membership.partnership_id.is_not_distinct_from(membership.partnership_id),
        Membership.agency_id.is_not_distinct_from(membership.agency_id),
        Membership.ended_at.is_(None),
    )
    if session.scalar(same):
        raise RefusedError("role", f"{person.name} has that role already")
    membership.user_id = person.id
    session.add(membership)
    session.flush()
    detail = {"role": post.role, "place": post.place}
    _record(session, "role-added", f"user {person.id}", by, now, detail)


def end_role(
    session: Session, user_id: int, membership_id: int, *, by: Viewer, now: datetime
) -> None:
    """Take one role from somebody within reach. Raises RefusedError, LookupError."""
    person = _person(session, user_id, by)
    held = {role.membership_id: role for role in person.roles}
    if membership_id not in held:
        raise LookupError("No such role within reach")
    role = held[membership_id].role
    if person.id == by.user_id and role is Role.MANAGER:
        raise RefusedError("role", "You cannot take the manager’s role from yourself")
    if len(held) + person.roles_elsewhere == 1:
        raise RefusedError(
            "role", f"This is {person.name}’s only role: add another first, or disable the account"
        )
    session.get_one(Membership, membership_id).ended_at = now
    session.flush()
    detail = {"role": role, "place": held[membership_id].place}
    _record(session, "role-ended", f"user {person.id}", by, now, detail)


def disable_person(session: Session, user_id: int, *, by: Viewer, now: datetime) -> None:
    """Let somebody sign in no longer; whatever they did stays. Raises RefusedError."""
    user = _whole_person(session, user_id, by)
    user.is_active = False
    end_sessions(session, user.id, now=now)
    _record(session, "person-disabled", f"user {user.id}", by, now)


def enable_person(session: Session, user_id: int, *, by: Viewer, now: datetime) -> None:
    """Let somebody sign in again, with the password they had. Raises RefusedError."""
    user = _whole_person(session, user_id, by)
    user.is_active = True
    _record(session, "person-enabled", f"user {user.id}", by, now)


def set_password(
    session: Session, user_id: int, password: str, *, by: Viewer, now: datetime
) -> None:
    """Give somebody a new password to hand over, and end their sessions. Raises RefusedError."""
    user = _whole_person(session, user_id, by)
    if fault := what_is_wrong_with(password):
        raise RefusedError("password", fault)
    user.password_hash = hash_password(password)
    end_sessions(session, user.id, now=now)
    _record(session, "password-set", f"user {user.id}", by, now)


def _record(
    session: Session,
    kind: str,
    subject: str,
    by: Viewer,
    now: datetime,
    detail: Detail | None = None,
) -> None:
    actor = None if by.user_id == OPERATOR_ID else by.user_id
    record(session, kind, subject, by=actor, at=now, detail=detail)


def _person(session: Session, user_id: int, by: Viewer) -> directory.Person:
    person = directory.person(session, user_id, visible_to=by)
    if person is None:
        raise LookupError("No such person within reach")
    return person


def _whole_person(session: Session, user_id: int, by: Viewer) -> User:
    """Somebody whose every role is within reach: others' managers must not lose their account."""
    person = _person(session, user_id, by)
    if person.id == by.user_id:
        raise RefusedError("person", "You cannot do this to your own account")
    if person.roles_elsewhere:
        raise RefusedError(
            "person",
            f"{person.name} has a role in another partnership too, so this account is not yours "
            "alone to change. You can remove the roles in your own",
        )
    return session.get_one(User, user_id)


def _membership(session: Session, post: Post, by: Viewer, now: datetime) -> Membership:
    """A membership for this post, not yet anybody's."""
    if post.role in PARTNERSHIP_ROLES:
        home = _partnership(session, post.place, by)
        return Membership(role=post.role, partnership_id=home.id, started_at=now)
    agency = directory.agency(session, post.place, visible_to=by)
    if agency is None:
        raise RefusedError("agency", "Choose the agency that the role is for")
    return Membership(role=post.role, agency_id=agency.id, started_at=now)


def _partnership(session: Session, reference: str, by: Viewer) -> Partnership:
    for partnership in directory.partnerships(session, visible_to=by):
        if partnership.reference == reference and by.may_in_partnership(
            Permission.EDIT_AGENCIES, partnership.id
        ):
            return partnership
    raise RefusedError("partnership", "Choose the partnership")


def _attributes(attributes: Set[str]) -> frozenset[str]:
    for attribute in sorted(attributes):
        if not _CODE.fullmatch(attribute) or len(attribute) > LONGEST_CODE:
            raise RefusedError(
                "other", f"“{attribute}” should be one word of lower-case letters, such as nursery"
            )
    return frozenset(attributes)


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise RefusedError("name", "Enter a name")
    if len(name) > LONGEST_NAME:
        raise RefusedError("name", f"Use {LONGEST_NAME} characters or fewer for the name")
    return name


def _new_email(session: Session, email: str) -> str:
    email = stored_email(email)
    if not _EMAIL.fullmatch(email) or len(email) > LONGEST_EMAIL:
        raise RefusedError("email", "Enter an e-mail address, such as name@example.org")
    if session.scalar(select(User.id).where(User.email == email)):
        raise RefusedError("email", "Somebody with this e-mail address has an account already")
    return email


def _reference(reference: str) -> str:
    reference = reference.strip().upper()
    if not _REFERENCE.fullmatch(reference):
        raise RefusedError("reference", REFERENCE_RULE)
    return reference
