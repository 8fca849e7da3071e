"""Running a round: its steps, agencies that join, and agencies that need longer."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from s11audit.domain.dates import long_date, today_in_london
from s11audit.domain.guard.policy import Place
from s11audit.domain.numbers import counted
from s11audit.domain.permissions import Permission
from s11audit.domain.workflow import ROUND_STATUS_LABELS, RoundStatus
from s11audit.models import AgencyReturn, AuditRound
from s11audit.queries.asking import local_questions_to_open, questionnaire_to_open
from s11audit.queries.moderation import return_to_scrutinise
from s11audit.queries.programme import JOINABLE_STATUSES
from s11audit.queries.rounds import agencies_to_invite
from s11audit.services import rounds
from s11audit.services.refusals import RefusedError
from s11audit.services.reminding import remind
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.guard import Guard
from s11audit.web.own_links import mail_links, sends_mail
from s11audit.web.rounds.choosing import wants_list
from s11audit.web.rounds.forms import AgenciesForm, ExtensionForm
from s11audit.web.rounds.pages import blueprint, check_runs, round_to_run
from s11audit.web.rounds.showing import REOPEN, round_page
from s11audit.web.security import db, now, permitted, services, viewer
from s11audit.web.step_forms import StepForm, refuse_step, sent_form

Page = str | tuple[str, int] | Response


@blueprint.post("/<reference>/steps/<step>")
@permitted(Permission.EDIT_ROUNDS)
def take_step(reference: str, step: str) -> Page:
    audit_round = round_to_run(reference)
    form = sent_form(step)
    guard = Guard(Place.COMMENTS, f"round {reference}", of=audit_round)
    if not guard.accepts(form):
        return round_page(audit_round, {step: form}), 422
    try:
        rounds.take_round_step(
            db(),
            audit_round,
            step,
            by=viewer(),
            now=now(),
            questionnaire=questionnaire_to_open(audit_round, services().catalogue),
            local=local_questions_to_open(db(), audit_round, services().whole_catalogue),
            reason=form.text.data or "",
            closes_on=form.day.data,
        )
    except RefusedError as error:
        return round_page(audit_round, {step: _refused_step(form, step, error)}), 422
    guard.remember()
    told = _tell_of(audit_round)
    db().commit()
    flash(f"The round is now {ROUND_STATUS_LABELS[audit_round.status].lower()}.{told}", "success")
    return _to_round(audit_round)


def _refused_step(form: StepForm, step: str, error: RefusedError) -> StepForm:
    if error.field == "closes_on":
        form.day.errors = [str(error)]
        return form
    return refuse_step(form, step, {"reopen": REOPEN})


@blueprint.get("/<reference>/agencies")
@permitted(Permission.EDIT_ROUNDS)
def agencies(reference: str) -> str:
    audit_round = round_to_run(reference)
    return _agencies_page(audit_round, _agencies_form(audit_round))


@blueprint.post("/<reference>/agencies")
@permitted(Permission.EDIT_ROUNDS)
def add_agencies(reference: str) -> Page:
    audit_round = round_to_run(reference)
    form = _agencies_form(audit_round)
    if wants_list(form):
        return _agencies_page(audit_round, form)
    if form.validate() and not form.chosen:
        form.types.errors = ["Select at least one agency, or a type of agency"]
    if form.errors:
        return _agencies_page(audit_round, form), 422
    try:
        added = rounds.add_agencies(db(), audit_round, form.chosen, by=viewer(), now=now())
    except RefusedError as error:
        refuse(form, error)
        return _agencies_page(audit_round, form), 422
    db().commit()
    flash(f"{counted(len(added), 'agency was', 'agencies were')} added.", "success")
    return _to_round(audit_round)


@blueprint.get("/<reference>/returns/<agency>/extension")
@permitted(Permission.EDIT_ROUNDS)
def extension(reference: str, agency: str) -> str:
    return _extension_page(_return_or_404(reference, agency), ExtensionForm())


@blueprint.post("/<reference>/returns/<agency>/extension")
@permitted(Permission.EDIT_ROUNDS)
def extend(reference: str, agency: str) -> Page:
    agency_return = _return_or_404(reference, agency)
    form = ExtensionForm()
    guard = Guard(Place.COMMENTS, f"return {agency_return.reference}", of=agency_return)
    if not guard.accepts(form):
        return _extension_page(agency_return, form), 422
    reason = form.reason.data or ""
    try:
        rounds.extend(db(), agency_return, form.due_on.data, reason, by=viewer(), now=now())
    except RefusedError as error:
        refuse(form, error)
        return _extension_page(agency_return, form), 422
    guard.remember()
    db().commit()
    until = long_date(agency_return.due_on)
    flash(f"{agency_return.agency.name} now has until {until}.", "success")
    return _to_round(agency_return.round)


def _tell_of(audit_round: AuditRound) -> str:
    """Write to everybody of a round that is open now, and say how many; sending is for others."""
    if audit_round.status is not RoundStatus.OPEN or not sends_mail():
        return ""
    moment, today = now(), today_in_london(now())
    told = remind(db(), mail_links(), today=today, now=moment, round_id=audit_round.id)
    count = sum(one.mails for one in told)
    return f" {counted(count, 'person is', 'people are')} being told by e-mail." if count else ""


def _to_round(audit_round: AuditRound) -> Response:
    return redirect(url_for("rounds.show", reference=audit_round.reference), 303)


def _agencies_form(audit_round: AuditRound) -> AgenciesForm:
    form = AgenciesForm()
    asking = [partnership.id for partnership in audit_round.partnerships]
    form.offer_agencies(agencies_to_invite(db(), asking, visible_to=viewer(), besides=audit_round))
    return form


def _agencies_page(audit_round: AuditRound, form: AgenciesForm) -> str:
    return render_template(
        "rounds/agencies.html",
        round=audit_round,
        form=form,
        errors=errors_of(form) if request.method == "POST" else [],
        is_open=audit_round.status in JOINABLE_STATUSES,
    )


def _return_or_404(reference: str, agency: str) -> AgencyReturn:
    found = return_to_scrutinise(db(), reference, agency, visible_to=viewer())
    if found is None:
        abort(404)
    check_runs(found.round)
    return found


def _extension_page(agency_return: AgencyReturn, form: ExtensionForm) -> str:
    return render_template(
        "rounds/extension.html",
        agency_return=agency_return,
        round=agency_return.round,
        form=form,
        errors=errors_of(form),
    )
