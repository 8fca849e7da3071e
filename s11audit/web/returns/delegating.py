"""Who answers what: the agency lead asks contributors to answer standards of the return."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.queries.delegations import contributors_of, delegations_of
from s11audit.services.delegations import set_delegations
from s11audit.services.refusals import RefusedError
from s11audit.web.returns import blueprint
from s11audit.web.returns.desk import Desk, desk_of
from s11audit.web.security import db, now, permitted, viewer

# The boxes of a standard are named `who-<standard id>`; each is worth the id of a person.
BOX = "who-"


@blueprint.get("/<reference>/delegations")
@permitted(Permission.DELEGATE)
def delegations(reference: str) -> str:
    desk = desk_of(reference, to=Permission.DELEGATE)
    held = delegations_of(db(), desk.agency_return)
    chosen = {standard: {one.user_id for one in people} for standard, people in held.items()}
    return _page(desk, chosen)


@blueprint.post("/<reference>/delegations")
@permitted(Permission.DELEGATE)
def delegate(reference: str) -> tuple[str, int] | Response:
    desk = desk_of(reference, to=Permission.DELEGATE, to_change=True)
    wanted = {standard.id: _chosen(standard.id) for standard in desk.standards}
    try:
        changed = set_delegations(db(), desk.agency_return, wanted, by=viewer(), now=now())
    except RefusedError as error:
        db().rollback()
        return _page(desk_of(reference, to=Permission.DELEGATE), wanted, str(error)), 422
    db().commit()
    told = "Who answers what is saved." if changed else "Nothing has changed."
    flash(told, "success" if changed else "message")
    return redirect(url_for("returns.show", reference=reference), 303)


def _chosen(standard_id: str) -> set[int]:
    """Ids of the people ticked for a standard; what is no number is nobody's id."""
    sent = request.form.getlist(f"{BOX}{standard_id}")
    return {int(one) if one.isascii() and one.isdigit() else 0 for one in sent}


def _page(desk: Desk, chosen: dict[str, set[int]], problem: str = "") -> str:
    return render_template(
        "returns/delegations.html",
        desk=desk,
        people=contributors_of(db(), desk.agency_return, visible_to=viewer()),
        chosen=chosen,
        box=BOX,
        errors=[("people", problem)] if problem else [],
    )
