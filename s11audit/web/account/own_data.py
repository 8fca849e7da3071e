"""What is held about whoever is looking, and taking it away."""

from __future__ import annotations

from flask import render_template
from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.exports.own_data import write_own_data
from s11audit.queries.own_data import Part
from s11audit.queries.own_data import own_data as read_own_data
from s11audit.web.account.pages import blueprint
from s11audit.web.downloads import ZIP, download
from s11audit.web.security import now, permitted, services, viewer


@blueprint.get("/account/data")
@permitted(Permission.SECURE_ACCOUNT)
def own_data() -> str:
    return render_template("account/own-data.html", parts=_parts())


@blueprint.get("/account/data.zip")
@permitted(Permission.SECURE_ACCOUNT)
def own_data_file() -> Response:
    parts = _parts()
    written = write_own_data(parts, viewer().name, now())
    rows = sum(len(part.rows) for part in parts)
    about = f"user {viewer().user_id}"
    return download(written, ZIP, "my-s11audit-data.zip", about=about, entries=rows)


def _parts() -> list[Part]:
    """All of it, also from agencies that the person has left: their own words stay theirs."""
    with services().database.reading() as reading:
        return read_own_data(reading, visible_to=viewer())
