"""Inviting people, and looking after the invitations that were sent."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from s11audit.domain.invitations import INVITATION_STATE_LABELS, InvitationState
from s11audit.domain.permissions import Permission
from s11audit.models import Invitation
from s11audit.queries import invitations as queries
from s11audit.services import invitations as services
from s11audit.services.refusals import RefusedError
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.own_links import join_link, sends_mail
from s11audit.web.paging import asked_page
from s11audit.web.people.invitation_forms import InvitationForm
from s11audit.web.people.links import link_page
from s11audit.web.people.pages import blueprint
from s11audit.web.security import db, now, permitted, viewer


@blueprint.get("/people/invitations")
@permitted(Permission.GRANT_ROLES)
def invitations() -> str:
    asked = request.args.get("state", "")
    state = InvitationState(asked) if asked in set(InvitationState) else InvitationState.OPEN
    return _listing(state, asked_page())


def _listing(state: InvitationState, page: int = 1, problem: str = "") -> str:
    return render_template(
        "people/invitations.html",
        found=queries.invitations(db(), state, visible_to=viewer(), now=now(), page=page),
        labels=INVITATION_STATE_LABELS,
        errors=[("invitations", problem)] if problem else [],
        address=lambda number: url_for("people.invitations", state=state.value, page=number),
    )


@blueprint.get("/people/invite")
@permitted(Permission.GRANT_ROLES)
def invite() -> str:
    form = InvitationForm(agency=request.args.get("agency", ""))
    form.offer_posts()
    return _invite_page(form)


@blueprint.post("/people/invite")
@permitted(Permission.GRANT_ROLES)
def send_invitation() -> Response | str | tuple[str, int]:
    form = InvitationForm()
    form.offer_posts()
    if not form.validate():
        return _invite_page(form), 422
    name, email = form.name.data or "", form.email.data or ""
    try:
        invitation, token = services.invite(
            db(), name, email, form.post, by=viewer(), now=now(), address=join_link
        )
    except RefusedError as error:
        refuse(form, error)
        return _invite_page(form), 422
    return _invited(invitation, token)


def _invite_page(form: InvitationForm) -> str:
    return render_template("people/invitation-new.html", form=form, errors=errors_of(form))


def _invited(invitation: Invitation, token: str) -> Response | str:
    """Back to the list; where no mail is sent, the one page that shows the link to hand over."""
    db().commit()
    if not sends_mail():
        return link_page(invitation, token)
    flash(f"An invitation to {invitation.email} is on its way.", "success")
    return redirect(url_for("people.invitations"), 303)


@blueprint.post("/people/invitations/<int(max=2147483647):invitation_id>/again")
@permitted(Permission.GRANT_ROLES)
def invite_again(invitation_id: int) -> Response | str | tuple[str, int]:
    old = _invitation_or_404(invitation_id)
    try:
        anew, token = services.send_again(db(), old, by=viewer(), now=now(), address=join_link)
    except RefusedError as error:
        return _listing(InvitationState.OPEN, problem=str(error)), 422
    return _invited(anew, token)


@blueprint.post("/people/invitations/<int(max=2147483647):invitation_id>/revoke")
@permitted(Permission.GRANT_ROLES)
def revoke_invitation(invitation_id: int) -> Response | tuple[str, int]:
    found = _invitation_or_404(invitation_id)
    try:
        services.revoke(db(), found, by=viewer(), now=now())
    except RefusedError as error:
        return _listing(InvitationState.OPEN, problem=str(error)), 422
    db().commit()
    flash(f"The invitation to {found.email} is revoked. Its link no longer works.", "success")
    return redirect(url_for("people.invitations"), 303)


def _invitation_or_404(invitation_id: int) -> Invitation:
    found = queries.invitation(db(), invitation_id, visible_to=viewer())
    if found is None:
        abort(404)
    return found
