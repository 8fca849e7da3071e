"""Who did what, about what, when and from where; and files of that to keep."""

from __future__ import annotations

from flask import abort, render_template, request, url_for
from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.exports.history import write_history
from s11audit.queries.events import EventPage, search_events
from s11audit.services.history import anchor
from s11audit.web.downloads import CSV, JSON, download
from s11audit.web.events.forms import SearchForm
from s11audit.web.events.pages import blueprint
from s11audit.web.form_errors import errors_of
from s11audit.web.security import db, now, permitted, services, viewer

# As many as anybody reads in a spreadsheet, and as few as a request can write.
MOST_IN_A_FILE = 10_000
LARGEST_ID = 2**31 - 1


@blueprint.get("")
@permitted(Permission.SEE_EVENTS)
def listing() -> str | tuple[str, int]:
    form = SearchForm(request.args)
    before = request.args.get("before", type=int)
    if before is not None and not 0 < before <= LARGEST_ID:
        abort(404)
    is_sound = form.validate()
    found = EventPage((), None)
    if is_sound:
        found = search_events(db(), form.search, visible_to=viewer(), before=before)
    page = render_template(
        "events/listing.html",
        form=form,
        errors=errors_of(form),
        found=found,
        is_first=before is None,
        newest=url_for("events.listing", **form.asked),
        older=url_for("events.listing", **form.asked, before=found.older),
        file=url_for("events.csv_file", **form.asked),
        most=MOST_IN_A_FILE,
    )
    return page if is_sound else (page, 400)


@blueprint.get("/history.csv")
@permitted(Permission.SEE_EVENTS)
def csv_file() -> Response:
    form = SearchForm(request.args)
    if not form.validate():
        abort(400)
    found = search_events(db(), form.search, visible_to=viewer(), limit=MOST_IN_A_FILE)
    written = write_history(found.events)
    return download(written, CSV, "history.csv", about="history", events=len(found.events))


@blueprint.get("/anchor.json")
@permitted(Permission.SEE_EVENTS)
def anchor_file() -> Response:
    """Where the whole installation's history ends: a count and a seal, and nothing of anybody."""
    shared = services()
    with shared.database.reading() as session:
        made = anchor(session, installation=shared.settings.base_url, now=now())
    name = f"history-anchor-{made.events}.json"
    return download(made.as_json.encode(), JSON, name, about="history")
