"""The links of a survey, for whoever hands them out: shown, taken away, made anew, ended."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from s11audit.domain.agency_types import agency_type_label
from s11audit.domain.dates import today_in_london
from s11audit.domain.permissions import Permission
from s11audit.domain.surveys import SurveyStatus
from s11audit.exports.survey_links import write_survey_links, write_survey_links_workbook
from s11audit.exports.survey_rows import HandedLink
from s11audit.models import Survey, SurveyLink
from s11audit.queries.surveys import link_lines, links_of
from s11audit.services import survey_links
from s11audit.services.refusals import RefusedError
from s11audit.services.secret_box import BrokenSealError
from s11audit.web.downloads import CSV, XLSX, download
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.own_links import own_link
from s11audit.web.security import box, db, now, permitted, viewer
from s11audit.web.surveys.forms import StaffForm
from s11audit.web.surveys.pages import Page, blueprint, link_or_404, survey_or_404

_LINK = "/surveys/<reference>/links/<agency>"


@blueprint.get("/surveys/<reference>/links")
@permitted(Permission.RUN_SURVEYS)
def links(reference: str) -> str:
    survey = survey_or_404(reference, Permission.RUN_SURVEYS)
    found = links_of(db(), survey, visible_to=viewer())
    return render_template("surveys/links.html", survey=survey, rows=_handed(found))


@blueprint.get("/surveys/<reference>/links.csv")
@permitted(Permission.RUN_SURVEYS)
def links_file(reference: str) -> Response:
    survey = survey_or_404(reference, Permission.RUN_SURVEYS)
    rows = _handed(links_of(db(), survey, visible_to=viewer()))
    return _download(survey, write_survey_links(rows), CSV, "csv", len(rows))


@blueprint.get("/surveys/<reference>/links.xlsx")
@permitted(Permission.RUN_SURVEYS)
def links_workbook(reference: str) -> Response:
    survey, stream = survey_or_404(reference, Permission.RUN_SURVEYS), BytesIO()
    rows = _handed(links_of(db(), survey, visible_to=viewer()))
    by = viewer().name
    write_survey_links_workbook(
        survey, rows, exported_by=by, exported_at=now(), path_or_stream=stream
    )
    return _download(survey, stream, XLSX, "xlsx", len(rows))


@blueprint.get(_LINK)
@permitted(Permission.RUN_SURVEYS)
def link(reference: str, agency: str) -> str:
    found = link_or_404(reference, agency, Permission.RUN_SURVEYS)
    staff = "" if found.staff is None else str(found.staff)
    return _link_page(found, StaffForm(data={"staff": staff}))


@blueprint.post(f"{_LINK}/staff")
@permitted(Permission.RUN_SURVEYS)
def set_staff(reference: str, agency: str) -> Page:
    found, form = link_or_404(reference, agency, Permission.RUN_SURVEYS), StaffForm()
    if not form.validate():
        return _link_page(found, form), 422
    try:
        survey_links.set_staff(db(), found, form.number, by=viewer(), now=now())
    except RefusedError as error:
        refuse(form, error)
        return _link_page(found, form), 422
    db().commit()
    flash("The number of staff is saved.", "success")
    return _to_link(found)


@blueprint.post(f"{_LINK}/renew")
@permitted(Permission.RUN_SURVEYS)
def renew_link(reference: str, agency: str) -> Response:
    found = link_or_404(reference, agency, Permission.RUN_SURVEYS)
    survey_links.renew_link(db(), found, box=box(), by=viewer(), now=now())
    db().commit()
    flash("There is a new link. The old one leads nowhere now.", "success")
    return _to_link(found)


@blueprint.post(f"{_LINK}/end")
@permitted(Permission.RUN_SURVEYS)
def end_link(reference: str, agency: str) -> Response:
    found = link_or_404(reference, agency, Permission.RUN_SURVEYS)
    survey_links.end_link(db(), found, by=viewer(), now=now())
    db().commit()
    flash("This link takes no more answers. Those that came count.", "success")
    return _to_link(found)


def address_of(found: SurveyLink) -> str:
    """The address to hand out; empty where the installation's secret has changed since."""
    try:
        token = box().open(found.token_sealed, survey_links.PURPOSE)
    except BrokenSealError:
        return ""
    return own_link(url_for("surveys.answer", token=token))


def _download(
    survey: Survey, content: BytesIO | bytes, media_type: str, ending: str, links: int
) -> Response:
    name, about = f"{survey.reference}-links.{ending}", f"survey {survey.reference}"
    return download(content, media_type, name, about=about, of=survey, links=links)


def _handed(found: Iterable[SurveyLink]) -> list[HandedLink]:
    return [
        HandedLink(
            one.agency.reference,
            one.agency.name,
            agency_type_label(one.agency_type),
            "Ended" if one.ended_at else address_of(one),
        )
        for one in found
    ]


def _link_page(found: SurveyLink, form: StaffForm) -> str:
    (line,), _ = link_lines(db(), [found], today_in_london(now()))
    return render_template(
        "surveys/link.html",
        link=found,
        line=line,
        survey=found.survey,
        form=form,
        errors=errors_of(form),
        address=address_of(found),
        is_closed=found.survey.status is SurveyStatus.CLOSED,
    )


def _to_link(found: SurveyLink) -> Response:
    survey, agency = found.survey.reference, found.agency.reference
    return redirect(url_for("surveys.link", reference=survey, agency=agency), 303)
