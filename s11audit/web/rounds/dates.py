"""Changing the dates of a round that is still to come, or open."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from s11audit.domain.numbers import counted
from s11audit.domain.permissions import Permission
from s11audit.domain.workflow import RoundStatus
from s11audit.models import AuditRound
from s11audit.services.refusals import RefusedError
from s11audit.services.round_dates import DATABLE_STATUSES, RoundDates, change_dates
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.rounds.forms import DatesForm
from s11audit.web.rounds.pages import blueprint, round_to_run
from s11audit.web.security import db, now, permitted, viewer


@blueprint.get("/<reference>/dates")
@permitted(Permission.EDIT_ROUNDS)
def dates(reference: str) -> str:
    audit_round = round_to_run(reference)
    return _dates_page(audit_round, _form_of(audit_round))


@blueprint.post("/<reference>/dates")
@permitted(Permission.EDIT_ROUNDS)
def change(reference: str) -> str | tuple[str, int] | Response:
    audit_round = round_to_run(reference)
    form = _form_of(audit_round)
    if not form.validate():
        return _dates_page(audit_round, form), 422
    try:
        wanted, reason = _dates_in(audit_round, form), form.reason.data if form.reason else ""
        moved = change_dates(db(), audit_round, wanted, reason or "", by=viewer(), now=now())
    except RefusedError as error:
        refuse(form, error)
        return _dates_page(audit_round, form), 422
    db().commit()
    flash(
        f"The dates are changed. {counted(moved, 'return has', 'returns have')} a new one.",
        "success",
    )
    return redirect(url_for("rounds.show", reference=audit_round.reference), 303)


def _dates_in(audit_round: AuditRound, form: DatesForm) -> RoundDates:
    opens_on = form.opens_on.data if form.opens_on else audit_round.opens_on
    return RoundDates(opens_on, form.due_on.data, form.closes_on.data)


def _form_of(audit_round: AuditRound) -> DatesForm:
    """The form with the dates as they are, or as they were sent; no first day once it is open."""
    form = DatesForm(obj=audit_round)
    if audit_round.status is not RoundStatus.DRAFT:
        del form.opens_on
    else:
        del form.reason
    return form


def _dates_page(audit_round: AuditRound, form: DatesForm) -> str:
    return render_template(
        "rounds/dates.html",
        round=audit_round,
        form=form,
        errors=errors_of(form),
        may_change=audit_round.status in DATABLE_STATUSES,
    )
