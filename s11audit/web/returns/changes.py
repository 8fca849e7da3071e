"""What changed since the version that the agency may have answered last time."""

from __future__ import annotations

from flask import abort, render_template

from s11audit.domain.permissions import Permission
from s11audit.domain.routing import route
from s11audit.web.questionnaires.change_tables import table_of_changes
from s11audit.web.returns import blueprint
from s11audit.web.returns.desk import desk_of
from s11audit.web.security import permitted


@blueprint.get("/<reference>/changes")
@permitted(Permission.SEE_RETURN)
def changes(reference: str) -> str:
    desk = desk_of(reference)
    older = desk.replaced
    if older is None:
        abort(404)
    respondent = desk.agency_return.respondent
    offered = [desk.route.offered, route(older, respondent, {}).offered]
    keys = {one.key for route_ in offered for questions in route_.values() for one in questions}
    among = {key for key in keys if desk.reads.has_question(key)}
    table = table_of_changes(older, desk.questionnaire, among)
    return render_template("returns/changes.html", desk=desk, **table)
