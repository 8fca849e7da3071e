"""Whether the respondents of a partnership may sign in by links sent by e-mail."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.queries.sign_in_links import switchable_partnerships
from s11audit.services.refusals import RefusedError
from s11audit.services.sign_in_links import allow_links
from s11audit.web.people.pages import blueprint
from s11audit.web.security import db, now, permitted, viewer


@blueprint.get("/people/email-links")
@permitted(Permission.RUN_PARTNERSHIP)
def email_links() -> str:
    partnerships = switchable_partnerships(db(), visible_to=viewer())
    return render_template("people/email-links.html", partnerships=partnerships)


@blueprint.post("/people/email-links")
@permitted(Permission.RUN_PARTNERSHIP)
def switch_email_links() -> Response:
    allowed = request.form.get("allowed") == "yes"
    partnership_id = request.form.get("partnership", 0, type=int)
    try:
        switched = allow_links(db(), partnership_id, allowed, by=viewer(), now=now())
    except RefusedError:
        abort(400)
    db().commit()
    may = "may now sign in" if allowed else "can no longer sign in"
    flash(f"Respondents of {switched.name} {may} by links sent by e-mail.", "success")
    return redirect(url_for("people.email_links"), 303)
