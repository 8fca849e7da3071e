"""How roles come to an end: one by one, all at once, or by handing them over.

A role that has ended stays in the history, and so does the name beside whatever its holder wrote.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from s11audit.domain.granting import may_grant
from s11audit.domain.permissions import Permission, Role
from s11audit.domain.viewers import Viewer
from s11audit.models import Agency, Invitation, Membership, User
from s11audit.models.walls import without_walls
from s11audit.queries import directory
from s11audit.queries.people import account_id, stored_email
from s11audit.services import role_ends
from s11audit.services.account import end_sessions
from s11audit.services.events import record_by
from s11audit.services.invitations import invite
from s11audit.services.people import Post, person_within_reach
from s11audit.services.refusals import RefusedError

# Whoever ends their own last one of these could not give it back to themselves.
_KEPT_BY_ITS_HOLDER = {Role.MANAGER: "the manager’s role", Role.OPERATOR: "the operator’s role"}


@dataclass(frozen=True)
class Newcomer:
    """Somebody to whom a role is handed over by an invitation."""

    name: str
    email: str


@dataclass(frozen=True)
class HandedOver:
    """Who has a role now; or who has it once they accept this invitation, by a link of `token`."""

    to: str
    invitation: Invitation | None = None
    token: str = ""


def end_role(session: Session, membership_id: int, *, by: Viewer, now: datetime) -> Membership:
    """Let a role end now. Raises RefusedError, and LookupError where it is not one to end."""
    membership = role_to_end(session, membership_id, by=by)
    role_ends.end(session, membership, by=account_id(by), now=now)
    return membership


def leave(session: Session, user_id: int, *, by: Viewer, now: datetime) -> bool:
    """End every role of somebody that is within reach; gives whether the account is now disabled.

    It is, where no role is left anywhere. Raises RefusedError, LookupError.
    """
    person = person_within_reach(session, user_id, by)
    if person.id == by.user_id:
        raise RefusedError("person", "You cannot leave by yourself: ask another manager")
    first = None
    for held in person.roles:
        if held.is_ours:
            first = end_role(session, held.membership_id, by=by, now=now)
    if first is None:
        raise RefusedError("role", f"{person.name} has no role that you can end")
    if _holds_any(session, user_id):
        return False
    session.get_one(User, user_id).is_active = False
    end_sessions(session, user_id, now=now)
    record_by(session, "person-disabled", f"user {user_id}", by, now, of=first)
    return True


def hand_over(
    session: Session,
    membership_id: int,
    to: int | Newcomer,
    *,
    by: Viewer,
    now: datetime,
    address: Callable[[str], str],
) -> HandedOver:
    """Give a role to somebody else instead: a person within reach, by id, or a newcomer.

    A person has it at once. A newcomer is invited, and the role ends when they accept: nobody is
    left without it. `address` makes the link of an invitation from its token. What was delegated
    to a contributor goes with the role. Raises RefusedError, LookupError.
    """
    if isinstance(to, Newcomer):
        known = session.scalar(select(User.id).where(User.email == stored_email(to.email)))
        if known is not None and directory.person(session, known, visible_to=by):
            return hand_over(session, membership_id, known, by=by, now=now, address=address)
    membership = role_to_end(session, membership_id, by=by, is_handed_on=True)
    if isinstance(to, Newcomer):
        return _offer(session, membership, to, by, now, address)
    person = _successor(session, membership, to, by)
    role_ends.hand_on(session, membership, person.id, by=account_id(by), now=now)
    return HandedOver(person.name)


def _offer(
    session: Session,
    membership: Membership,
    to: Newcomer,
    by: Viewer,
    now: datetime,
    address: Callable[[str], str],
) -> HandedOver:
    post = Post(membership.role, membership.place_reference)
    invitation, token = invite(
        session, to.name, to.email, post, by=by, now=now, address=address, hands_over=membership
    )
    detail = {"role": membership.role, "place": membership.place_reference}
    subject = f"user {membership.user_id}"
    record_by(session, "role-offered", subject, by, now, detail, of=membership)
    return HandedOver(invitation.name, invitation, token)


def role_to_end(
    session: Session, membership_id: int, *, by: Viewer, is_handed_on: bool = False
) -> Membership:
    """A live role that `by` may end. Raises LookupError, and RefusedError about their own last."""
    membership = session.scalars(
        select(Membership)
        .options(
            joinedload(Membership.user),
            joinedload(Membership.partnership),
            joinedload(Membership.trust),
            joinedload(Membership.agency).selectinload(Agency.partnerships),
        )
        .where(Membership.id == membership_id, directory.in_reach(by, Permission.GRANT_ROLES))
    ).one_or_none()
    if membership is None or not may_grant(by, membership.role, directory.scope_of(membership)):
        raise LookupError("No such role within reach")
    words = _KEPT_BY_ITS_HOLDER.get(membership.role)
    if words and membership.user_id == by.user_id and not is_handed_on:
        held = [grant for grant in by.grants if grant.role is membership.role]
        if len(held) == 1:
            raise RefusedError("role", f"You cannot take {words} from yourself: hand it over")
    return membership


def _holds_any(session: Session, user_id: int) -> bool:
    live = (Membership.user_id == user_id) & Membership.is_live
    with without_walls(session):
        return bool(session.scalar(select(func.count()).select_from(Membership).where(live)))


def _successor(
    session: Session, membership: Membership, user_id: int, by: Viewer
) -> directory.Person:
    """Who can have this role from now on. Raises RefusedError, LookupError."""
    for person in directory.beside(session, membership.id, visible_to=by):
        if person.id == user_id != membership.user_id:
            return person
    person = person_within_reach(session, user_id, by)
    if person.id == membership.user_id:
        raise RefusedError("to", f"{person.name} has this role already: choose somebody else")
    if not person.is_active:
        raise RefusedError("to", f"The account of {person.name} is disabled: enable it first")
    return person
