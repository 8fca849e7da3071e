"""Immediate concerns: raised by an auditor at any time, told at once, closed by an outcome only.

What the concern is belongs into the child's own record. Nothing here asks for it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from s11audit.domain.permissions import Permission
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.viewers import Viewer
from s11audit.models import CaseFile, ImmediateConcern
from s11audit.queries.case_files import concerns_on
from s11audit.queries.case_holdings import DELETED
from s11audit.services.case_files import check_may
from s11audit.services.case_mail import tell_of_concern
from s11audit.services.events import record_by
from s11audit.services.refusals import RefusedError


def raise_concern(
    session: Session,
    file: CaseFile,
    *,
    after: int,
    by: Viewer,
    now: datetime,
    link: str = "",
) -> ImmediateConcern:
    """Raise a concern on a file, whatever state it is in, and tell leads and managers at once.

    Whoever calls has found the file for `by` and locked it. `after` is how many had been raised on
    it when the page was shown: whoever presses twice raises one. `link` is where the mail leads to;
    without it none is written. Raises PermissionError for whoever does not audit the file.
    """
    check_may(Permission.AUDIT_CASE, file, by)
    held = concerns_on(session, file.id)
    if len(held) > after:
        return held[0]
    concern = ImmediateConcern(file_id=file.id, raised_by_id=by.user_id, raised_at=now)
    session.add(concern)
    session.flush()
    _record(session, "concern-raised", concern, by, now)
    if link:
        tell_of_concern(session, file, link, now=now)
    return concern


def see_concern(session: Session, concern: ImmediateConcern, *, by: Viewer, now: datetime) -> bool:
    """The lead says that they know of it and are acting; says whether they are the first."""
    _check_may(concern, by)
    if concern.seen_at is not None:
        return False
    concern.seen_at, concern.seen_by_id = now, by.user_id
    _record(session, "concern-seen", concern, by, now)
    return True


def close_concern(
    session: Session, concern: ImmediateConcern, outcome: str, *, by: Viewer, now: datetime
) -> None:
    """Say what came of it, without which it stays open.

    Once the cases of its audit are deleted, the words are not kept: their time is over already.
    Raises RefusedError (`outcome`) for none, StepNotAllowedError where it is closed already.
    """
    _check_may(concern, by)
    if not outcome.strip():
        raise RefusedError("outcome", "Say what came of it")
    if concern.closed_at is not None:
        raise StepNotAllowedError("Somebody else has closed this concern with another outcome.")
    is_emptied = concern.file.case.audit.emptied_at is not None
    concern.outcome = DELETED if is_emptied else outcome
    concern.closed_at, concern.closed_by_id = now, by.user_id
    _record(session, "concern-closed", concern, by, now)


def _check_may(concern: ImmediateConcern, by: Viewer) -> None:
    audit, agency_id = concern.file.case.audit, concern.file.agency_id
    as_lead = by.may_in_agency(Permission.ANSWER_CONCERNS, agency_id)
    if not as_lead and not by.may_in_partnership(Permission.ANSWER_CONCERNS, audit.partnership_id):
        raise PermissionError(f"{by.name} may not {Permission.ANSWER_CONCERNS} here")


def _record(
    session: Session, kind: str, concern: ImmediateConcern, by: Viewer, now: datetime
) -> None:
    record_by(session, kind, concern.subject, by, now, of=concern.file.case.audit)
