"""The agreed grades of a case beside those of one agency, once they are signed off."""

from __future__ import annotations

from flask import abort, render_template

from s11audit.domain.panels import shift
from s11audit.domain.permissions import Permission
from s11audit.queries.case_agreed import agreed_beside_own
from s11audit.web.cases import blueprint
from s11audit.web.looks import looks_at, shows
from s11audit.web.security import db, permitted, services, viewer


@blueprint.get("/case-files/<int(max=2147483647):file_id>/agreed")
@permitted(Permission.READ_AGREED_GRADES)
@looks_at("case file", "file_id")
def agreed_grades(file_id: int) -> str:
    found = agreed_beside_own(db(), file_id, services().catalogue, visible_to=viewer())
    if found is None:
        abort(404)
    shows(found.audit, found.own.file.subject)
    return render_template("cases/agreed.html", found=found, shift=shift)
