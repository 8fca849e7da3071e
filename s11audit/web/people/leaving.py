"""Ending a role, handing it over, and leaving altogether."""

from __future__ import annotations

from flask import abort, render_template
from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.queries import directory
from s11audit.queries.directory import HeldRole, Person
from s11audit.services import leaving
from s11audit.services.leaving import Newcomer
from s11audit.services.refusals import RefusedError
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.own_links import join_link
from s11audit.web.people.forms import HandOverForm
from s11audit.web.people.pages import blueprint
from s11audit.web.people.persons import changed, found_person, refused
from s11audit.web.security import db, now, permitted, viewer

_ROLE = "/people/<int(max=2147483647):user_id>/roles/<int(max=2147483647):membership_id>"


@blueprint.post(f"{_ROLE}/end")
@permitted(Permission.GRANT_ROLES)
def end_role(user_id: int, membership_id: int) -> Response | tuple[str, int]:
    person, held = _person_and_role(user_id, membership_id)
    try:
        leaving.end_role(db(), held.membership_id, by=viewer(), now=now())
    except RefusedError as error:
        return refused(person, error)
    return changed(person, f"{person.name} no longer has that role.")


@blueprint.post("/people/<int(max=2147483647):user_id>/leave")
@permitted(Permission.GRANT_ROLES)
def leave(user_id: int) -> Response | tuple[str, int]:
    person = found_person(user_id)
    try:
        is_disabled = leaving.leave(db(), person.id, by=viewer(), now=now())
    except RefusedError as error:
        return refused(person, error)
    message = f"{person.name} has left: every role that you see has ended."
    return changed(person, f"{message} The account is disabled." if is_disabled else message)


@blueprint.get(f"{_ROLE}/hand-over")
@permitted(Permission.GRANT_ROLES)
def hand_over(user_id: int, membership_id: int) -> str:
    person, held = _person_and_role(user_id, membership_id)
    return _page(person, held, _form(person, held))


@blueprint.post(f"{_ROLE}/hand-over")
@permitted(Permission.GRANT_ROLES)
def give_over(user_id: int, membership_id: int) -> Response | tuple[str, int]:
    person, held = _person_and_role(user_id, membership_id)
    form = _form(person, held)
    if not form.validate():
        return _page(person, held, form), 422
    try:
        to = form.successor
        successor = leaving.hand_over(
            db(), held.membership_id, to, by=viewer(), now=now(), address=join_link
        )
    except RefusedError as error:
        db().rollback()
        refuse(form, error)
        return _page(person, held, form), 422
    invited = " is invited to it by e-mail" if isinstance(to, Newcomer) else " has it now"
    return changed(person, f"{person.name} has handed that role over: {successor}{invited}.")


def _person_and_role(user_id: int, membership_id: int) -> tuple[Person, HeldRole]:
    person = found_person(user_id)
    for held in person.roles:
        if held.membership_id == membership_id and held.is_ours:
            return person, held
    abort(404)


def _form(person: Person, held: HeldRole) -> HandOverForm:
    form = HandOverForm()
    beside = directory.beside(db(), held.membership_id, visible_to=viewer())
    form.offer(one for one in beside if one.id != person.id)
    return form


def _page(person: Person, held: HeldRole, form: HandOverForm) -> str:
    errors = errors_of(form)
    return render_template(
        "people/hand-over.html", person=person, held=held, form=form, errors=errors
    )
