"""What agencies are asked to do about a recommendation: actions, like those of their returns."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from s11audit.domain.actions import ActionSource, ActionStatus
from s11audit.domain.answers import POST_LIMIT
from s11audit.domain.cases import OPENED_STATUSES
from s11audit.domain.permissions import Permission
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.viewers import Viewer
from s11audit.models import Action, Agency, CaseAudit, Recommendation
from s11audit.queries.reach import agencies_of
from s11audit.services.case_mail import Address, tell_of_action
from s11audit.services.events import record_by
from s11audit.services.refusals import RefusedError


def ask_for_action(
    session: Session,
    recommendation: Recommendation,
    agency_reference: str,
    what: str,
    post: str,
    due_on: date | None,
    *,
    by: Viewer,
    now: datetime,
    address: Address | None = None,
) -> Action:
    """Ask an agency of the partnership to do something about a recommendation, by a date.

    The agency finds it among its actions and reports on it there; the partnership verifies it. Its
    leads are told by mail, unless there is no `address` for links. The same asked for twice is one
    action. Raises RefusedError about a field, StepNotAllowedError before the panel is open,
    PermissionError for whoever does not run the partnership's audits.
    """
    audit = recommendation.audit
    if not by.may_in_partnership(Permission.RUN_CASE_AUDITS, audit.partnership_id):
        raise PermissionError(f"{by.name} may not {Permission.RUN_CASE_AUDITS} here")
    status = session.scalar(
        select(CaseAudit.status).where(CaseAudit.id == audit.id).with_for_update()
    )
    if status not in OPENED_STATUSES:
        raise StepNotAllowedError("The panel of this audit is not open yet.")
    agency = _agency(session, audit, agency_reference)
    due_on = _checked(what, post, due_on)
    asked = {"agency_id": agency.id, "what": what, "post": post, "due_on": due_on}
    same = select(Action).filter_by(recommendation_id=recommendation.id, **asked)
    if (held := session.scalars(same).first()) is not None:
        return held
    action = _make(session, recommendation, asked, now)
    detail = {"agency": agency.reference, "due": due_on.isoformat()}
    subject = f"action {action.reference}"
    record_by(session, "action-asked-for", subject, by, now, detail, of=action)
    if address is not None:
        tell_of_action(session, action, address, now=now)
    return action


def _make(
    session: Session, recommendation: Recommendation, asked: dict[str, Any], now: datetime
) -> Action:
    audit = recommendation.audit
    action = Action(
        reference=_next_reference(session, audit),
        partnership_id=audit.partnership_id,
        recommendation_id=recommendation.id,
        source=ActionSource.RECOMMENDATION,
        status=ActionStatus.OPEN,
        created_at=now,
        **asked,
    )
    session.add(action)
    session.flush()
    return action


def _agency(session: Session, audit: CaseAudit, reference: str) -> Agency:
    found = session.scalars(
        select(Agency).where(
            Agency.reference == reference, Agency.id.in_(agencies_of((audit.partnership_id,)))
        )
    ).one_or_none()
    if found is None:
        raise RefusedError("agency", "Choose an agency")
    return found


def _checked(what: str, post: str, due_on: date | None) -> date:
    """The date, where nothing is missing. Raises RefusedError."""
    if not what.strip():
        raise RefusedError("what", "Say what the agency should do")
    if not post.strip() or len(post) > POST_LIMIT:
        raise RefusedError("post", "Enter the post that is responsible: a job title, not a name")
    if due_on is None:
        raise RefusedError("due_on", "Enter the date by which it should be done")
    return due_on


def _next_reference(session: Session, audit: CaseAudit) -> str:
    """`MA-26-03-A1`. The audit is locked, so nobody else takes the same number."""
    own = select(Recommendation.id).where(Recommendation.audit_id == audit.id)
    made = session.scalar(select(func.count()).where(Action.recommendation_id.in_(own))) or 0
    return f"{audit.reference}-A{made + 1}"
