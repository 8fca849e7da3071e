"""The first page of everybody, one's own account, and the accessibility statement."""

from __future__ import annotations

from importlib.metadata import version

from flask import g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from s11audit.domain.access import RULES
from s11audit.domain.permissions import Permission
from s11audit.queries import directory
from s11audit.web.account.pages import blueprint
from s11audit.web.security import db, permitted, public, viewer


@blueprint.get("/")
@public
def home() -> Response | str:
    if g.viewer is None:
        return redirect(url_for("account.sign_in"))
    if viewer().may(Permission.SEE_ROUNDS):
        return redirect("/rounds")
    if viewer().may(Permission.SEE_RETURN):
        return redirect("/returns")
    return render_template("account/no-role.html")


@blueprint.get("/account")
@permitted(Permission.USE_ACCOUNT)
def show() -> str:
    roles = directory.own_roles(db(), visible_to=viewer())
    abilities = {
        held.role: [what.value for what, rule in RULES.items() if held.role in rule.roles]
        for held in roles
    }
    return render_template("account/show.html", roles=roles, abilities=abilities)


@blueprint.get("/accessibility")
@public
def accessibility() -> str:
    return render_template("account/accessibility.html", version=version("s11audit"))
