"""The tables that hold rows of a person, and what that person is told of each.

Every SELECT is of one person's rows, its columns named as they are told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Executable, func, or_, select

from s11audit.models import (
    Action,
    ActionNote,
    Agency,
    AgencyReturn,
    Delegation,
    Invitation,
    Membership,
    OutgoingMail,
    ParkedForm,
    Partnership,
    QuestionnaireVersion,
    Signature,
    SignInLink,
    Snapshot,
    StoredAnswer,
    TakeoverRequest,
    Trust,
    User,
    UserSession,
)


@dataclass(frozen=True)
class Table:
    """How a part is read: its file, its heading, what it is, and a SELECT for a person."""

    name: str
    title: str
    means: str
    of: Callable[[User], Executable]


def _roles(user: User) -> Executable:
    place = func.coalesce(Partnership.name, Agency.name, Trust.name, "")
    return (
        select(
            Membership.role,
            place.label("place"),
            Membership.started_at,
            Membership.ended_at,
        )
        .outerjoin(Partnership, Partnership.id == Membership.partnership_id)
        .outerjoin(Agency, Agency.id == Membership.agency_id)
        .outerjoin(Trust, Trust.id == Membership.trust_id)
        .where(Membership.user_id == user.id)
        .order_by(Membership.id)
    )


def _sessions(user: User) -> Executable:
    return (
        select(
            UserSession.started_at,
            UserSession.last_seen_at,
            UserSession.ended_at,
            UserSession.two_factors_at.label("second_step_at"),
            UserSession.address,
            UserSession.browser,
        )
        .where(UserSession.user_id == user.id)
        .order_by(UserSession.id)
    )


def _links(user: User) -> Executable:
    return (
        select(SignInLink.made_at, SignInLink.expires_at, SignInLink.used_at)
        .where(SignInLink.user_id == user.id)
        .order_by(SignInLink.id)
    )


def _invitations(user: User) -> Executable:
    return (
        select(
            Invitation.email,
            Invitation.name,
            Invitation.role,
            Invitation.invited_at,
            Invitation.expires_at,
            Invitation.accepted_at,
            Invitation.revoked_at,
        )
        .where(or_(Invitation.email == user.email, Invitation.accepted_by_id == user.id))
        .order_by(Invitation.id)
    )


def _invited(user: User) -> Executable:
    return (
        select(Invitation.role, Invitation.invited_at, Invitation.accepted_at)
        .where(Invitation.invited_by_id == user.id)
        .order_by(Invitation.id)
    )


def _takeovers(user: User) -> Executable:
    return (
        select(
            Agency.name.label("agency"),
            TakeoverRequest.name,
            TakeoverRequest.email,
            TakeoverRequest.message,
            TakeoverRequest.asked_at,
            TakeoverRequest.decided_at,
            TakeoverRequest.outcome,
        )
        .join(Agency, Agency.id == TakeoverRequest.agency_id)
        .where(TakeoverRequest.email == user.email)
        .order_by(TakeoverRequest.id)
    )


def _signatures(user: User) -> Executable:
    return (
        select(
            AgencyReturn.reference.label("return"),
            Signature.post,
            Signature.declaration,
            Signature.signed_at,
            Signature.voided_at,
        )
        .join(AgencyReturn, AgencyReturn.id == Signature.return_id)
        .where(Signature.user_id == user.id)
        .order_by(Signature.id)
    )


def _frozen(user: User) -> Executable:
    return (
        select(AgencyReturn.reference.label("return"), Snapshot.frozen_at)
        .join(AgencyReturn, AgencyReturn.id == Snapshot.return_id)
        .where(Snapshot.frozen_by_id == user.id)
        .order_by(Snapshot.id)
    )


def _notes(user: User) -> Executable:
    return (
        select(Action.reference.label("action"), ActionNote.written_at, ActionNote.text)
        .join(Action, Action.id == ActionNote.action_id)
        .where(ActionNote.user_id == user.id)
        .order_by(ActionNote.id)
    )


def _answers(user: User) -> Executable:
    return (
        select(
            AgencyReturn.reference.label("return"),
            StoredAnswer.question_key.label("question"),
            StoredAnswer.updated_at.label("last_changed_at"),
        )
        .join(AgencyReturn, AgencyReturn.id == StoredAnswer.return_id)
        .where(StoredAnswer.updated_by_id == user.id)
        .order_by(AgencyReturn.reference, StoredAnswer.question_key)
    )


def _delegations(user: User) -> Executable:
    return (
        select(
            AgencyReturn.reference.label("return"),
            Delegation.standard_id.label("standard"),
            Delegation.given_at,
            (Delegation.user_id == user.id).label("to_you"),
        )
        .join(AgencyReturn, AgencyReturn.id == Delegation.return_id)
        .where(or_(Delegation.user_id == user.id, Delegation.given_by_id == user.id))
        .order_by(AgencyReturn.reference, Delegation.standard_id)
    )


def _versions(user: User) -> Executable:
    version = QuestionnaireVersion
    by = (version.uploaded_by_id, version.proposed_by_id, version.published_by_id)
    uploaded, proposed, published = (who.is_not_distinct_from(user.id) for who in by)
    return (
        select(
            version.questionnaire_id.label("questionnaire"),
            version.version,
            uploaded.label("you_uploaded"),
            proposed.label("you_proposed"),
            published.label("you_published"),
        )
        .where(or_(uploaded, proposed, published))
        .order_by(version.id)
    )


def _parked(user: User) -> Executable:
    return (
        select(ParkedForm.place, ParkedForm.parked_at, ParkedForm.expires_at)
        .where(ParkedForm.user_id == user.id)
        .order_by(ParkedForm.id)
    )


def _mail(user: User) -> Executable:
    return (
        select(OutgoingMail.subject, OutgoingMail.written_at, OutgoingMail.sent_at)
        .where(OutgoingMail.recipient == user.email)
        .order_by(OutgoingMail.id)
    )


TABLES: tuple[Table, ...] = (
    Table("roles", "Your roles", "What you are or were, for whom, and from when to when", _roles),
    Table(
        "sessions",
        "Where you signed in",
        "Each browser, with the network address that it had",
        _sessions,
    ),
    Table("sign_in_links", "Links to sign in with", "Links that you were sent by e-mail", _links),
    Table("invitations", "Invitations to you", "Roles that you were offered", _invitations),
    Table(
        "invitations_by_you",
        "Invitations by you",
        "Roles that you offered. To whom is about them, so it is not in here",
        _invited,
    ),
    Table(
        "takeover_requests",
        "Roles that you said you had taken over",
        "What you told a partnership",
        _takeovers,
    ),
    Table("signatures", "Your signatures", "Returns that you signed, and as what", _signatures),
    Table("sent_for_sign_off", "Returns that you sent for sign-off", "Each time", _frozen),
    Table("notes", "Notes that you wrote", "What you wrote about actions", _notes),
    Table(
        "answers",
        "Answers that you were the last to change",
        "Where they are. What they say is your agency’s, and in its return",
        _answers,
    ),
    Table(
        "delegations",
        "Standards given to colleagues",
        "What you were given to answer, or gave to others",
        _delegations,
    ),
    Table(
        "questionnaires",
        "Questionnaires that you worked on",
        "Versions that you uploaded, proposed or published",
        _versions,
    ),
    Table(
        "parked_forms",
        "Forms kept for you",
        "What you had typed when you were signed out. It is encrypted until you sign in",
        _parked,
    ),
    Table("mail", "E-mail to you", "Subjects and dates", _mail),
)
