"""Inviting people to a role, and their joining: who accepts gets what the invitation's row says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.dates import long_time
from s11audit.domain.invitations import LIVES
from s11audit.domain.permissions import ROLE_LABELS
from s11audit.domain.viewers import Viewer
from s11audit.models import Invitation, Membership, User
from s11audit.queries.invitations import (
    MAIL_KIND,
    inviter_name,
    is_open,
    open_invitation,
    post_of,
)
from s11audit.queries.people import account_id, token_digest
from s11audit.services import role_ends
from s11audit.services.events import Happening, record, record_all, record_by
from s11audit.services.mail import unsent_mail, withdraw_mail, write_mail
from s11audit.services.passwords import hash_password, what_is_wrong_with
from s11audit.services.people import (
    Post,
    held_already,
    sound_email,
    sound_name,
    vacancy,
)
from s11audit.services.refusals import RefusedError
from s11audit.services.tokens import new_token


@dataclass(frozen=True)
class Recipient:
    """Somebody to invite, and the post, which is nobody's yet."""

    name: str
    email: str
    post: Membership


class DeadInvitationError(LookupError):
    """The link is unknown, used, expired or revoked; nobody is told which."""


def invite(
    session: Session,
    name: str,
    email: str,
    post: Post,
    *,
    by: Viewer,
    now: datetime,
    address: Callable[[str], str],
    hands_over: Membership | None = None,
) -> tuple[Invitation, str]:
    """Invite whoever has this e-mail address to a post, and write mail with the link.

    An open invitation of theirs to the same post is revoked. `address` makes the link from its
    token. `hands_over` is a role that ends once they accept. Gives the token, which is stored
    nowhere, too. Raises RefusedError about name, email, role or the place: nobody invites to what
    they may not give.
    """
    name, email = sound_name(name), sound_email(email)
    vacant = vacancy(session, post, by=by, now=now)
    _require_not_held(session, email, vacant)
    written = _written(name, email, vacant, by, now)
    written.hands_over_id = hands_over.id if hands_over else None
    return _send(session, written, by, now, address)


def invite_all(
    session: Session,
    recipients: Sequence[Recipient],
    *,
    by: Viewer,
    now: datetime,
    address: Callable[[str], str],
) -> list[tuple[Invitation, str]]:
    """Invite many at once, in few statements; gives each invitation with its token.

    The caller has looked that `by` may give each post, and that nobody holds theirs or is invited
    to it already.
    """
    tokens = [new_token() for _ in recipients]
    invitations = [
        _written(sound_name(one.name), sound_email(one.email), one.post, by, now)
        for one in recipients
    ]
    for invitation, token in zip(invitations, tokens, strict=True):
        invitation.token_sha256 = token_digest(token)
    session.add_all(invitations)
    session.flush()
    happenings = [happening_of("person-invited", invitation) for invitation in invitations]
    record_all(session, happenings, by=account_id(by), at=now)
    for invitation, token in zip(invitations, tokens, strict=True):
        facts, place = _facts(invitation, address(token)), invitation.agency_id
        session.add(unsent_mail(MAIL_KIND, invitation.email, facts, now=now, agency_id=place))
    session.flush()
    return list(zip(invitations, tokens, strict=True))


def send_again(
    session: Session,
    invitation: Invitation,
    *,
    by: Viewer,
    now: datetime,
    address: Callable[[str], str],
) -> tuple[Invitation, str]:
    """Invite the same person to the same post anew; the old link is dead.

    Gives the new invitation and its token. `invitation` is one within the gift of `by`, who invites
    from now on. Raises RefusedError.
    """
    if invitation.accepted_at is not None:
        raise RefusedError("email", "This invitation has been accepted already")
    post = post_of(invitation)
    _require_not_held(session, invitation.email, post)
    anew = _written(invitation.name, invitation.email, post, by, now)
    if invitation.revoked_at is None:
        anew.hands_over_id = invitation.hands_over_id
    return _send(session, anew, by, now, address)


def revoke(session: Session, invitation: Invitation, *, by: Viewer, now: datetime) -> None:
    """Make the link of an invitation within the gift of `by` useless. Raises RefusedError."""
    if invitation.accepted_at is not None:
        raise RefusedError("email", "This invitation has been accepted already")
    if invitation.revoked_at is None:
        _revoke(session, invitation, by, now)


def hash_of_chosen(password: str, *, name: str, email: str) -> str:
    """The hash of a password that somebody chose. Raises RefusedError where it is too weak.

    Slow on purpose, so it comes before `join`, which holds up others' writing.
    """
    if fault := what_is_wrong_with(password, name, email):
        raise RefusedError("password", fault)
    return hash_password(password)


def join(session: Session, token: str, name: str, password_hash: str, *, now: datetime) -> int:
    """Make an account for whoever holds this token, with the role of its invitation; gives its id.

    `session` is the machine's own, as nobody is signed in. The address, the role and the place
    are the invitation's. Raises DeadInvitationError (also where the address has an account by
    now), and RefusedError about the name.
    """
    name = sound_name(name)
    invitation = _taken_up(session, token, now)
    if session.scalar(select(User.id).where(User.email == invitation.email)) is not None:
        raise DeadInvitationError("There is an account with this address")
    user = User(name=name, email=invitation.email, password_hash=password_hash, created_at=now)
    session.add(user)
    session.flush()
    _accept(session, invitation, user.id, now)
    return user.id


def accept(session: Session, token: str, *, by: Viewer, now: datetime) -> Invitation:
    """Give the role of the invitation to whoever is signed in, if it is for their address.

    `session` is the machine's own. Raises DeadInvitationError, and PermissionError where it is for
    somebody else.
    """
    invitation = _taken_up(session, token, now)
    if invitation.email != by.email:
        raise PermissionError("The invitation is for another address")
    _accept(session, invitation, by.user_id, now)
    return invitation


def _written(name: str, email: str, post: Membership, by: Viewer, now: datetime) -> Invitation:
    return Invitation(
        email=email,
        name=name,
        **post.post_columns,
        invited_by_id=account_id(by),
        invited_at=now,
        expires_at=now + LIVES,
    )


def _send(
    session: Session,
    invitation: Invitation,
    by: Viewer,
    now: datetime,
    address: Callable[[str], str],
) -> tuple[Invitation, str]:
    for other in _revoke_others(session, invitation, by, now):
        invitation.hands_over_id = invitation.hands_over_id or other.hands_over_id
    token = new_token()
    invitation.token_sha256 = token_digest(token)
    session.add(invitation)
    session.flush()
    _record(session, "person-invited", invitation, by, now)
    facts = _facts(invitation, address(token))
    write_mail(session, MAIL_KIND, invitation.email, facts, now=now, agency_id=invitation.agency_id)
    return invitation, token


def _facts(invitation: Invitation, link: str) -> dict[str, str]:
    """What its mail tells."""
    return {
        "name": invitation.name,
        "inviter": inviter_name(invitation),
        "role": ROLE_LABELS[invitation.role],
        "place": invitation.place_name,
        "link": link,
        "until": long_time(invitation.expires_at),
    }


def _require_not_held(session: Session, email: str, post: Membership) -> None:
    user = session.scalars(select(User).where(User.email == email)).one_or_none()
    if user is not None and held_already(session, user.id, post):
        raise RefusedError("email", f"{user.name} has that role already")


def _revoke_others(
    session: Session, anew: Invitation, by: Viewer, now: datetime
) -> Sequence[Invitation]:
    """Revoke, and give, what invited the same person to it by a link that still works."""
    same = select(Invitation).where(
        Invitation.email == anew.email, Invitation.is_post_of(anew), is_open(now)
    )
    others = session.scalars(same).all()
    for invitation in others:
        _revoke(session, invitation, by, now)
    return others


def _revoke(session: Session, invitation: Invitation, by: Viewer, now: datetime) -> None:
    invitation.revoked_at = now
    session.flush()
    withdraw_mail_of(session, invitation)
    _record(session, "invitation-revoked", invitation, by, now)


def _taken_up(session: Session, token: str, now: datetime) -> Invitation:
    """The invitation of this token, which nobody else can take until the transaction ends."""
    invitation = open_invitation(session, token, now=now, to_use=True)
    if invitation is None:
        raise DeadInvitationError("No such invitation")
    return invitation


def _accept(session: Session, invitation: Invitation, user_id: int, now: datetime) -> None:
    invitation.accepted_at, invitation.accepted_by_id = now, user_id
    membership = Membership(**invitation.post_columns, user_id=user_id, started_at=now)
    if not held_already(session, user_id, membership):
        session.add(membership)
    session.flush()
    withdraw_mail_of(session, invitation)
    subject, detail = f"invitation {invitation.id}", {"role": invitation.role}
    record(
        session, "invitation-accepted", subject, by=user_id, at=now, detail=detail, of=invitation
    )
    old = invitation.hands_over
    if old is not None and old.is_live and old.user_id != user_id:
        role_ends.hand_on(session, old, user_id, by=None, now=now)


def withdraw_mail_of(session: Session, invitation: Invitation) -> None:
    """Take back what is still to be sent of an invitation, because its link works no more."""
    withdraw_mail(
        session,
        MAIL_KIND,
        invitation.email,
        written_at=invitation.invited_at,
        agency_id=invitation.agency_id,
    )


def _record(session: Session, kind: str, invitation: Invitation, by: Viewer, now: datetime) -> None:
    told = happening_of(kind, invitation)
    record_by(session, kind, told.subject, by, now, told.detail, of=invitation)


def happening_of(kind: str, invitation: Invitation) -> Happening:
    """What the history is told of an invitation: to which role, and where."""
    detail = {"role": invitation.role, "place": invitation.place_reference}
    return Happening(kind, f"invitation {invitation.id}", detail, invitation)
