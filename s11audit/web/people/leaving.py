"""Ending a role, handing it over, and leaving altogether."""

from __future__ import annotations

from flask import abort, flash, render_template, url_for
from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.queries import directory
from s11audit.queries.directory import HeldRole, Person
from s11audit.services import leaving
from s11audit.services.leaving import HandedOver
from s11audit.services.refusals import RefusedError
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.own_links import join_link, sends_mail
from s11audit.web.people.forms import HandOverForm
from s11audit.web.people.links import link_page
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
    return _page(person, held, hand_over_form(person.id, held))


@blueprint.post(f"{_ROLE}/hand-over")
@permitted(Permission.GRANT_ROLES)
def give_over(user_id: int, membership_id: int) -> Response | str | tuple[str, int]:
    person, held = _person_and_role(user_id, membership_id)
    form = hand_over_form(person.id, held)
    handed = handed_over(held, form)
    if handed is None:
        return _page(person, held, form), 422
    return done(handed, person.name) or changed(person, words_of(handed, person.name))


def handed_over(held: HeldRole, form: HandOverForm) -> HandedOver | None:
    """Do what the form says; None where that cannot be, and then the form says why."""
    if not form.validate():
        return None
    try:
        return leaving.hand_over(
            db(), held.membership_id, form.successor, by=viewer(), now=now(), address=join_link
        )
    except RefusedError as error:
        db().rollback()
        refuse(form, error)
        return None


def done(handed: HandedOver, name: str) -> str | None:
    """Where no mail is sent, the one page that shows the link to hand over."""
    db().commit()
    if handed.invitation is None or sends_mail():
        return None
    flash(words_of(handed, name), "success")
    return link_page(handed.invitation, handed.token)


def words_of(handed: HandedOver, name: str) -> str:
    """What has been done with the role that somebody of this name has or had."""
    if handed.invitation is None:
        return f"{name} has handed that role over: {handed.to} has it now."
    return f"{handed.to} is invited to take that role over. {name} keeps it until they accept."


def hand_over_form(holder_id: int, held: HeldRole) -> HandOverForm:
    """The form that offers everybody at the same place but its holder."""
    form = HandOverForm()
    beside = directory.beside(db(), held.membership_id, visible_to=viewer())
    form.offer(one for one in beside if one.id != holder_id)
    return form


def _person_and_role(user_id: int, membership_id: int) -> tuple[Person, HeldRole]:
    person = found_person(user_id)
    for held in person.roles:
        if held.membership_id == membership_id and held.is_ours:
            return person, held
    abort(404)


def _page(person: Person, held: HeldRole, form: HandOverForm) -> str:
    back = (url_for("people.show", user_id=person.id), person.name)
    return hand_over_page(person.name, held, form, back)


def hand_over_page(name: str, held: HeldRole, form: HandOverForm, back: tuple[str, str]) -> str:
    """The page that hands over a role of somebody; `back` is the page before, and its name."""
    return render_template(
        "people/hand-over.html", name=name, held=held, form=form, errors=errors_of(form), back=back
    )
