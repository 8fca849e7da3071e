"""Listing people, and changing what they may do."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.queries import directory
from s11audit.queries.directory import Person
from s11audit.queries.invitations import successors
from s11audit.queries.takeovers import how_many_wait
from s11audit.services import people
from s11audit.services.passwords import made_up_password
from s11audit.services.refusals import RefusedError
from s11audit.services.second_factors import reset_second_factors
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.paging import asked_page
from s11audit.web.people.forms import SearchForm
from s11audit.web.people.pages import blueprint
from s11audit.web.people.post_forms import RoleForm
from s11audit.web.security import db, now, permitted, viewer


@blueprint.get("/people")
@permitted(Permission.SEE_PEOPLE)
def listing() -> str:
    form = SearchForm(request.args)
    agencies = directory.agencies(db(), visible_to=viewer())
    form.agency.choices = {"": "Any agency"} | {a.reference: a.name for a in agencies}
    found = directory.people(
        db(),
        visible_to=viewer(),
        search=form.search.data or "",
        role=form.chosen_role,
        agency_reference=form.agency.data or "",
        left="left" in request.args,
        page=asked_page(),
    )
    return render_template(
        "people/listing.html",
        form=form,
        found=found,
        address=_page_address,
        left="left" in request.args,
        requests=how_many_wait(db(), visible_to=viewer()),
    )


def _page_address(page: int) -> str:
    kept: dict[str, Any] = {
        name: request.args.get(name) for name in ("search", "role", "agency", "left")
    }
    return url_for("people.listing", page=page, **kept)


def _password_page(person: Person, password: str) -> str:
    """The one page that shows a new password: it is kept nowhere, in no cookie either."""
    return render_template("people/password.html", person=person, password=password)


def found_person(user_id: int) -> Person:
    """Whom the address names, if they are within reach."""
    person = directory.person(db(), user_id, visible_to=viewer())
    if person is None:
        abort(404)
    return person


@blueprint.get("/people/<int(max=2147483647):user_id>")
@permitted(Permission.SEE_PEOPLE)
def show(user_id: int) -> str:
    form = RoleForm()
    form.offer_posts()
    return _person_page(found_person(user_id), form)


def _person_page(
    person: Person, form: RoleForm, problems: list[tuple[str, str]] | None = None
) -> str:
    return render_template(
        "people/show.html",
        person=person,
        form=form,
        errors=problems or errors_of(form),
        is_self=person.id == viewer().user_id,
        successors=successors(db(), visible_to=viewer(), now=now()),
    )


@blueprint.post("/people/<int(max=2147483647):user_id>/roles")
@permitted(Permission.GRANT_ROLES)
def add_role(user_id: int) -> Response | tuple[str, int]:
    person = found_person(user_id)
    form = RoleForm()
    form.offer_posts()
    if not form.validate():
        return _person_page(person, form), 422
    try:
        people.add_role(db(), person.id, form.post, by=viewer(), now=now())
    except RefusedError as error:
        refuse(form, error)
        return _person_page(person, form), 422
    return changed(person, f"{person.name} has the role.")


@blueprint.post("/people/<int(max=2147483647):user_id>/disable")
@permitted(Permission.GRANT_ROLES)
def disable(user_id: int) -> Response | tuple[str, int]:
    person = found_person(user_id)
    try:
        people.disable_person(db(), person.id, by=viewer(), now=now())
    except RefusedError as error:
        return refused(person, error)
    return changed(person, f"{person.name} can no longer sign in.")


@blueprint.post("/people/<int(max=2147483647):user_id>/enable")
@permitted(Permission.GRANT_ROLES)
def enable(user_id: int) -> Response | tuple[str, int]:
    person = found_person(user_id)
    try:
        people.enable_person(db(), person.id, by=viewer(), now=now())
    except RefusedError as error:
        return refused(person, error)
    return changed(person, f"{person.name} can sign in again.")


@blueprint.post("/people/<int(max=2147483647):user_id>/password")
@permitted(Permission.GRANT_ROLES)
def set_password(user_id: int) -> str | tuple[str, int]:
    person = found_person(user_id)
    password = made_up_password()
    try:
        people.set_password(db(), person.id, password, by=viewer(), now=now())
    except RefusedError as error:
        return refused(person, error)
    db().commit()
    return _password_page(person, password)


@blueprint.post("/people/<int(max=2147483647):user_id>/second-factors/reset")
@permitted(Permission.GRANT_ROLES)
def reset_factors(user_id: int) -> Response | tuple[str, int]:
    person = found_person(user_id)
    try:
        removed = reset_second_factors(db(), person.id, by=viewer(), now=now())
    except RefusedError as error:
        return refused(person, error)
    if not removed:
        return changed(person, f"{person.name} had no second step, so there was none to reset.")
    return changed(person, f"{person.name} sets up a new second step when signing in.")


def refused(person: Person, error: RefusedError) -> tuple[str, int]:
    """The person's page again, saying why not; the message leads to what it is about."""
    db().rollback()
    form = RoleForm()
    form.offer_posts()
    about = "roles" if error.field == "role" else "account"
    return _person_page(person, form, [(about, str(error))]), 422


def changed(person: Person, message: str) -> Response:
    """Back to the person's page, with what has been done."""
    db().commit()
    flash(message, "success")
    return redirect(url_for("people.show", user_id=person.id), 303)
