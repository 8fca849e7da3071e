"""The tables that hold rows of a person, and what that person is told of each.

Every SELECT is of one person's rows, its columns named as they are told.
"""

from __future__ import annotations

from sqlalchemy import Executable, func, or_, select

from s11audit.models import (
    Agency,
    Invitation,
    Membership,
    OutgoingMail,
    ParkedForm,
    Partnership,
    QuestionnaireVersion,
    SignInLink,
    TakeoverRequest,
    Trust,
    User,
    UserSession,
)
from s11audit.queries.own_assessment_rows import TABLES_OF_ASSESSMENTS
from s11audit.queries.own_case_rows import TABLES_OF_CASES
from s11audit.queries.own_return_rows import TABLES_OF_RETURNS, Table


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
    *TABLES_OF_RETURNS,
    *TABLES_OF_CASES,
    *TABLES_OF_ASSESSMENTS,
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
