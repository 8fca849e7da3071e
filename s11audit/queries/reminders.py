"""Who is to be told about returns, and what they were told: for reminders and for their pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from s11audit.domain.dates import today_in_london
from s11audit.domain.permissions import Permission, Role
from s11audit.domain.reminding import Told, coming, is_awaited
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import ReturnStatus, RoundStatus, takes_answers
from s11audit.models import (
    Agency,
    AgencyReturn,
    AuditRound,
    Invitation,
    Membership,
    OutgoingMail,
    Reminder,
    Signature,
    User,
)
from s11audit.queries import reach

TO_SIGN = "return-to-sign"
TO_JOIN = "return-to-join"
# Kinds of mail that ask for a return, and say nothing once it has come.
ASKING_KINDS = frozenset(
    {"round-opened", "return-new-date", "return-due", "return-overdue", TO_SIGN, TO_JOIN}
)


@dataclass(frozen=True)
class Addressee:
    """Somebody who can be written to about a return, with the role that makes it their concern."""

    user_id: int
    name: str
    email: str
    role: Role


@dataclass(frozen=True)
class ToldReturn:
    """A return of an open round: whom to tell of it (`people`), and what they were told.

    `people` are its leads and, while it waits to be signed, those who have yet to sign it. Where
    there is no lead, `invited` are the invitations to be one that nobody has taken up.
    """

    return_id: int
    reference: str
    status: ReturnStatus
    due_on: date
    agency_id: int
    agency_reference: str
    agency: str
    round: AuditRound
    people: tuple[Addressee, ...]
    invited: tuple[Invitation, ...]
    reminders: tuple[Reminder, ...]

    @property
    def told(self) -> frozenset[Told]:
        return frozenset((one.occasion, one.due_on) for one in self.reminders)

    @property
    def is_awaited(self) -> bool:
        return is_awaited(self.status)

    @property
    def lacks(self) -> Role | None:
        """The role that somebody should have who can be written to now, and nobody has."""
        waits = self.status is ReturnStatus.AWAITING_SIGN_OFF
        needed = Role.SIGNATORY if waits else Role.AGENCY_LEAD
        if not self.is_awaited or any(one.role is needed for one in self.people):
            return None
        return None if needed is Role.AGENCY_LEAD and self.invited else needed

    @property
    def is_reachable(self) -> bool:
        """Whether anybody can be written to: somebody of the agency, or somebody invited."""
        return bool(self.people or self.invited)

    @property
    def last_told(self) -> Reminder | None:
        written = [one for one in self.reminders if one.mails]
        return max(written, key=lambda one: one.told_at, default=None)

    def was_told_on(self, today: date) -> bool:
        last = self.last_told
        return last is not None and today_in_london(last.told_at) == today

    def coming(self, today: date) -> tuple[str, date] | None:
        """The next occasion on which its people are told, and the day."""
        plan, closes_on = self.round.reminder_days, self.round.closes_on
        return coming(plan, self.status, self.due_on, self.told, today, closes_on)


def open_rounds(today: date, round_id: int | None = None) -> Select[AuditRound]:
    """Rounds that take answers on this day, or this one if it does, in a fixed order."""
    found = select(AuditRound).where(
        AuditRound.status == RoundStatus.OPEN, AuditRound.closes_on >= today
    )
    found = found if round_id is None else found.where(AuditRound.id == round_id)
    return found.order_by(AuditRound.id).execution_options(populate_existing=True)


def told_returns(
    session: Session, rounds: Iterable[AuditRound], *, visible_to: Viewer | None
) -> list[ToldReturn]:
    """The returns of these rounds, by name of agency: a few statements, however many there are.

    `visible_to` None is the machine itself, which writes to everybody.
    """
    by_id = {one.id: one for one in rounds}
    within: list[ColumnElement[bool]] = [AgencyReturn.round_id.in_(by_id)]
    if visible_to is not None:
        within.append(reach.returns(visible_to, Permission.EDIT_ROUNDS))
    rows = session.execute(
        select(AgencyReturn, Agency.reference, Agency.name)
        .join(Agency, Agency.id == AgencyReturn.agency_id)
        .where(*within)
        .order_by(Agency.name, Agency.id)
        .execution_options(populate_existing=True)
    ).all()
    ids = select(AgencyReturn.id).where(*within)
    agencies = select(AgencyReturn.agency_id).where(*within)
    reminders = _by_return(session, select(Reminder).where(Reminder.return_id.in_(ids)))
    people = _people(session, agencies)
    invited = _invited(session, agencies)
    signed = _signed(session, ids)
    return [
        ToldReturn(
            return_id=row.id,
            reference=row.reference,
            status=row.status,
            due_on=row.due_on,
            agency_id=row.agency_id,
            agency_reference=agency_reference,
            agency=agency,
            round=by_id[row.round_id],
            people=_concerned(row, people.get(row.agency_id, ()), signed),
            invited=_instead(invited.get(row.agency_id, ()), people.get(row.agency_id, ())),
            reminders=tuple(reminders.get(row.id, ())),
        )
        for row, agency_reference, agency in rows
    ]


def people_of_agency(session: Session, agency_id: int, role: Role) -> tuple[Addressee, ...]:
    """Those who have this role for an agency and can be written to."""
    found = _people(session, select(Agency.id).where(Agency.id == agency_id))
    return tuple(one for one in found.get(agency_id, ()) if one.role is role)


def is_moot(session: Session, mail: OutgoingMail, now: datetime) -> bool:
    """Whether mail that waits asks for something that has come, or is no longer wanted."""
    if mail.kind not in ASKING_KINDS:
        return False
    found = session.execute(
        select(AgencyReturn.status, AuditRound.status, AuditRound.closes_on)
        .join(AuditRound, AuditRound.id == AgencyReturn.round_id)
        .where(AgencyReturn.round_id == mail.round_id, AgencyReturn.agency_id == mail.agency_id)
    ).one_or_none()
    if found is None or not takes_answers(found[1], found[2], today_in_london(now)):
        return True
    status = found[0]
    return not is_awaited(status) or (
        mail.kind == TO_SIGN and status is not ReturnStatus.AWAITING_SIGN_OFF
    )


def _by_return(session: Session, found: Select[Reminder]) -> Mapping[int, Sequence[Reminder]]:
    by_return: dict[int, list[Reminder]] = defaultdict(list)
    for one in session.scalars(found.order_by(Reminder.told_at)):
        by_return[one.return_id].append(one)
    return by_return


def _people(session: Session, agencies: Select[int]) -> Mapping[int, Sequence[Addressee]]:
    """Leads and signatories of these agencies who have not been disabled, by name."""
    rows = session.execute(
        select(Membership.agency_id, User.id, User.name, User.email, Membership.role)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.agency_id.in_(agencies),
            Membership.role.in_((Role.AGENCY_LEAD, Role.SIGNATORY)),
            Membership.is_live,
            User.is_active,
        )
        .order_by(User.name, User.id)
    )
    people: dict[int, list[Addressee]] = defaultdict(list)
    for agency_id, user_id, name, email, role in rows:
        people[agency_id or 0].append(Addressee(user_id, name, email, role))
    return people


def _invited(session: Session, agencies: Select[int]) -> Mapping[int, Sequence[Invitation]]:
    """Invitations to lead these agencies, neither accepted nor revoked, the latest first."""
    rows = session.scalars(
        select(Invitation)
        .where(
            Invitation.agency_id.in_(agencies),
            Invitation.role == Role.AGENCY_LEAD,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .order_by(Invitation.invited_at.desc(), Invitation.id.desc())
        .execution_options(populate_existing=True)
    )
    invited: dict[int, list[Invitation]] = defaultdict(list)
    for one in rows:
        invited[one.agency_id or 0].append(one)
    return invited


def _instead(invited: Iterable[Invitation], people: Iterable[Addressee]) -> tuple[Invitation, ...]:
    """The latest invitation of each address, where nobody leads the agency yet."""
    if any(one.role is Role.AGENCY_LEAD for one in people):
        return ()
    latest: dict[str, Invitation] = {}
    for one in invited:
        latest.setdefault(one.email, one)
    return tuple(latest.values())


def _signed(session: Session, returns: Select[int]) -> set[tuple[int, int]]:
    """Return and user of every signature that stands."""
    rows = session.execute(
        select(Signature.return_id, Signature.user_id).where(
            Signature.return_id.in_(returns), Signature.voided_at.is_(None)
        )
    )
    return {(return_id, user_id) for return_id, user_id in rows}


def _concerned(
    row: AgencyReturn, people: Iterable[Addressee], signed: set[tuple[int, int]]
) -> tuple[Addressee, ...]:
    """Each person once; whoever leads and signs is asked to sign while that is what is missing."""
    waits = row.status is ReturnStatus.AWAITING_SIGN_OFF
    chosen = {one.user_id: one for one in people if one.role is Role.AGENCY_LEAD}
    if waits:
        chosen |= {
            one.user_id: one
            for one in people
            if one.role is Role.SIGNATORY and (row.id, one.user_id) not in signed
        }
    return tuple(chosen.values())
