"""Asking agencies to audit their own files on the cases of an audit, at first and later on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.cases import CASE_AUDIT_STEPS, CaseAuditStatus
from s11audit.domain.dates import long_date
from s11audit.domain.numbers import counted
from s11audit.domain.permissions import Role
from s11audit.domain.questionnaire import Kind, Questionnaire
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.viewers import Viewer
from s11audit.models import Agency, AnswerSheet, AskedAgency, AuditCase, CaseAudit, CaseFile
from s11audit.queries.asked_files import agencies_asked, agencies_to_ask
from s11audit.queries.reminders import people_of_agency
from s11audit.services.case_audits import check_runs, lock_audit, record_of_audit
from s11audit.services.mail import unsent_mail
from s11audit.services.refusals import RefusedError
from s11audit.services.steps import move, step_for

ASKED = "case-files-asked"


def ask_agencies(
    session: Session,
    audit: CaseAudit,
    agency_ids: Iterable[int],
    questionnaire: Questionnaire,
    *,
    link: str | None = None,
    by: Viewer,
    now: datetime,
) -> list[Agency]:
    """Ask these agencies for their files on every case, with the questionnaire pinned for good.

    Their leads are told by e-mail where `link` is the address of their page; None sends none. Gives
    those asked. Raises RefusedError (`agencies`, `files_due_on`, `questionnaire`), and
    StepNotAllowedError before cases are drawn.
    """
    allows = partial(by.may_in_partnership, partnership_id=audit.partnership_id)
    step = step_for(CASE_AUDIT_STEPS, "ask-agencies", audit.status, by=by, allows=allows)
    if audit.files_due_on is None:
        raise RefusedError("files_due_on", "Enter first by when agencies audit their files")
    if questionnaire.kind is not Kind.CASE_FILE_AUDIT:
        raise RefusedError("questionnaire", "Choose a questionnaire for case-file audits")
    agencies = _chosen(session, audit, agency_ids)
    pins = {
        "questionnaire_id": questionnaire.id,
        "questionnaire_version": questionnaire.version,
        "questionnaire_sha256": questionnaire.sha256,
    }
    statuses = move(session, audit, step, **pins)
    files = _ask(session, audit, agencies, link, now)
    detail = {**statuses, **pins, **_facts(agencies, files)}
    record_of_audit(session, step.event, audit, by, now, detail)
    return agencies


def ask_more_agencies(
    session: Session,
    audit: CaseAudit,
    agency_ids: Iterable[int],
    *,
    link: str | None = None,
    by: Viewer,
    now: datetime,
) -> list[Agency]:
    """Ask further agencies while the others audit their files. Raises as `ask_agencies` does."""
    check_runs(by, audit.partnership_id)
    lock_audit(session, audit)
    if audit.status is not CaseAuditStatus.AGENCY_FILES:
        raise StepNotAllowedError("Agencies can be added only while agencies audit their files.")
    there = {agency.id for agency in agencies_asked(session, audit)}
    agencies = _chosen(session, audit, set(agency_ids) - there)
    files = _ask(session, audit, agencies, link, now)
    record_of_audit(session, "case-agencies-added", audit, by, now, _facts(agencies, files))
    return agencies


def add_files(session: Session, audit: CaseAudit, cases: Collection[AuditCase]) -> int:
    """A file with an empty sheet for each of these cases and each agency asked. Gives how many."""
    agencies = agencies_asked(session, audit)
    return _files(session, audit, cases, agencies)


def _chosen(session: Session, audit: CaseAudit, agency_ids: Iterable[int]) -> list[Agency]:
    chosen = set(agency_ids)
    agencies = [
        agency for agency in agencies_to_ask(session, audit.partnership_id) if agency.id in chosen
    ]
    if not chosen:
        raise RefusedError("agencies", "Select at least one agency")
    if len(agencies) != len(chosen):
        raise RefusedError("agencies", "Select agencies of this partnership only")
    return agencies


def _ask(
    session: Session,
    audit: CaseAudit,
    agencies: Sequence[Agency],
    link: str | None,
    now: datetime,
) -> int:
    """Write down who is asked, make their files and tell their leads. Gives how many files."""
    session.add_all(AskedAgency(audit_id=audit.id, agency_id=agency.id) for agency in agencies)
    session.flush()
    live = AuditCase.audit_id == audit.id, AuditCase.set_aside_at.is_(None)
    cases = session.scalars(select(AuditCase).where(*live)).all()
    if link is not None:
        for agency in agencies:
            _tell_leads(session, audit, agency, len(cases), link, now)
    return _files(session, audit, cases, agencies)


def _files(
    session: Session, audit: CaseAudit, cases: Iterable[AuditCase], agencies: Iterable[Agency]
) -> int:
    agencies = list(agencies)
    wanted = [(case, agency) for case in cases for agency in agencies]
    sheets = [
        AnswerSheet(partnership_id=audit.partnership_id, agency_id=agency.id)
        for _, agency in wanted
    ]
    session.add_all(sheets)
    session.flush()
    session.add_all(
        CaseFile(case_id=case.id, agency_id=agency.id, sheet_id=sheet.id)
        for (case, agency), sheet in zip(wanted, sheets, strict=True)
    )
    session.flush()
    return len(wanted)


def _tell_leads(
    session: Session, audit: CaseAudit, agency: Agency, cases: int, link: str, now: datetime
) -> None:
    facts = {
        "agency": agency.name,
        "audit": audit.title,
        "cases": counted(cases, "case"),
        "due": long_date(audit.files_due_on) if audit.files_due_on else "",
        "link": link,
    }
    session.add_all(
        unsent_mail(ASKED, to.email, {**facts, "name": to.name}, now=now, agency_id=agency.id)
        for to in people_of_agency(session, agency.id, Role.AGENCY_LEAD)
    )


def _facts(agencies: Iterable[Agency], files: int) -> dict[str, object]:
    return {"agencies": [agency.reference for agency in agencies], "files": files}
