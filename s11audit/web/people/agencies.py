"""Listing agencies and adding them."""

from __future__ import annotations

from itertools import groupby

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from s11audit.domain.agency_types import agency_attribute_label, agency_type_label
from s11audit.domain.permissions import Permission
from s11audit.models import Agency
from s11audit.queries import agencies as of_agency
from s11audit.queries import directory
from s11audit.services import agencies as services
from s11audit.services.refusals import RefusedError
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.people.forms import AgencyForm, AttributesForm
from s11audit.web.people.pages import blueprint
from s11audit.web.security import db, now, permitted, viewer


@blueprint.get("/agencies")
@permitted(Permission.SEE_PEOPLE)
def agencies() -> str:
    def by_type(agency: directory.ListedAgency) -> str:
        return agency_type_label(agency.agency_type)

    listed = sorted(directory.agencies(db(), visible_to=viewer()), key=by_type)
    types = [(label, list(group)) for label, group in groupby(listed, by_type)]
    return render_template("people/agencies.html", types=types, total=len(listed))


@blueprint.get("/agencies/new")
@permitted(Permission.EDIT_AGENCIES)
def new_agency() -> str:
    form = AgencyForm()
    form.offer_partnerships()
    return _new_page(form)


@blueprint.post("/agencies/new")
@permitted(Permission.EDIT_AGENCIES)
def add_agency() -> Response | tuple[str, int]:
    form = AgencyForm()
    form.offer_partnerships()
    if not form.validate():
        return _new_page(form), 422
    try:
        added = services.add_agency(
            db(),
            form.reference.data or "",
            form.name.data or "",
            form.agency_type.data,
            form.partnership_reference,
            form.chosen,
            by=viewer(),
            now=now(),
        )
    except RefusedError as error:
        refuse(form, error)
        return _new_page(form), 422
    db().commit()
    flash(f"{added.name} is added. Now add the people who answer for it.", "success")
    return redirect(url_for("people.agency", reference=added.reference), 303)


def _new_page(form: AgencyForm) -> str:
    return render_template("people/new-agency.html", form=form, errors=errors_of(form))


@blueprint.get("/agencies/<reference>")
@permitted(Permission.SEE_PEOPLE)
def agency(reference: str) -> str:
    found = _agency_or_404(reference)
    return render_template(
        "people/agency.html",
        agency=found,
        agency_type=agency_type_label(found.agency_type),
        attributes=[agency_attribute_label(one) for one in sorted(found.attributes)],
        found=directory.people(db(), visible_to=viewer(), agency_reference=found.reference),
        returns=of_agency.returns_of(db(), found.id, visible_to=viewer()),
        homes=of_agency.homes_of(db(), found, visible_to=viewer()),
        messages=of_agency.mail_of(db(), found.id, visible_to=viewer()),
    )


@blueprint.get("/agencies/<reference>/attributes")
@permitted(Permission.EDIT_AGENCIES)
def attributes(reference: str) -> str:
    found = _agency_or_404(reference)
    form = AttributesForm()
    form.show(found.attributes)
    return _attributes_page(found, form)


@blueprint.post("/agencies/<reference>/attributes")
@permitted(Permission.EDIT_AGENCIES)
def change_attributes(reference: str) -> Response | tuple[str, int]:
    found = _agency_or_404(reference)
    form = AttributesForm()
    if not form.validate():
        return _attributes_page(found, form), 422
    try:
        services.change_attributes(db(), found.reference, form.chosen, by=viewer(), now=now())
    except RefusedError as error:
        refuse(form, error)
        return _attributes_page(found, form), 422
    db().commit()
    flash(f"What {found.name} has or does is saved.", "success")
    return redirect(url_for("people.agency", reference=found.reference), 303)


def _agency_or_404(reference: str) -> Agency:
    found = directory.agency(db(), reference, visible_to=viewer())
    if found is None:
        abort(404)
    return found


def _attributes_page(found: Agency, form: AttributesForm) -> str:
    errors = errors_of(form)
    homes = of_agency.homes_of(db(), found, visible_to=viewer())
    return render_template(
        "people/attributes.html", agency=found, form=form, errors=errors, homes=homes
    )
