"""“I have taken over as safeguarding lead”: asked by anybody, decided by a manager.

Whoever asks learns nothing about who is there: the answer and the mail are always the same.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from s11audit.domain.permissions import Role
from s11audit.domain.viewers import Viewer
from s11audit.models import Agency, Invitation, Membership, RequestOutcome, TakeoverRequest
from s11audit.queries import takeovers
from s11audit.queries.people import account_id
from s11audit.services.events import record, record_by
from s11audit.services.invitations import invite
from s11audit.services.leaving import end_role
from s11audit.services.mail import write_mail
from s11audit.services.people import Post, sound_email, sound_name
from s11audit.services.refusals import RefusedError

LONGEST_MESSAGE = 2_000


def ask_to_take_over(
    session: Session, place: str, name: str, email: str, message: str, *, now: datetime
) -> None:
    """Remember who says that they lead for the agency of this reference or name now, and mail them.

    `session` is the machine's own, as nobody is signed in. Nothing is remembered where no agency
    or more than one is called so, and nothing twice. Raises RefusedError about what was typed.
    """
    name, email = sound_name(name), sound_email(email)
    agency = _agency(session, " ".join(place.split()))
    if agency is not None and not _waits_already(session, agency, email):
        request = TakeoverRequest(
            agency_id=agency.id,
            name=name,
            email=email,
            message=message.strip()[:LONGEST_MESSAGE],
            asked_at=now,
        )
        session.add(request)
        session.flush()
        subject = f"agency {agency.reference}"
        detail = {"request": request.id}
        record(session, "takeover-asked", subject, by=None, at=now, detail=detail, of=request)
    write_mail(session, "takeover-asked", email, {}, now=now)


def confirm_takeover(
    session: Session,
    request_id: int,
    ending: Set[int],
    *,
    by: Viewer,
    now: datetime,
    address: Callable[[str], str],
) -> tuple[Invitation, str]:
    """Invite whoever asked, and end those roles of the leads before them that `ending` names.

    `address` makes the link of the invitation from its token, which is given, too. Raises
    RefusedError, LookupError.
    """
    request = _waiting(session, request_id, by)
    if not ending <= _leads(session, request.agency):
        raise LookupError("No lead of this agency")
    post = Post(Role.AGENCY_LEAD, request.agency.reference)
    sent = invite(session, request.name, request.email, post, by=by, now=now, address=address)
    for membership_id in sorted(ending):
        end_role(session, membership_id, by=by, now=now)
    _decide(session, request, RequestOutcome.CONFIRMED, by, now)
    _record(session, "takeover-confirmed", request, by, now)
    return sent


def decline_takeover(
    session: Session, request_id: int, reason: str, *, by: Viewer, now: datetime
) -> TakeoverRequest:
    """Tell whoever asked why not. Raises RefusedError where no reason is given, LookupError."""
    request = _waiting(session, request_id, by)
    reason = reason.strip()[:LONGEST_MESSAGE]
    if not reason:
        raise RefusedError("reason", "Say why, for whoever asked")
    request.reason = reason
    facts = {"agency": request.agency.name, "reason": reason}
    write_mail(session, "takeover-declined", request.email, facts, now=now)
    _decide(session, request, RequestOutcome.DECLINED, by, now)
    _record(session, "takeover-declined", request, by, now)
    return request


def _agency(session: Session, place: str) -> Agency | None:
    """The one agency with this reference or, in whatever case, this name."""
    called_so = or_(Agency.reference == place.upper(), func.lower(Agency.name) == place.lower())
    found = session.scalars(select(Agency).where(called_so).limit(2)).all()
    return found[0] if len(found) == 1 else None


def _leads(session: Session, agency: Agency) -> set[int]:
    """Ids of the roles of those who lead for the agency now."""
    held = (Membership.agency_id == agency.id) & (Membership.role == Role.AGENCY_LEAD)
    return set(session.scalars(select(Membership.id).where(held, Membership.is_live)))


def _waits_already(session: Session, agency: Agency, email: str) -> bool:
    same = select(TakeoverRequest.id).where(
        TakeoverRequest.agency_id == agency.id,
        TakeoverRequest.email == email,
        TakeoverRequest.decided_at.is_(None),
    )
    return session.scalar(same) is not None


def _waiting(session: Session, request_id: int, by: Viewer) -> TakeoverRequest:
    request = takeovers.waiting_request(session, request_id, visible_to=by)
    if request is None:
        raise LookupError("No such request within reach")
    return request


def _decide(
    session: Session,
    request: TakeoverRequest,
    outcome: RequestOutcome,
    by: Viewer,
    now: datetime,
) -> None:
    request.decided_at, request.outcome = now, outcome
    request.decided_by_id = account_id(by)
    session.flush()


def _record(
    session: Session, kind: str, request: TakeoverRequest, by: Viewer, now: datetime
) -> None:
    subject, detail = f"agency {request.agency.reference}", {"request": request.id}
    record_by(session, kind, subject, by, now, detail, of=request)
