"""Reminding of files on cases that are due soon: each occasion once, however often it is run."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.case_files import days_to_remind
from s11audit.domain.cases import CaseAuditStatus, FileProgress
from s11audit.domain.permissions import Role
from s11audit.models import AuditCase, CaseAudit, CaseFile, Event
from s11audit.queries.reminders import people_of_agency
from s11audit.services.case_mail import DUE, due_in_words
from s11audit.services.events import record
from s11audit.services.mail import write_mail

REMINDED = "case-files-reminded"
_DONE = frozenset({FileProgress.FINISHED, FileProgress.NO_INVOLVEMENT})
# How far a file is where the lead has to do something.
_FOR_THE_LEAD = frozenset({FileProgress.NO_AUDITOR, FileProgress.CONFLICT})


def remind_of_case_files(session: Session, link: str, *, today: date, now: datetime) -> int:
    """Write to auditors of files that are due soon, and to leads where nobody audits one.

    Says how many were written to. `today` is the day in London; the session is the machine's.
    """
    audits = session.scalars(
        select(CaseAudit)
        .where(CaseAudit.status == CaseAuditStatus.AGENCY_FILES, CaseAudit.files_due_on >= today)
        .order_by(CaseAudit.id)
        .with_for_update()
    ).all()
    return sum(_remind(session, audit, link, today, now) for audit in audits)


def _remind(session: Session, audit: CaseAudit, link: str, today: date, now: datetime) -> int:
    due_on = audit.files_due_on
    days = days_to_remind(due_on, today) if due_on else None
    subject = f"case audit {audit.reference}"
    occasion = {"due": str(due_on), "days": days}
    if days is None or occasion in _told(session, subject):
        return 0
    people = _people(session, _awaited(session, audit))
    for (address, _agency), facts in people.items():
        write_mail(session, DUE, address, facts | {"link": link}, now=now)
    record(session, REMINDED, subject, by=None, at=now, detail=occasion, of=audit)
    return len(people)


def _told(session: Session, subject: str) -> list[dict[str, object]]:
    found = select(Event.detail).where(Event.kind == REMINDED, Event.subject == subject)
    return list(session.scalars(found))


def _awaited(session: Session, audit: CaseAudit) -> list[CaseFile]:
    files = session.scalars(
        select(CaseFile)
        .join(AuditCase, AuditCase.id == CaseFile.case_id)
        .where(AuditCase.audit_id == audit.id, AuditCase.set_aside_at.is_(None))
        .order_by(CaseFile.id)
    )
    return [one for one in files if one.state.progress not in _DONE]


def _people(session: Session, files: Iterable[CaseFile]) -> dict[tuple[str, int], dict[str, str]]:
    """(Address, agency id) → the facts of mail to that person: one message, however many files."""
    found: dict[tuple[str, int], dict[str, str]] = {}
    for file in files:
        for name, address in _whom(session, file):
            found[address, file.agency_id] = {
                "name": name,
                "agency": file.agency.name,
                "audit": file.case.audit.reference,
                "due": due_in_words(file),
            }
    return found


def _whom(session: Session, file: CaseFile) -> list[tuple[str, str]]:
    auditor = file.auditor
    if auditor is not None and auditor.is_active and file.state.progress not in _FOR_THE_LEAD:
        return [(auditor.name, auditor.email)]
    leads = people_of_agency(session, file.agency_id, Role.AGENCY_LEAD)
    return [(one.name, one.email) for one in leads]
