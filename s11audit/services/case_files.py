"""An agency's files on cases: who audits them, conflicts of interest, no involvement, being done.

Whoever calls has found the file for `by` and locked it (`own_file(…, to_change=True)`). `link` is
where mail leads to; without it none is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.viewers import Viewer
from s11audit.models import CaseFile
from s11audit.queries.case_files import Lacking, case_auditors_of, lacking
from s11audit.services import sheets
from s11audit.services.case_mail import tell_auditor, tell_of_conflict
from s11audit.services.events import Happening, record_all, record_by
from s11audit.services.refusals import RefusedError


class UnfinishedError(Exception):
    """The file lacks something that it must have before it can be finished."""

    def __init__(self, found: Lacking) -> None:
        super().__init__(f"{found.number} things are missing")
        self.lacking = found


def appoint(
    session: Session,
    files: Sequence[CaseFile],
    auditor_id: int | None,
    *,
    by: Viewer,
    now: datetime,
    link: str = "",
) -> int:
    """Let this case auditor audit these files of one agency (None: nobody, for now).

    Says how many files changed hands; the new auditor is told once, and declares a conflict anew.
    Raises RefusedError (`auditor`) for somebody who is no case auditor of the agency or has
    declared a conflict, StepNotAllowedError where a file is not asked for now, PermissionError.
    """
    changing = [one for one in files if _changes_hands(one, auditor_id)]
    for file in files:
        check_may(Permission.APPOINT_AUDITORS, file, by)
    for file in changing:
        check_asked(file)
        _check_auditor(session, file, auditor_id)
    for file in changing:
        sheets.keep_closed(session, file.sheet)
        file.auditor_id, file.conflict, file.conflict_at = auditor_id, "", None
    session.flush()
    kind = "case-auditor-appointed" if auditor_id else "case-auditor-taken-off"
    detail = {"auditor": auditor_id} if auditor_id else {}
    happened = [Happening(kind, one.subject, detail, one.case.audit) for one in changing]
    record_all(session, happened, by=by.user_id, at=now)
    if changing and auditor_id and link:
        tell_auditor(session, changing[0], link, now=now)
    return len(changing)


def declare(
    session: Session,
    file: CaseFile,
    conflict: str,
    *,
    by: Viewer,
    now: datetime,
    link: str = "",
) -> bool:
    """The auditor says what conflict of interest they have (empty: none), and whether it is new.

    While one is declared they cannot go on, and the leads are told to appoint somebody else.
    """
    check_may(Permission.AUDIT_CASE, file, by)
    check_asked(file)
    if file.conflict_at is not None and file.conflict == conflict:
        return False
    sheets.keep_closed(session, file.sheet)
    file.conflict, file.conflict_at = conflict, now
    kind = "case-conflict-declared" if conflict else "case-no-conflict-declared"
    record_by(session, kind, file.subject, by, now, of=file.case.audit)
    if conflict and link:
        tell_of_conflict(session, file, link, now=now)
    return True


def state_no_involvement(
    session: Session, file: CaseFile, reason: str, *, by: Viewer, now: datetime
) -> None:
    """Say that the agency had nothing to do with the case: its file leaves every denominator.

    What was answered stays on the sheet, for the case that this is taken back.
    """
    check_may(Permission.STATE_NO_INVOLVEMENT, file, by)
    check_asked(file)
    if not reason.strip():
        raise RefusedError("reason", "Say how you know that your agency was not involved")
    if file.no_involvement_at is not None:
        raise StepNotAllowedError("Your agency has already stated that it was not involved.")
    sheets.keep_closed(session, file.sheet)
    file.no_involvement_reason, file.no_involvement_at = reason, now
    record_by(session, "case-no-involvement-stated", file.subject, by, now, of=file.case.audit)


def withdraw_no_involvement(session: Session, file: CaseFile, *, by: Viewer, now: datetime) -> None:
    """Say that the agency was involved after all, so that its file is asked for again."""
    check_may(Permission.STATE_NO_INVOLVEMENT, file, by)
    check_asked(file)
    if file.no_involvement_at is None:
        raise StepNotAllowedError("Your agency has not stated that it was not involved.")
    sheets.keep_closed(session, file.sheet)
    file.no_involvement_reason, file.no_involvement_at = "", None
    record_by(session, "case-no-involvement-withdrawn", file.subject, by, now, of=file.case.audit)


def note_answers(session: Session, file: CaseFile, *, by: Viewer, now: datetime) -> None:
    """Record that answers were saved: not which, nor how many, which whoever runs it would read."""
    record_by(session, "case-file-answered", file.subject, by, now, of=file.case.audit)


def finish_file(
    session: Session, file: CaseFile, questionnaire: Questionnaire, *, by: Viewer, now: datetime
) -> None:
    """The auditor says that the file is done. Raises UnfinishedError where something is missing."""
    check_answerable(file, by)
    found = lacking(session, file, questionnaire)
    if found.number:
        raise UnfinishedError(found)
    sheets.finish(session, file.sheet, now=now)
    record_by(session, "case-file-finished", file.subject, by, now, of=file.case.audit)


def take_up_file(session: Session, file: CaseFile, *, by: Viewer, now: datetime) -> None:
    """The auditor goes on with a file that was done."""
    check_answerable(file, by)
    sheets.take_up_again(session, file.sheet)
    record_by(session, "case-file-taken-up", file.subject, by, now, of=file.case.audit)


def check_may(permission: Permission, file: CaseFile, by: Viewer) -> None:
    """Raises PermissionError unless `by` may do this with the file: as lead, or as its auditor."""
    reach = by.reach(permission)
    is_assigned = file.agency_id in reach.assigned and file.auditor_id == by.user_id
    if file.agency_id not in reach.agencies and not is_assigned:
        raise PermissionError(f"{by.name} may not {permission} here")


def check_answerable(file: CaseFile, by: Viewer) -> None:
    """Raises StepNotAllowedError, or PermissionError, where `by` cannot answer this file now."""
    check_may(Permission.AUDIT_CASE, file, by)
    if file.state.not_answered_because:
        raise StepNotAllowedError(file.state.not_answered_because)


def check_asked(file: CaseFile) -> None:
    """Raises StepNotAllowedError where nothing can be done about this file now."""
    if file.state.not_asked_because:
        raise StepNotAllowedError(file.state.not_asked_because)


def _changes_hands(file: CaseFile, auditor_id: int | None) -> bool:
    """Whoever has declared a conflict does not simply keep the file: appointing them is refused."""
    return file.auditor_id != auditor_id or bool(file.conflict)


def _check_auditor(session: Session, file: CaseFile, auditor_id: int | None) -> None:
    if auditor_id is None:
        return
    if auditor_id not in {one.user_id for one in case_auditors_of(session, file.agency_id)}:
        raise RefusedError("auditor", "Choose a case auditor of your agency")
    if file.conflict and file.auditor_id == auditor_id:
        raise RefusedError(
            "auditor",
            f"They have declared a conflict of interest in {file.case.reference}: choose somebody"
            " else",
        )
