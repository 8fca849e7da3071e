"""Mail about case audits. It names the audit or action, with a link; of a case it says nothing.

It is shown on no agency's page: the manager of another partnership would read it there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.dates import long_date
from s11audit.domain.permissions import Role
from s11audit.models import Action, CaseAudit, CaseFile, User
from s11audit.queries.concerns import leads_of, managers_of
from s11audit.queries.reminders import people_of_agency
from s11audit.services.mail import write_mail

# Makes the absolute address of an action's page from its reference.
Address = Callable[[str], str]
GIVEN, DUE, CONFLICT, CONCERN, ACTION, PANEL, DELETION = (
    "case-files-given",
    "case-files-due",
    "case-file-conflict",
    "immediate-concern",
    "action-asked-for",
    "case-panel-opened",
    "case-deletion-proposed",
)


def tell_auditor(session: Session, file: CaseFile, link: str, *, now: datetime) -> None:
    """Tell whoever was appointed to audit this file, and perhaps others beside it."""
    auditor = session.scalars(select(User).where(User.id == file.auditor_id)).one()
    facts = _facts(file, auditor.name, link) | {"due": due_in_words(file)}
    write_mail(session, GIVEN, auditor.email, facts, now=now)


def tell_of_conflict(session: Session, file: CaseFile, link: str, *, now: datetime) -> None:
    """Tell the agency's leads that somebody else has to audit this file."""
    for lead in people_of_agency(session, file.agency_id, Role.AGENCY_LEAD):
        write_mail(session, CONFLICT, lead.email, _facts(file, lead.name, link), now=now)


def tell_of_concern(session: Session, file: CaseFile, link: str, *, now: datetime) -> None:
    """Tell the agency's leads and the partnership's managers, once each, that there is one."""
    leads = leads_of(session, file.agency_id)
    managers = managers_of(session, file.case.audit.partnership_id)
    for address in _once(leads, managers):
        write_mail(session, CONCERN, address, {"link": link}, now=now)


def tell_of_action(session: Session, action: Action, address: Address, *, now: datetime) -> None:
    """Tell the agency's leads, who may report on it, that an action is asked for; not what it is.

    What somebody typed is for the page, behind its sign-in.
    """
    facts = {
        "agency": action.agency.name,
        "action": action.reference,
        "due": long_date(action.due_on),
        "link": address(action.reference),
    }
    for lead in people_of_agency(session, action.agency_id, Role.AGENCY_LEAD):
        write_mail(session, ACTION, lead.email, {**facts, "name": lead.name}, now=now)


def tell_panel(
    session: Session, audit: CaseAudit, user_ids: Collection[int], link: str, *, now: datetime
) -> int:
    """Tell these people of its panel that an audit's cases are open; gives how many they are."""
    day = long_date(audit.panel_on) if audit.panel_on else "a day that is not fixed yet"
    return _tell(session, PANEL, user_ids, {"audit": audit.reference, "day": day, "link": link},
                 now=now)  # fmt: skip


def tell_of_deletion(
    session: Session, audit: CaseAudit, user_ids: Collection[int], link: str, *, now: datetime
) -> int:
    """Tell whoever may approve that a deletion waits for a second person."""
    facts = {"audit": audit.reference, "link": link}
    return _tell(session, DELETION, user_ids, facts, now=now)


def _tell(
    session: Session, kind: str, user_ids: Collection[int], facts: dict[str, str], *, now: datetime
) -> int:
    """Write to each of these who may still sign in, once, and say to how many."""
    found = select(User).where(User.id.in_(user_ids), User.is_active).order_by(User.id)
    people = session.scalars(found).all()
    for one in people:
        write_mail(session, kind, one.email, {**facts, "name": one.name}, now=now)
    return len(people)


def due_in_words(file: CaseFile) -> str:
    due_on = file.case.audit.files_due_on
    return long_date(due_on) if due_on else "the day that your partnership tells you"


def _facts(file: CaseFile, name: str, link: str) -> dict[str, str]:
    return {
        "name": name,
        "agency": file.agency.name,
        "audit": file.case.audit.reference,
        "link": link,
    }


def _once(*lists: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(address for one in lists for address in one))
