"""Choosing which agencies audit their files on the cases of an audit."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from s11audit.domain.cases import CaseAuditStatus
from s11audit.domain.numbers import counted
from s11audit.domain.permissions import Permission
from s11audit.models import Agency, CaseAudit
from s11audit.queries.asked_files import agencies_asked, agencies_to_ask, without_lead
from s11audit.services import asking_agencies
from s11audit.services.refusals import RefusedError
from s11audit.web.cases import blueprint
from s11audit.web.cases.pages import audit_to_run
from s11audit.web.form_errors import errors_of
from s11audit.web.own_links import own_link, sends_mail
from s11audit.web.rounds.choosing import wants_list
from s11audit.web.rounds.forms import AgenciesForm
from s11audit.web.security import db, now, permitted, services, viewer

ASKING_STATUSES = frozenset({CaseAuditStatus.SAMPLED, CaseAuditStatus.AGENCY_FILES})
# Where leads appoint who audits their files.
CASE_FILES = "/case-files"


@blueprint.get("/case-audits/<audit>/agencies")
@permitted(Permission.RUN_CASE_AUDITS)
def agencies(audit: str) -> str:
    found = audit_to_run(audit)
    return _agencies_page(found, _form_for(found))


@blueprint.post("/case-audits/<audit>/agencies")
@permitted(Permission.RUN_CASE_AUDITS)
def ask_agencies(audit: str) -> str | tuple[str, int] | Response:
    found = audit_to_run(audit)
    form = _form_for(found)
    if wants_list(form):
        return _agencies_page(found, form)
    if not form.validate():
        return _agencies_page(found, form), 422
    try:
        asked = _ask(found, form.chosen)
    except RefusedError as error:
        form.types.errors = [str(error)]
        return _agencies_page(found, form), 422
    db().commit()
    flash(_done(asked), "success")
    return redirect(url_for("cases.show", audit=found.reference), 303)


def _ask(audit: CaseAudit, chosen: set[int]) -> list[Agency]:
    link = own_link(CASE_FILES) if sends_mail() else None
    if audit.status is CaseAuditStatus.AGENCY_FILES:
        return asking_agencies.ask_more_agencies(
            db(), audit, chosen, link=link, by=viewer(), now=now()
        )
    questionnaire = services().catalogue.to_ask(audit.questionnaire_id, audit.questionnaire_version)
    return asking_agencies.ask_agencies(
        db(), audit, chosen, questionnaire, link=link, by=viewer(), now=now()
    )


def _done(asked: list[Agency]) -> str:
    told = f"{counted(len(asked), 'agency is', 'agencies are')} asked."
    lacking = [one.name for one in without_lead(db(), asked)]
    if lacking:
        return f"{told} Nobody leads {' or '.join(lacking)} yet, so nobody there was told."
    return f"{told} Their leads are being told by e-mail." if sends_mail() else told


def _form_for(audit: CaseAudit) -> AgenciesForm:
    form = AgenciesForm()
    there = {agency.id for agency in agencies_asked(db(), audit)}
    possible = agencies_to_ask(db(), audit.partnership_id)
    form.offer_agencies(agency for agency in possible if agency.id not in there)
    return form


def _agencies_page(audit: CaseAudit, form: AgenciesForm) -> str:
    return render_template(
        "cases/agencies.html",
        audit=audit,
        form=form,
        errors=errors_of(form) if request.method == "POST" else [],
        asked=agencies_asked(db(), audit),
        may_ask=audit.status in ASKING_STATUSES,
        sends_mail=sends_mail(),
    )
