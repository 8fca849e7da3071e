"""Starting a return, with last time's answers where there are any."""

from __future__ import annotations

from flask import redirect, url_for
from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.domain.steps import StepNotAllowedError
from s11audit.services.answers import start_return
from s11audit.services.returns import RoundNotOpenError
from s11audit.web.returns import blueprint
from s11audit.web.returns.desk import desk_of
from s11audit.web.returns.looking_back import tell_what_was_brought
from s11audit.web.security import db, now, permitted, viewer


@blueprint.post("/<reference>/start")
@permitted(Permission.EDIT_ANSWERS)
def start(reference: str) -> Response:
    """Start the return; one that a colleague has just started is simply shown."""
    desk = desk_of(reference, to=Permission.EDIT_ANSWERS, to_change=True)
    if not desk.is_started:
        try:
            started = start_return(db(), desk.agency_return, desk.chain, by=viewer(), now=now())
        except RoundNotOpenError as error:
            raise StepNotAllowedError(str(error)) from error
        db().commit()
        tell_what_was_brought(started.brought, desk)
    return redirect(url_for("returns.show", reference=reference), 303)
