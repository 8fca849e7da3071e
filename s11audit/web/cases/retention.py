"""What is held of single cases, until when, and deleting it: one proposes, another approves."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms.validators import InputRequired

from s11audit.domain.dates import today_in_london
from s11audit.domain.permissions import Permission
from s11audit.domain.retention import HELD_LABELS, Stage, certificate_from
from s11audit.domain.steps import StepNotAllowedError
from s11audit.models import CaseAudit, CaseDeletion
from s11audit.queries import retention as queries
from s11audit.services.deletion_ledger import Ledger, LedgerError
from s11audit.services.refusals import RefusedError
from s11audit.services.retention import (
    CONCERN_IS_OPEN,
    LONGEST_REASON,
    Ruling,
    approve,
    end_hold,
    propose,
    put_on_hold,
    withdraw,
)
from s11audit.web.cases import blueprint
from s11audit.web.cases.guarding import guard_of_audit
from s11audit.web.fields import TextField
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.own_links import own_link, sends_mail
from s11audit.web.security import db, now, permitted, services, viewer

logger = logging.getLogger(__name__)

Page = str | tuple[str, int] | Response
NOT_WRITTEN = (
    "This deletion could not be written into the ledger, so nothing was deleted. Tell whoever runs "
    "this service."
)


class HoldForm(FlaskForm):
    reason = TextField(
        LONGEST_REASON,
        label="Why must it be kept?",
        description="Such as a court case or an inquiry. Do not write about any child.",
        validators=[InputRequired("Say why this must be kept")],
    )


@blueprint.get("/case-audits/retention")
@permitted(Permission.RUN_CASE_AUDITS)
def retention_list() -> str:
    kept = queries.kept_audits(db(), _months(), _today(), visible_to=viewer())
    return render_template(
        "cases/retention-list.html",
        stages={stage: [one for one in kept if one.stage is stage] for stage in Stage},
        emptied=queries.emptied_audits(db(), visible_to=viewer()),
        months=_months(),
    )


@blueprint.get("/case-audits/<audit>/retention")
@permitted(Permission.RUN_CASE_AUDITS)
def retention(audit: str) -> str:
    return _page(audit_to_keep_or_404(audit))


@blueprint.post("/case-audits/<audit>/retention/propose")
@permitted(Permission.DELETE_CASE_DATA)
def propose_deletion(audit: str) -> Page:
    link = own_link(url_for("cases.retention", audit=audit)) if sends_mail() else ""

    def act(found: CaseAudit) -> None:
        propose(db(), found, _months(), by=viewer(), now=now(), link=link)

    return _decide(audit, act, "The deletion is proposed. A second person must approve it.")


@blueprint.post("/case-audits/<audit>/retention/withdraw")
@permitted(Permission.DELETE_CASE_DATA)
def withdraw_deletion(audit: str) -> Page:
    def act(found: CaseAudit) -> None:
        withdraw(db(), found, by=viewer(), now=now())

    return _decide(audit, act, "The proposal is taken back.")


@blueprint.post("/case-audits/<audit>/retention/approve")
@permitted(Permission.DELETE_CASE_DATA)
def approve_deletion(audit: str) -> Page:
    ruling = Ruling(_months(), Ledger(services().settings.deletion_ledger))

    def act(found: CaseAudit) -> None:
        approve(db(), found, ruling, by=viewer(), now=now())

    return _decide(audit, act, "What was held of single cases is deleted.")


@blueprint.post("/case-audits/<audit>/retention/hold")
@permitted(Permission.DELETE_CASE_DATA)
def hold(audit: str) -> Page:
    found, form = audit_to_keep_or_404(audit), HoldForm()
    guard = guard_of_audit(found)
    if not guard.accepts(form):
        return _page(found, form=form), 422
    try:
        put_on_hold(db(), found, form.reason.data or "", by=viewer(), now=now())
    except RefusedError as error:
        refuse(form, error)
        return _page(found, form=form), 422
    except StepNotAllowedError as error:
        db().rollback()
        return _page(audit_to_keep_or_404(audit), problem=str(error), form=form), 409
    guard.remember()
    db().commit()
    flash("This audit is on hold. Nothing of it is deleted until somebody ends that.", "success")
    return redirect(url_for("cases.retention", audit=audit), 303)


@blueprint.post("/case-audits/<audit>/retention/end-hold")
@permitted(Permission.DELETE_CASE_DATA)
def release(audit: str) -> Page:
    def act(found: CaseAudit) -> None:
        end_hold(db(), found, by=viewer(), now=now())

    return _decide(audit, act, "The hold is ended.")


def audit_to_keep_or_404(reference: str) -> CaseAudit:
    found = queries.audit_to_keep(db(), reference, visible_to=viewer())
    if found is None:
        abort(404)
    return found


def _decide(reference: str, act: Callable[[CaseAudit], None], said: str) -> Page:
    """Do what a button says, or show the page as it is now and why it was not done."""
    found = audit_to_keep_or_404(reference)
    try:
        act(found)
    except (RefusedError, StepNotAllowedError) as error:
        db().rollback()
        return _page(audit_to_keep_or_404(reference), problem=str(error)), 409
    except LedgerError as error:
        db().rollback()
        logger.error("A deletion was not done: %s", error)
        return _page(audit_to_keep_or_404(reference), problem=NOT_WRITTEN), 503
    db().commit()
    flash(said, "success")
    return redirect(url_for("cases.retention", audit=reference), 303)


def _months() -> int:
    return services().settings.case_months


def _today() -> Any:
    return today_in_london(now())


def _who_may_approve(audit: CaseAudit, proposal: CaseDeletion) -> list[str]:
    return [one.name for one in queries.others_who_decide(db(), audit, proposal.proposed_by_id)]


def _page(audit: CaseAudit, *, problem: str = "", form: HoldForm | None = None) -> str:
    keeping = next(iter(queries.keepings(db(), [audit], _months(), _today())), None)
    done = queries.deletion_done(db(), audit.id) if audit.emptied_at else None
    proposal = keeping.proposal if keeping else None
    return render_template(
        "cases/retention.html",
        audit=audit,
        keeping=keeping,
        certificate=certificate_from(done.certificate) if done else None,
        is_mine=proposal is not None and proposal.proposed_by_id == viewer().user_id,
        who_may_approve=_who_may_approve(audit, proposal) if proposal else [],
        concern=CONCERN_IS_OPEN if keeping and queries.has_open_concern(db(), audit) else "",
        form=form or HoldForm(formdata=None),
        months=_months(),
        labels=HELD_LABELS,
        Stage=Stage,
        problem=problem,
        errors=errors_of(form) if form else [],
    )
