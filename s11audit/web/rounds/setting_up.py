"""Setting up a new round."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Questionnaire
from s11audit.models import AuditRound, Partnership
from s11audit.queries.rounds import agencies_to_invite, partnerships_to_run
from s11audit.services.refusals import RefusedError
from s11audit.services.rounds import create_round
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.rounds.forms import RoundForm
from s11audit.web.rounds.pages import blueprint
from s11audit.web.security import db, now, permitted, services, viewer


@blueprint.get("/new")
@permitted(Permission.EDIT_ROUNDS)
def new() -> str:
    partnership = _partnership()
    form = _offered(RoundForm(), partnership)
    form.agencies.data = form.offered
    form.questionnaire.data = form.only_questionnaire
    return _new_page(form, partnership)


@blueprint.post("/new")
@permitted(Permission.EDIT_ROUNDS)
def create() -> str | tuple[str, int] | Response:
    partnership = _partnership()
    form = _offered(RoundForm(), partnership)
    if not form.validate():
        return _new_page(form, partnership), 422
    try:
        audit_round = _created(form, partnership)
    except RefusedError as error:
        refuse(form, error)
        return _new_page(form, partnership), 422
    db().commit()
    flash(f"“{audit_round.title}” is set up. Open it when you are ready.", "success")
    return redirect(url_for("rounds.show", reference=audit_round.reference), 303)


def _created(form: RoundForm, partnership: Partnership) -> AuditRound:
    return create_round(
        db(),
        partnership.id,
        (form.reference.data or "").upper(),
        form.title.data or "",
        _questionnaire(form),
        form.opens_on.data,
        form.due_on.data,
        form.closes_on.data,
        form.agencies.data or [],
        by=viewer(),
        now=now(),
    )


def _questionnaire(form: RoundForm) -> Questionnaire:
    id_, _, version = form.questionnaire.data.partition("/")
    return services().catalogue.to_ask(id_, version)


def _partnership() -> Partnership:
    """The partnership named in the address, or else the viewer's first."""
    theirs = partnerships_to_run(db(), visible_to=viewer())
    named = request.args.get("partnership")
    for partnership in theirs:
        if named in (None, partnership.reference):
            return partnership
    abort(404)


def _offered(form: RoundForm, partnership: Partnership) -> RoundForm:
    form.offer_questionnaires(services().catalogue)
    form.offer_agencies(agencies_to_invite(db(), [partnership.id], visible_to=viewer()))
    return form


def _new_page(form: RoundForm, partnership: Partnership) -> str:
    return render_template(
        "rounds/new.html",
        form=form,
        errors=errors_of(form),
        partnership=partnership,
        partnerships=partnerships_to_run(db(), visible_to=viewer()),
    )
