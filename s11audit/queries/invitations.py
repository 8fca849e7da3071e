"""Invitations: those that somebody may look after, and the one that a link belongs to."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from s11audit.domain.access import GRANTABLE
from s11audit.domain.granting import may_grant
from s11audit.domain.invitations import InvitationState
from s11audit.domain.numbers import pages_of
from s11audit.domain.permissions import ROLE_LABELS, Role
from s11audit.domain.viewers import Grant, Viewer
from s11audit.models import Agency, Invitation, Membership, OutgoingMail, User
from s11audit.models.walls import without_walls
from s11audit.queries import directory, reach
from s11audit.queries.people import as_viewer, token_digest

INVITATIONS_A_PAGE = 50
# Of `services.mail.MAIL_KINDS`.
MAIL_KIND = "invitation"

# Address, moment and agency tell which mail goes with which invitation.
MailKey = tuple[str, datetime, int | None]


@dataclass(frozen=True)
class ListedInvitation:
    """One invitation as whoever looks after it sees it.

    `is_given` is False where whoever invited may no longer give that role: the link is dead then.
    `mail` tells of its mail; None where there is none any more.
    """

    id: int
    name: str
    email: str
    role: Role
    place: str
    inviter: str
    state: InvitationState
    invited_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    revoked_at: datetime | None
    is_given: bool
    mail: OutgoingMail | None


@dataclass(frozen=True)
class InvitationsPage:
    """One page of the invitations in one state; `counts` are of all states."""

    invitations: tuple[ListedInvitation, ...]
    counts: dict[InvitationState, int]
    state: InvitationState
    page: int

    @property
    def pages(self) -> int:
        return pages_of(self.counts[self.state], INVITATIONS_A_PAGE)


@dataclass(frozen=True)
class Offer:
    """What a link shows to whoever holds it, and nothing else of the installation."""

    name: str
    email: str
    role: str
    place: str
    inviter: str
    expires_at: datetime
    has_account: bool


def invitations(
    session: Session,
    state: InvitationState,
    *,
    visible_to: Viewer,
    now: datetime,
    page: int = 1,
) -> InvitationsPage:
    """Invitations in this state that the viewer may look after, the latest first; `page` from 1."""
    ours = in_gift(visible_to)
    conditions = _states(now)
    tallies = (func.count(case((condition, 1))) for condition in conditions.values())
    counts = dict(zip(conditions, session.execute(select(*tallies).where(ours)).one(), strict=True))
    rows = session.scalars(
        _whole()
        .where(ours, conditions[state])
        .order_by(Invitation.invited_at.desc(), Invitation.id.desc())
        .limit(INVITATIONS_A_PAGE)
        .offset((page - 1) * INVITATIONS_A_PAGE)
    ).all()
    mail, given = _mail_of(session, rows), still_given(session, rows)
    listed = tuple(_listed(row, state, given, mail) for row in rows)
    return InvitationsPage(listed, counts, state, page)


def invitation(session: Session, id_: int, *, visible_to: Viewer) -> Invitation | None:
    """One invitation, if the viewer may look after it."""
    return session.scalars(_whole().where(Invitation.id == id_, in_gift(visible_to))).one_or_none()


def open_invitations(
    session: Session, tokens: Sequence[str], *, visible_to: Viewer, now: datetime
) -> list[tuple[Invitation, str]]:
    """Live invitations of these tokens that the viewer may look after, each with its token."""
    digests = {token_digest(token): token for token in tokens}
    found = session.scalars(
        _whole()
        .where(Invitation.token_sha256.in_(digests), in_gift(visible_to), is_open(now))
        .order_by(Invitation.id)
    )
    return [(one, digests[one.token_sha256]) for one in found]


def successors(session: Session, *, visible_to: Viewer, now: datetime) -> dict[int, Invitation]:
    """Membership id → the live invitation to whose acceptance that role is handed over."""
    found = session.scalars(
        select(Invitation).where(
            Invitation.hands_over_id.is_not(None), in_gift(visible_to), is_open(now)
        )
    )
    return {one.hands_over_id or 0: one for one in found}


def in_gift(viewer: Viewer) -> ColumnElement[bool]:
    """Invitations to roles that the viewer may give there: see `domain.granting.may_grant`."""
    return or_(
        false(),
        *(
            and_(Invitation.role.in_(GRANTABLE[grant.role]), _covered(grant))
            for grant in viewer.grants
            if grant.role in GRANTABLE
        ),
    )


def _covered(grant: Grant) -> ColumnElement[bool]:
    if grant.role is Role.OPERATOR:
        return true()
    if grant.partnership_id is not None:
        return or_(
            Invitation.partnership_id == grant.partnership_id,
            Invitation.agency_id.in_(reach.agencies_of({grant.partnership_id})),
        )
    return Invitation.agency_id == grant.agency_id


def offer(session: Session, token: str, *, now: datetime) -> Offer | None:
    """What the link with this token offers; None where it is dead, whatever the reason."""
    found = open_invitation(session, token, now=now)
    if found is None:
        return None
    has_account = session.scalar(select(User.id).where(User.email == found.email)) is not None
    return Offer(
        name=found.name,
        email=found.email,
        role=ROLE_LABELS[found.role],
        place=found.place_name,
        inviter=inviter_name(found),
        expires_at=found.expires_at,
        has_account=has_account,
    )


def open_invitation(
    session: Session, token: str, *, now: datetime, to_use: bool = False
) -> Invitation | None:
    """The live invitation of this token, seen by the machine itself.

    Whoever is `to_use` it has it alone until their transaction ends.
    """
    query = select(Invitation).where(Invitation.token_sha256 == token_digest(token), is_open(now))
    found = session.scalars(query.with_for_update() if to_use else query).one_or_none()
    return found if found is not None and still_given(session, [found]) else None


def still_given(session: Session, invitations: Sequence[Invitation]) -> frozenset[int]:
    """Ids of those whose inviter may still give that role: none is worth more than its inviter.

    What was invited from the machine itself stays.
    """
    with without_walls(session):
        found = session.scalars(
            select(User)
            .where(User.id.in_({one.invited_by_id for one in invitations}), User.is_active)
            .options(selectinload(User.memberships))
        )
        inviters = {user.id: as_viewer(user, user.memberships) for user in found}
        return frozenset(
            one.id
            for one in invitations
            if one.invited_by_id is None or _may_give(inviters.get(one.invited_by_id), one)
        )


def _may_give(inviter: Viewer | None, invitation: Invitation) -> bool:
    scope = directory.scope_of(invitation)
    return inviter is not None and may_grant(inviter, invitation.role, scope)


def post_of(invitation: Invitation) -> Membership:
    """The membership that an invitation is to, not yet anybody's."""
    return Membership(**invitation.post_columns, agency=invitation.agency)


def inviter_name(invitation: Invitation) -> str:
    return invitation.invited_by.name if invitation.invited_by else "The operator"


def _whole() -> Select[Invitation]:
    return select(Invitation).options(
        joinedload(Invitation.partnership),
        joinedload(Invitation.trust),
        joinedload(Invitation.agency).selectinload(Agency.partnerships),
        joinedload(Invitation.invited_by),
    )


def is_open(now: datetime) -> ColumnElement[bool]:
    """Invitations whose links work, as far as they go themselves: see `still_given`."""
    return _is_undecided() & (Invitation.expires_at > now)


def _is_undecided() -> ColumnElement[bool]:
    return Invitation.accepted_at.is_(None) & Invitation.revoked_at.is_(None)


def _states(now: datetime) -> dict[InvitationState, ColumnElement[bool]]:
    """Each state as a condition."""
    return {
        InvitationState.OPEN: is_open(now),
        InvitationState.ACCEPTED: Invitation.accepted_at.is_not(None),
        InvitationState.EXPIRED: _is_undecided() & (Invitation.expires_at <= now),
        InvitationState.REVOKED: Invitation.accepted_at.is_(None)
        & Invitation.revoked_at.is_not(None),
    }


def _listed(
    row: Invitation,
    state: InvitationState,
    given: Container[int],
    mail: Mapping[MailKey, OutgoingMail],
) -> ListedInvitation:
    return ListedInvitation(
        id=row.id,
        name=row.name,
        email=row.email,
        role=row.role,
        place=row.place_name,
        inviter=inviter_name(row),
        state=state,
        invited_at=row.invited_at,
        expires_at=row.expires_at,
        accepted_at=row.accepted_at,
        revoked_at=row.revoked_at,
        is_given=state is not InvitationState.OPEN or row.id in given,
        mail=mail.get((row.email, row.invited_at, row.agency_id)),
    )


def _mail_of(session: Session, rows: Iterable[Invitation]) -> dict[MailKey, OutgoingMail]:
    """The mail that was written with each invitation, where there is any."""
    addresses = {row.email for row in rows}
    found = session.scalars(
        select(OutgoingMail).where(
            OutgoingMail.kind == MAIL_KIND, OutgoingMail.recipient.in_(addresses)
        )
    )
    return {(mail.recipient, mail.written_at, mail.agency_id): mail for mail in found}
