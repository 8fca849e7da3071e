"""What somebody had typed when they had to show again who they are: kept, and sent by them.

The form on the page goes straight to where it was going, so that everything that would have
looked at it then looks at it now. Whichever press arrives first uses it up.
"""

from __future__ import annotations

from flask import abort, current_app, flash, g, redirect, render_template, request, session, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.services import parked_forms
from s11audit.services.parked_forms import Kept, TypedForm
from s11audit.web.account.pages import blueprint
from s11audit.web.given_back import KEPT_UNDER, is_from_our_pages, kept_fields, texts_of
from s11audit.web.security import (
    box,
    db,
    declared_permission,
    is_public,
    machine,
    now,
    permitted,
    services,
    viewer,
)


def address_of_kept() -> str | None:
    """Park the form that is being sent, for whoever's browser it is; gives the page that has it.

    None where nothing was typed, nobody is known, or it was no form of ours. Its CSRF token has
    been checked before.
    """
    fields = kept_fields()
    if not fields or not is_from_our_pages() or not _takes_forms(request.full_path):
        return None
    files = tuple(file.filename for file in request.files.values() if file.filename)
    form = TypedForm(request.full_path.rstrip("?"), tuple(fields), files)
    user_id = _whose_browser()
    if user_id is None:
        return None
    with machine() as writing:
        token = parked_forms.park(writing, box(), user_id, form, now=now())
    return url_for("account.parked", token=token)


def _whose_browser() -> int | None:
    if g.viewer is not None:
        return viewer().user_id
    token = session.get("token")
    if not token:
        return None
    with services().database.reading() as reading:
        return parked_forms.owner_of(reading, token)


def _takes_forms(place: str) -> bool:
    """Whether this is a page of ours that a form of a signed-in person is sent to.

    Not of an account: whatever concerns signing in is typed again.
    """
    try:
        path, _, query = place.partition("?")
        endpoint, _ = current_app.url_map.bind("").match(path, method="POST", query_args=query)
    except HTTPException:
        return False
    if endpoint.startswith("account.") or is_public(current_app, endpoint):
        return False
    return declared_permission(current_app, endpoint) is not None


@blueprint.get("/account/parked/<token>")
@permitted(Permission.USE_ACCOUNT)
def parked(token: str) -> str:
    found = _kept_or_404(token)
    return render_template(
        "account/parked.html",
        token=token,
        kept=found,
        texts=texts_of(found.form.fields, all_boxes=True),
        can_be_sent=_takes_forms(found.form.place),
        kept_under=KEPT_UNDER,
    )


@blueprint.post("/account/parked/<token>/throw-away")
@permitted(Permission.USE_ACCOUNT)
def throw_away(token: str) -> Response:
    _kept_or_404(token)
    parked_forms.take(db(), token, user_id=viewer().user_id, now=now())
    db().commit()
    flash("What you typed is thrown away.", "success")
    return redirect(url_for("account.home"), 303)


def _kept_or_404(token: str) -> Kept:
    found = parked_forms.kept(db(), box(), token, user_id=viewer().user_id, now=now())
    if found is None:
        abort(404)
    return found


@blueprint.before_app_request
def use_up() -> None:
    """A form that was kept is sent once: pressing twice must not write twice."""
    if request.method != "POST" or g.viewer is None:
        return
    token = request.form.get(KEPT_UNDER)
    if not token:
        return
    taken = parked_forms.take(db(), token, user_id=viewer().user_id, now=now())
    db().commit()  # whatever becomes of the form
    if not taken:
        abort(410)
