"""Setting up a new round."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Questionnaire
from s11audit.models import AuditRound, Partnership
from s11audit.queries.rounds import agencies_to_invite, partnerships_to_run
from s11audit.services.refusals import RefusedError
from s11audit.services.rounds import create_round
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.rounds.choosing import wants_list
from s11audit.web.rounds.forms import RoundForm
from s11audit.web.rounds.pages import blueprint
from s11audit.web.security import db, now, permitted, services, viewer


@dataclass(frozen=True)
class Asking:
    """The partnership that runs the round, those that ask together with it, and all that could."""

    host: Partnership
    others: tuple[Partnership, ...]
    possible: tuple[Partnership, ...]


@blueprint.get("/new")
@permitted(Permission.EDIT_ROUNDS)
def new() -> str:
    asking = _asking()
    form = _offered(RoundForm(), asking)
    form.questionnaire.data = form.only_questionnaire
    return _new_page(form, asking)


@blueprint.post("/new")
@permitted(Permission.EDIT_ROUNDS)
def create() -> str | tuple[str, int] | Response:
    asking = _asking()
    form = _offered(RoundForm(), asking)
    if wants_list(form):
        return _new_page(form, asking)
    if not form.validate():
        return _new_page(form, asking), 422
    try:
        audit_round = _created(form, asking)
    except RefusedError as error:
        refuse(form, error)
        return _new_page(form, asking), 422
    db().commit()
    flash(f"“{audit_round.title}” is set up. Open it when you are ready.", "success")
    return redirect(url_for("rounds.show", reference=audit_round.reference), 303)


def _created(form: RoundForm, asking: Asking) -> AuditRound:
    return create_round(
        db(),
        asking.host.id,
        (form.reference.data or "").upper(),
        form.title.data or "",
        _questionnaire(form),
        form.opens_on.data,
        form.due_on.data,
        form.closes_on.data,
        form.chosen,
        shared_with=[partnership.id for partnership in asking.others],
        guidance=form.guidance.data or "",
        signatures_needed=form.signatures_needed.data,
        by=viewer(),
        now=now(),
    )


def _questionnaire(form: RoundForm) -> Questionnaire:
    id_, _, version = form.questionnaire.data.partition("/")
    return services().catalogue.to_ask(id_, version)


def _asking() -> Asking:
    """Who asks: the partnership named in the address, or else the viewer's first, and any others.

    All of them must be the viewer's to run rounds of.
    """
    theirs = {one.reference: one for one in partnerships_to_run(db(), visible_to=viewer())}
    host = request.args.get("partnership") or next(iter(theirs), "")
    others = dict.fromkeys(request.args.getlist("with"))
    if host not in theirs or not others.keys() <= theirs.keys():
        abort(404)
    return Asking(
        theirs[host],
        tuple(theirs[reference] for reference in others if reference != host),
        tuple(one for one in theirs.values() if one.reference != host),
    )


def _offered(form: RoundForm, asking: Asking) -> RoundForm:
    """The form with the agencies of all who ask; one that belongs to several stands there once."""
    form.offer_questionnaires(services().catalogue)
    ids = [partnership.id for partnership in (asking.host, *asking.others)]
    form.offer_agencies(agencies_to_invite(db(), ids, visible_to=viewer()))
    return form


def _new_page(form: RoundForm, asking: Asking) -> str:
    return render_template("rounds/new.html", form=form, errors=errors_of(form), asking=asking)
