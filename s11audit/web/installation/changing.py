"""What the operator changes."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, flash, redirect, url_for
from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.models import Partnership, Trust
from s11audit.services import installation as services
from s11audit.services import leaving
from s11audit.services.refusals import RefusedError
from s11audit.web.form_errors import refuse
from s11audit.web.installation.forms import NewPlaceForm, SchoolForm, ShareForm
from s11audit.web.installation.pages import blueprint
from s11audit.web.installation.showing import place_page, share_page, trust_or_404, trust_page
from s11audit.web.security import db, now, permitted, viewer


@blueprint.post("/partnerships/new")
@permitted(Permission.RUN_INSTALLATION)
def add_partnership() -> Response | tuple[str, int]:
    return _add("partnership", services.add_partnership, "Now invite its first manager.")


@blueprint.post("/trusts/new")
@permitted(Permission.RUN_INSTALLATION)
def add_trust() -> Response | tuple[str, int]:
    return _add("trust", services.add_trust, "Now say which schools belong to it.")


def _add(
    kind: str, add: Callable[..., Partnership | Trust], next_step: str
) -> Response | tuple[str, int]:
    form = NewPlaceForm()
    if not form.validate():
        return place_page(kind, form), 422
    try:
        added = add(db(), form.reference.data or "", form.name.data or "", by=viewer(), now=now())
    except RefusedError as error:
        refuse(form, error)
        return place_page(kind, form), 422
    return _done(f"{added.name} is added. {next_step}")


@blueprint.post("/shared-agencies/new")
@permitted(Permission.RUN_INSTALLATION)
def share_agency() -> Response | tuple[str, int]:
    form = ShareForm()
    form.offer()
    if not form.validate():
        return share_page(form), 422
    agency, partnership = form.agency.data or "", form.partnership.data or ""
    try:
        shared = services.share_agency(db(), agency, partnership, by=viewer(), now=now())
    except RefusedError as error:
        refuse(form, error)
        return share_page(form), 422
    return _done(f"{shared.name} works with {len(shared.partnerships)} partnerships.")


@blueprint.post("/trusts/<reference>/schools")
@permitted(Permission.RUN_INSTALLATION)
def join_trust(reference: str) -> Response | tuple[str, int]:
    trust, form = trust_or_404(reference), SchoolForm()
    if not form.validate():
        return trust_page(trust, form), 422
    school = form.agency.data or ""
    try:
        joined = services.join_trust(db(), school, trust.reference, by=viewer(), now=now())
    except RefusedError as error:
        refuse(form, error)
        return trust_page(trust, form), 422
    return _trust_changed(reference, f"{joined.name} belongs to {trust.name}.")


@blueprint.post("/trusts/<reference>/schools/<agency>/leave")
@permitted(Permission.RUN_INSTALLATION)
def leave_trust(reference: str, agency: str) -> Response | tuple[str, int]:
    trust, form = trust_or_404(reference), SchoolForm()
    if agency not in dict(trust.schools):
        refuse(form, RefusedError("agency", f"{agency} does not belong to {trust.name}"))
        return trust_page(trust, form), 422
    left = services.leave_trust(db(), agency, by=viewer(), now=now())
    return _trust_changed(reference, f"{left.name} no longer belongs to {trust.name}.")


@blueprint.post("/roles/<int(max=2147483647):membership_id>/end")
@permitted(Permission.RUN_INSTALLATION)
def end_role(membership_id: int) -> Response:
    try:
        ended = leaving.end_role(db(), membership_id, by=viewer(), now=now())
    except LookupError:
        abort(404)
    except RefusedError as error:
        flash(f"{error}.", "important")
        return redirect(url_for("installation.show"), 303)
    return _done(f"{ended.user.name} no longer has that role.")


def _done(message: str) -> Response:
    db().commit()
    flash(message, "success")
    return redirect(url_for("installation.show"), 303)


def _trust_changed(reference: str, message: str) -> Response:
    db().commit()
    flash(message, "success")
    return redirect(url_for("installation.trust", reference=reference), 303)
