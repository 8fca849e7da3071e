"""Where one is signed in, and signing out of there."""

from __future__ import annotations

from flask import abort, flash, g, redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.queries.people import live_sessions
from s11audit.services import account
from s11audit.web.account.pages import blueprint
from s11audit.web.account.signing_in import forgetting
from s11audit.web.security import db, now, permitted, session_caps, viewer


@blueprint.get("/account/sessions")
@permitted(Permission.USE_ACCOUNT)
def sessions() -> str:
    found = live_sessions(db(), visible_to=viewer(), now=now(), caps=session_caps())
    return render_template("account/sessions.html", sessions=found, here=g.signed_in.session_id)


@blueprint.post("/account/sessions/<int(max=2147483647):session_id>/end")
@permitted(Permission.USE_ACCOUNT)
def end_session(session_id: int) -> Response:
    try:
        account.sign_out(db(), session_id, by=viewer(), now=now())
    except LookupError:
        abort(404)
    db().commit()
    flash("That browser is signed out.", "success")
    return redirect(url_for("account.sessions"), 303)


@blueprint.post("/account/sessions/end-all")
@permitted(Permission.USE_ACCOUNT)
def sign_out_everywhere() -> Response:
    account.sign_out_everywhere(db(), by=viewer(), now=now())
    db().commit()
    session.clear()
    flash("You have signed out everywhere.", "success")
    return forgetting(redirect(url_for("account.sign_in"), 303))
