"""Links of invitations to hand over, where no mail is sent: pages show them once, when made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import abort, render_template, request
from werkzeug.wrappers import Response

from s11audit.domain.permissions import ROLE_LABELS, Permission
from s11audit.exports.invitation_links import InvitationLink, write_links
from s11audit.models import Invitation
from s11audit.queries.invitations import open_invitations
from s11audit.web.downloads import CSV, download
from s11audit.web.own_links import join_link
from s11audit.web.people.pages import blueprint
from s11audit.web.security import db, now, permitted, viewer

Sent = tuple[Invitation, str]


def link_page(invitation: Invitation, token: str) -> str:
    """The one page that shows the link of this invitation."""
    return render_template(
        "people/invitation-link.html", invitation=invitation, link=join_link(token)
    )


def links_page(sent: Sequence[Sent]) -> str:
    """The one page that shows the links of many invitations, each given with its token."""
    return render_template(
        "people/invitation-links.html",
        rows=_rows(sent),
        tokens=" ".join(token for _, token in sent),
    )


@blueprint.post("/people/invitations/links.csv")
@permitted(Permission.GRANT_ROLES)
def links_file() -> Response:
    """The links that the page before showed: nothing but their tokens is taken from the form."""
    tokens = request.form.get("tokens", "").split()
    found = open_invitations(db(), tokens, visible_to=viewer(), now=now())
    if not found:
        abort(400)
    written, many = write_links(_rows(found)), len(found)
    db().rollback()  # nothing was changed, and remembering the download has to write
    return download(
        written, CSV, "invitation-links.csv", about="links of invitations", invitations=many
    )


def _rows(sent: Iterable[Sent]) -> list[InvitationLink]:
    return [
        InvitationLink(one.name, one.email, ROLE_LABELS[one.role], one.place_name, join_link(token))
        for one, token in sent
    ]
