"""The first page of everybody, one's own account, and the accessibility statement."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version

from flask import g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.queries import directory
from s11audit.queries.people import own_agencies
from s11audit.web.account.abilities import abilities
from s11audit.web.account.openid import openid_providers
from s11audit.web.account.pages import blueprint
from s11audit.web.presentation import first_page
from s11audit.web.security import db, permitted, public, viewer


@dataclass(frozen=True)
class AccountLink:
    """A page of the account, and what somebody finds there."""

    endpoint: str
    text: str
    finds: str


LINKS: tuple[AccountLink, ...] = (
    AccountLink(
        "account.sessions", "Where you are signed in", "Sign out of a browser you no longer use."
    ),
    AccountLink(
        "account.second_factors",
        "Your second step to sign in",
        "Keep others out even if they learn your password.",
    ),
    AccountLink(
        "account.openid_accounts",
        "Your organisation’s account",
        "Sign in here with the account that you use at work.",
    ),
    AccountLink("account.own_data", "Your data", "See and take away what is kept here about you."),
)


@blueprint.get("/")
@public
def home() -> Response | str:
    if g.viewer is None:
        return redirect(url_for("account.sign_in"))
    if g.signed_in.is_half:
        return redirect(url_for("account.check_code"))
    if first := first_page():
        return redirect(first)
    return render_template("account/no-role.html")


@blueprint.get("/account")
@permitted(Permission.USE_ACCOUNT)
def show() -> str:
    return render_template(
        "account/show.html",
        roles=directory.own_roles(db(), visible_to=viewer()),
        agencies=own_agencies(db(), visible_to=viewer()),
        abilities=abilities,
        links=[link for link in LINKS if _is_offered(link)],
    )


def _is_offered(link: AccountLink) -> bool:
    return link.endpoint != "account.openid_accounts" or bool(openid_providers())


@blueprint.get("/accessibility")
@public
def accessibility() -> str:
    return render_template("account/accessibility.html", version=version("s11audit"))
