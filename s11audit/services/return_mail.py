"""Mail about returns: reminders, receipts and notices. They hold a link, and nothing of answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from s11audit.domain.dates import long_date, long_time
from s11audit.domain.permissions import Role
from s11audit.domain.reminding import NEW_DATE, OPENED
from s11audit.models import AgencyReturn, Invitation, OutgoingMail
from s11audit.queries.reminders import TO_JOIN, TO_SIGN, Addressee, ToldReturn, people_of_agency
from s11audit.services.mail import MAIL_KINDS, unsent_mail

# Makes the absolute address of a return's page from its reference.
Address = Callable[[str], str]
RECEIPT, SENT_BACK, HANDED_BACK = "return-submitted", "return-sent-back", "return-handed-back"
# Who is told of what happens to a return, besides reminders.
_TOLD: dict[str, tuple[Role, ...]] = {
    TO_SIGN: (Role.SIGNATORY,),
    RECEIPT: (Role.AGENCY_LEAD, Role.SIGNATORY),
    SENT_BACK: (Role.AGENCY_LEAD, Role.SIGNATORY),
    HANDED_BACK: (Role.AGENCY_LEAD,),
}


@dataclass(frozen=True)
class Links:
    """What links in reminders lead to, under the address of the installation."""

    base_url: str

    def to_return(self, reference: str) -> str:
        return f"{self.base_url}/returns/{reference}"

    def to_assessment(self, reference: str) -> str:
        return f"{self.base_url}/assessments/{reference}"

    def to_action(self, reference: str) -> str:
        return f"{self.base_url}/actions/{reference}"

    def to_join(self, token: str) -> str:
        return f"{self.base_url}/join/{token}"


def reminder_kind(occasion: str, to: Addressee, due_on: date, today: date) -> str:
    """The kind of mail that tells this person of an occasion."""
    if to.role is Role.SIGNATORY:
        return TO_SIGN
    if occasion == OPENED:
        return "round-opened"
    if occasion == NEW_DATE:
        return "return-new-date"
    return "return-overdue" if today > due_on else "return-due"


def reminder(
    one: ToldReturn, occasion: str, to: Addressee, address: Address, *, today: date, now: datetime
) -> OutgoingMail:
    """Mail that tells somebody of an occasion; whoever calls adds it to the table."""
    kind = reminder_kind(occasion, to, one.due_on, today)
    facts = {
        "agency": one.agency,
        "round": one.round.title,
        "due": long_date(one.due_on),
        "closes": long_date(one.round.closes_on),
        "link": address(one.reference),
        "name": to.name,
    }
    return _mail(kind, to, facts, now, one.agency_id, one.round.id)


def joining_reminder(
    one: ToldReturn, invitation: Invitation, link: str, *, now: datetime
) -> OutgoingMail:
    """Mail that tells whoever was invited to lead the agency, and has not joined, of its return."""
    facts = {
        "agency": one.agency,
        "round": one.round.title,
        "due": long_date(one.due_on),
        "name": invitation.name,
        "link": link,
        "until": long_time(invitation.expires_at),
    }
    place = {"agency_id": one.agency_id, "round_id": one.round.id}
    return unsent_mail(TO_JOIN, invitation.email, facts, now=now, **place)


def write_notice(
    session: Session,
    kind: str,
    agency_return: AgencyReturn,
    address: Address | None,
    *,
    now: datetime,
) -> None:
    """Tell the people of a return what has just happened to it, in the same transaction.

    Without `address` nobody is written to: there is no mail, or no need of it.
    """
    if address is None:
        return
    facts = {
        "agency": agency_return.agency.name,
        "round": agency_return.round.title,
        "due": long_date(agency_return.due_on),
        "receipt": agency_return.receipt or "",
        "when": long_time(now),
        "link": address(agency_return.reference),
    }
    place = agency_return.agency_id, agency_return.round_id
    people = _each_once(
        person
        for role in _TOLD[kind]
        for person in people_of_agency(session, agency_return.agency_id, role)
    )
    mails = [_mail(kind, to, {**facts, "name": to.name}, now, *place) for to in people]
    session.add_all(mails)
    session.flush()


def _each_once(people: Iterable[Addressee]) -> list[Addressee]:
    return list({one.user_id: one for one in people}.values())


def _mail(
    kind: str, to: Addressee, facts: dict[str, str], now: datetime, agency_id: int, round_id: int
) -> OutgoingMail:
    told = {name: fact for name, fact in facts.items() if name in MAIL_KINDS[kind]}
    return unsent_mail(kind, to.email, told, now=now, agency_id=agency_id, round_id=round_id)
