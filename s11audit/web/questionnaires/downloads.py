"""A version as a file: its definition, and the form in Excel."""

from __future__ import annotations

from io import BytesIO

from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.exports.forms.writing import write_form
from s11audit.questionnaires.authoring.workbook_writing import write_workbook
from s11audit.questionnaires.faults import FaultCollector
from s11audit.questionnaires.source import read_source
from s11audit.web.downloads import XLSX, YAML, download
from s11audit.web.questionnaires.choosing import ChoiceForm
from s11audit.web.questionnaires.pages import blueprint, sound_version
from s11audit.web.security import now, permitted, services


@blueprint.get("/<id>/<version>/definition.yaml")
@permitted(Permission.SEE_QUESTIONNAIRES)
def definition(id: str, version: str) -> Response:
    sound_version(id, version)
    return download(services().catalogue.source(id, version), YAML, f"{id}-{version}.yaml")


@blueprint.get("/<id>/<version>/definition.xlsx")
@permitted(Permission.SEE_QUESTIONNAIRES)
def definition_workbook(id: str, version: str) -> Response:
    sound_version(id, version)
    catalogue = services().catalogue
    name = f"{id}-{version}"
    root = read_source(catalogue.source(id, version), FaultCollector(name))
    return download(write_workbook(root, catalogue.library.names()), XLSX, f"{name}.xlsx")


@blueprint.get("/<id>/<version>/form.xlsx")
@permitted(Permission.SEE_QUESTIONNAIRES)
def form_workbook(id: str, version: str) -> Response:
    """The form to fill in offline, for whoever the address chooses."""
    questionnaire = sound_version(id, version).questionnaire
    chosen = ChoiceForm(questionnaire).chosen
    stream = BytesIO()
    respondent = chosen.respondent if chosen.agency_type else None
    write_form(questionnaire, respondent, stream, written_at=now())
    return download(stream, XLSX, f"{id}-{version}-form.xlsx")
