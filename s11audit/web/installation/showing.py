"""What the operator looks at, and the empty forms."""

from __future__ import annotations

from flask import abort, render_template

from s11audit.domain.permissions import Permission
from s11audit.queries import installation
from s11audit.queries.installation import ListedTrust
from s11audit.web.form_errors import errors_of
from s11audit.web.installation.forms import NewPlaceForm, SchoolForm, ShareForm
from s11audit.web.installation.pages import blueprint
from s11audit.web.security import db, permitted, viewer


@blueprint.get("/")
@permitted(Permission.RUN_INSTALLATION)
def show() -> str:
    return render_template(
        "installation/overview.html",
        partnerships=installation.partnerships(db(), visible_to=viewer()),
        trusts=installation.trusts(db(), visible_to=viewer()),
        shared=installation.shared_agencies(db(), visible_to=viewer()),
    )


@blueprint.get("/partnerships/new")
@permitted(Permission.RUN_INSTALLATION)
def new_partnership() -> str:
    return place_page("partnership", NewPlaceForm())


@blueprint.get("/trusts/new")
@permitted(Permission.RUN_INSTALLATION)
def new_trust() -> str:
    return place_page("trust", NewPlaceForm())


@blueprint.get("/shared-agencies/new")
@permitted(Permission.RUN_INSTALLATION)
def share() -> str:
    form = ShareForm()
    form.offer()
    return share_page(form)


@blueprint.get("/trusts/<reference>")
@permitted(Permission.RUN_INSTALLATION)
def trust(reference: str) -> str:
    return trust_page(trust_or_404(reference), SchoolForm())


def trust_or_404(reference: str) -> ListedTrust:
    """The trust that the address names."""
    for one in installation.trusts(db(), visible_to=viewer()):
        if one.reference == reference:
            return one
    abort(404)


def place_page(kind: str, form: NewPlaceForm) -> str:
    """The form of a new partnership or trust."""
    return render_template("installation/new.html", kind=kind, form=form, errors=errors_of(form))


def share_page(form: ShareForm) -> str:
    """The form that shares an agency."""
    return render_template("installation/share.html", form=form, errors=errors_of(form))


def trust_page(trust: ListedTrust, form: SchoolForm) -> str:
    """A trust with its schools and the form that adds one."""
    errors = errors_of(form)
    return render_template("installation/trust.html", trust=trust, form=form, errors=errors)
