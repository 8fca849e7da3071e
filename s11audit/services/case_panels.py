"""Choosing the panel of a case audit, and opening the agencies' files to it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from sqlalchemy import delete
from sqlalchemy.orm import Session

from s11audit.domain.cases import CASE_AUDIT_STEPS, HELD_STATUSES, CaseAuditStatus
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.viewers import Viewer
from s11audit.models import CaseAudit, PanelMember
from s11audit.queries.asked_files import files_of, progress_of
from s11audit.queries.panel_members import (
    Panellist,
    members_of,
    people_for_panel,
    who_will_read,
)
from s11audit.services.case_audits import check_runs, record_of_audit
from s11audit.services.case_mail import tell_panel
from s11audit.services.refusals import RefusedError
from s11audit.services.sheets import open_sheets
from s11audit.services.steps import move, step_for


def choose_panel(
    session: Session,
    audit: CaseAudit,
    user_ids: Iterable[int],
    *,
    by: Viewer,
    now: datetime,
    link: str = "",
) -> None:
    """Let these people, and the chair, read the cases of an audit once they are opened.

    Whoever is left out reads them no longer. Whoever is added once they are open is told so by
    mail, with this link; without it none is written. Raises RefusedError (`members`) for somebody
    who cannot sit on a panel, and StepNotAllowedError once grades are agreed.
    """
    check_runs(by, audit.partnership_id)
    if audit.status in HELD_STATUSES | {CaseAuditStatus.CANCELLED}:
        raise StepNotAllowedError("This audit is over or cancelled, so its panel stays.")
    able = {one.user_id for one in people_for_panel(session, audit.partnership_id)}
    wanted = set(user_ids)
    if not wanted <= able:
        raise RefusedError("members", "Choose people from the list")
    wanted |= able & {audit.chair_id}
    before = {one.user_id for one in members_of(session, audit)}
    gone, new = before - wanted, wanted - before
    session.execute(
        delete(PanelMember).where(PanelMember.audit_id == audit.id, PanelMember.user_id.in_(gone))
    )
    session.add_all(PanelMember(audit_id=audit.id, user_id=one, added_at=now) for one in new)
    session.flush()
    if gone or new:
        detail = {"members": sorted(wanted), "added": sorted(new), "removed": sorted(gone)}
        record_of_audit(session, "case-panel-chosen", audit, by, now, detail)
    if link and audit.status is CaseAuditStatus.PANEL:
        tell_panel(session, audit, new, link, now=now)


def open_panel(
    session: Session,
    audit: CaseAudit,
    reason: str = "",
    *,
    by: Viewer,
    now: datetime,
    link: str = "",
) -> int:
    """Open every file to the panel: from then on nobody changes what agencies wrote.

    Gives how many of the panel are told by mail, which leads to `link`; without it none is written.
    The chair sits on the panel, also one who was named after it was chosen. Raises RefusedError
    (`reason`) where files are unfinished and nobody has said why it opens all the same, (`members`)
    without a panel, and StepNotAllowedError in any other status.
    """
    allows = partial(by.may_in_partnership, partnership_id=audit.partnership_id)
    step = step_for(CASE_AUDIT_STEPS, "open-panel", audit.status, by=by, allows=allows)
    members = who_will_read(session, audit)
    if not members:
        raise RefusedError("members", "Choose first who sits on the panel")
    progress = progress_of(session, audit)
    if progress.unfinished and not reason.strip():
        raise RefusedError("reason", "Say why the panel opens before every file is finished")
    statuses = move(session, audit, step, status_reason=reason.strip())
    open_sheets(session, (file.sheet for file in files_of(session, audit)), now=now)
    _seat_all(session, audit, members, now)
    reading = {one.user_id for one in members if one.roles}
    told = tell_panel(session, audit, reading, link, now=now) if link else 0
    detail = {
        **statuses,
        "finished": progress.finished,
        "unfinished": progress.unfinished,
        "no_involvement": progress.without,
        "reason_given": bool(reason.strip()),
        "mails": told,
    }
    record_of_audit(session, step.event, audit, by, now, detail)
    return told


def _seat_all(
    session: Session, audit: CaseAudit, members: Iterable[Panellist], now: datetime
) -> None:
    """Let the chair read, too, who was named after the panel was chosen."""
    seated = {one.user_id for one in members_of(session, audit)}
    late = {one.user_id for one in members} - seated
    session.add_all(PanelMember(audit_id=audit.id, user_id=one, added_at=now) for one in late)
    session.flush()
