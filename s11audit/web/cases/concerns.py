"""Immediate concerns about a child: raising one, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import Form
from wtforms.validators import DataRequired

from s11audit.domain.guard.policy import Place
from s11audit.domain.permissions import Permission
from s11audit.models import ImmediateConcern
from s11audit.queries import concerns as queries
from s11audit.queries.case_files import concerns_on
from s11audit.services.concerns import close_concern, raise_concern, see_concern
from s11audit.web.cases import blueprint
from s11audit.web.cases.file_desk import file_of
from s11audit.web.fields import TextField
from s11audit.web.form_errors import errors_of
from s11audit.web.guard import Guard
from s11audit.web.looks import looks_at, shows
from s11audit.web.own_links import own_link, sends_mail
from s11audit.web.security import db, now, permitted, viewer

Page = str | tuple[str, int] | Response
OUTCOME_LIMIT = 2_000


class OutcomeForm(Form):
    outcome = TextField(
        OUTCOME_LIMIT,
        label="What came of it?",
        description="What was decided or done, and that it stands in the child’s own record. Do not"
        " describe the child or the concern, and name nobody.",
        validators=[DataRequired("Say what came of it: without that it cannot be closed")],
    )


@blueprint.get("/case-files/<int(max=2147483647):file_id>/concern")
@permitted(Permission.AUDIT_CASE)
@looks_at("case file", "file_id")
def concern_about(file_id: int) -> str:
    """It needs nothing of the questionnaire, so that it can be raised whatever else is wrong."""
    file = file_of(file_id)
    shows(file.case.audit, file.subject_of_concerns)
    raised = concerns_on(db(), file_id)
    return render_template("cases/concern-raise.html", file=file, raised=raised, mail=sends_mail())


@blueprint.post("/case-files/<int(max=2147483647):file_id>/concern")
@permitted(Permission.AUDIT_CASE)
def raise_about(file_id: int) -> Response:
    file = file_of(file_id, to_change=True)
    after = request.form.get("after", 0, type=int)
    link = own_link(url_for("cases.concerns")) if sends_mail() else ""
    raise_concern(db(), file, after=after, by=viewer(), now=now(), link=link)
    db().commit()
    return redirect(url_for("cases.concern_about", file_id=file_id, _anchor="raised"), 303)


@blueprint.get("/immediate-concerns")
@permitted(Permission.ANSWER_CONCERNS)
def concerns() -> str:
    found = queries.concerns(db(), visible_to=viewer())
    return render_template("cases/concerns.html", found=found, is_lead_of=_is_lead_of)


@blueprint.get("/immediate-concerns/<int(max=2147483647):concern_id>")
@permitted(Permission.ANSWER_CONCERNS)
def concern(concern_id: int) -> str:
    return _page(_concern_or_404(concern_id), OutcomeForm())


@blueprint.post("/immediate-concerns/<int(max=2147483647):concern_id>/seen")
@permitted(Permission.ANSWER_CONCERNS)
def see(concern_id: int) -> Response:
    found = _concern_or_404(concern_id, to_change=True)
    if see_concern(db(), found, by=viewer(), now=now()):
        db().commit()
        flash("Your partnership and the auditor can see that you know of this concern.", "success")
    return redirect(url_for("cases.concern", concern_id=concern_id), 303)


@blueprint.post("/immediate-concerns/<int(max=2147483647):concern_id>/close")
@permitted(Permission.ANSWER_CONCERNS)
def close(concern_id: int) -> Page:
    found = _concern_or_404(concern_id, to_change=True)
    form, audit = OutcomeForm(request.form), found.file.case.audit
    guard = Guard(Place.CASE_AUDITS, found.subject, of=audit)
    if not guard.accepts(form):
        return _page(found, form), 422
    outcome = form.outcome.data or ""
    is_kept = audit.emptied_at is None
    if found.closed_at is None or (is_kept and found.outcome != outcome):  # else pressed twice
        close_concern(db(), found, outcome, by=viewer(), now=now())
        guard.remember()
        db().commit()
        flash("The concern is closed.", "success")
    return redirect(url_for("cases.concern", concern_id=concern_id), 303)


@blueprint.app_template_global()
def open_concerns() -> Sequence[ImmediateConcern]:
    """Those that whoever is looking answers for; for the pages on which they begin."""
    if not g.viewer.may(Permission.ANSWER_CONCERNS):
        return ()
    return queries.concerns(db(), visible_to=viewer(), only_open=True)


def _concern_or_404(concern_id: int, *, to_change: bool = False) -> ImmediateConcern:
    found = queries.concern_of(db(), concern_id, visible_to=viewer(), to_change=to_change)
    if found is None:
        abort(404)
    return found


def _is_lead_of(found: ImmediateConcern) -> bool:
    """Whether the viewer is told which case it is, to find the child's record and the auditor."""
    return viewer().may_in_agency(Permission.ANSWER_CONCERNS, found.file.agency_id)


def _page(found: ImmediateConcern, form: OutcomeForm) -> str:
    return render_template(
        "cases/concern.html",
        concern=found,
        names=queries.names_in(db(), [found]),
        is_lead=_is_lead_of(found),
        form=form,
        errors=errors_of(form),
    )
