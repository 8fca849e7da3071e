"""The panel of a case audit: who sits on it, and opening the agencies' files to it."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from s11audit.domain.cases import HELD_STATUSES, CaseAuditStatus
from s11audit.domain.numbers import counted
from s11audit.domain.permissions import Permission
from s11audit.models import CaseAudit
from s11audit.queries.asked_files import progress_of
from s11audit.queries.panel_members import members_of, people_for_panel, who_will_read
from s11audit.services import case_panels
from s11audit.services.refusals import RefusedError
from s11audit.web.cases import blueprint
from s11audit.web.cases.forms import NO_NAMES, PanelForm
from s11audit.web.cases.guarding import guard_of_audit
from s11audit.web.cases.pages import audit_to_run
from s11audit.web.fields import TextField
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.own_links import own_link, sends_mail
from s11audit.web.security import db, now, permitted, viewer

Page = str | tuple[str, int] | Response
_OPENED = "The cases are open to the panel. Agencies can no longer change their files."
_CLOSED_STATUSES = HELD_STATUSES | {CaseAuditStatus.CANCELLED}


class OpeningForm(FlaskForm):
    reason = TextField(
        5_000,
        label="Why does the panel open before every file is finished?",
        description=f"The panel can read this. {NO_NAMES}",
    )


@blueprint.get("/case-audits/<audit>/panel-members")
@permitted(Permission.RUN_CASE_AUDITS)
def panel_members(audit: str) -> str:
    found = audit_to_run(audit)
    form = _panel_form(found)
    form.members.data = [str(one.user_id) for one in members_of(db(), found)]
    return _panel_page(found, form)


@blueprint.post("/case-audits/<audit>/panel-members")
@permitted(Permission.RUN_CASE_AUDITS)
def choose_panel(audit: str) -> Page:
    found = audit_to_run(audit)
    form = _panel_form(found)
    if not form.validate():
        return _panel_page(found, form), 422
    link = _link_for_panel(found)
    case_panels.choose_panel(db(), found, form.chosen, by=viewer(), now=now(), link=link)
    db().commit()
    flash("The panel is saved.", "success")
    return redirect(url_for("cases.show", audit=found.reference), 303)


@blueprint.get("/case-audits/<audit>/open")
@permitted(Permission.RUN_CASE_AUDITS)
def opening(audit: str) -> str:
    return _opening_page(audit_to_run(audit), OpeningForm())


@blueprint.post("/case-audits/<audit>/open")
@permitted(Permission.RUN_CASE_AUDITS)
def open_panel(audit: str) -> Page:
    found, form = audit_to_run(audit), OpeningForm()
    guard = guard_of_audit(found)
    if not guard.accepts(form):
        return _opening_page(found, form), 422
    try:
        reason, link = form.reason.data or "", _link_for_panel(found)
        told = case_panels.open_panel(db(), found, reason, by=viewer(), now=now(), link=link)
    except RefusedError as error:
        refuse(form, error)
        return _opening_page(found, form), 422
    guard.remember()
    db().commit()
    flash(f"{_OPENED} {_told_in_words(told)}", "success")
    return redirect(url_for("cases.show", audit=found.reference), 303)


def _link_for_panel(audit: CaseAudit) -> str:
    """Where mail to the panel leads; empty where no mail leaves."""
    page = url_for("cases.panel_cases", audit=audit.reference)
    return own_link(page) if sends_mail() else ""


def _told_in_words(number: int) -> str:
    if not sends_mail():
        return "No e-mail leaves this service, so tell the panel yourself."
    told = counted(number, "person of the panel is", "people of the panel are")
    return f"{told} told by e-mail."


def _panel_form(audit: CaseAudit) -> PanelForm:
    form = PanelForm()
    form.offer(people_for_panel(db(), audit.partnership_id))
    return form


def _panel_page(audit: CaseAudit, form: PanelForm) -> str:
    return render_template(
        "cases/panel-members.html",
        audit=audit,
        form=form,
        errors=errors_of(form),
        may_change=audit.status not in _CLOSED_STATUSES,
    )


def _opening_page(audit: CaseAudit, form: OpeningForm) -> str:
    return render_template(
        "cases/opening.html",
        audit=audit,
        form=form,
        errors=errors_of(form),
        progress=progress_of(db(), audit),
        members=who_will_read(db(), audit),
        may_open=audit.status is CaseAuditStatus.AGENCY_FILES,
    )
