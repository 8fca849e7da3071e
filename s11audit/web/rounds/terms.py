"""Changing what agencies read and how many sign, of a round that is not open yet."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.domain.workflow import RoundStatus
from s11audit.models import AuditRound
from s11audit.services.refusals import RefusedError
from s11audit.services.round_terms import RoundTerms, change_terms
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.rounds.forms import TermsForm
from s11audit.web.rounds.pages import blueprint, round_to_run
from s11audit.web.security import db, now, permitted, viewer


@blueprint.get("/<reference>/guidance")
@permitted(Permission.EDIT_ROUNDS)
def terms(reference: str) -> str:
    audit_round = round_to_run(reference)
    return _terms_page(audit_round, TermsForm(obj=audit_round))


@blueprint.post("/<reference>/guidance")
@permitted(Permission.EDIT_ROUNDS)
def change_guidance(reference: str) -> str | tuple[str, int] | Response:
    audit_round, form = round_to_run(reference), TermsForm()
    if not form.validate():
        return _terms_page(audit_round, form), 422
    wanted = RoundTerms(form.guidance.data or "", form.signatures_needed.data)
    try:
        change_terms(db(), audit_round, wanted, by=viewer(), now=now())
    except RefusedError as error:
        refuse(form, error)
        return _terms_page(audit_round, form), 422
    db().commit()
    flash("Your changes are saved. Agencies read them once you open the round.", "success")
    return redirect(url_for("rounds.show", reference=audit_round.reference), 303)


def _terms_page(audit_round: AuditRound, form: TermsForm) -> str:
    return render_template(
        "rounds/terms.html",
        round=audit_round,
        form=form,
        errors=errors_of(form),
        may_change=audit_round.status is RoundStatus.DRAFT,
    )
