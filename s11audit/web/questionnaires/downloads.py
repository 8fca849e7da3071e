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
from s11audit.web.questionnaires.pages import Opened, blueprint, sound_version
from s11audit.web.security import now, permitted, services


@blueprint.get("/<id>/<version>/definition.yaml")
@permitted(Permission.SEE_QUESTIONNAIRES)
def definition(id: str, version: str) -> Response:
    opened = sound_version(id, version)
    source = services().catalogue.source(id, version)
    return download_of(opened, source, YAML, f"{id}-{version}.yaml")


@blueprint.get("/<id>/<version>/definition.xlsx")
@permitted(Permission.SEE_QUESTIONNAIRES)
def definition_workbook(id: str, version: str) -> Response:
    opened = sound_version(id, version)
    catalogue = services().catalogue
    name = f"{id}-{version}"
    root = read_source(catalogue.source(id, version), FaultCollector(name))
    written = write_workbook(root, catalogue.library.names())
    return download_of(opened, written, XLSX, f"{name}.xlsx")


@blueprint.get("/<id>/<version>/form.xlsx")
@permitted(Permission.SEE_QUESTIONNAIRES)
def form_workbook(id: str, version: str) -> Response:
    """The form to fill in offline, for whoever the address chooses."""
    opened = sound_version(id, version)
    chosen = ChoiceForm(opened.questionnaire).chosen
    stream = BytesIO()
    respondent = chosen.respondent if chosen.agency_type else None
    write_form(opened.questionnaire, respondent, stream, written_at=now())
    return download_of(opened, stream, XLSX, f"{id}-{version}-form.xlsx")


def download_of(opened: Opened, content: BytesIO | bytes, media_type: str, name: str) -> Response:
    """A file that tells of this version."""
    about = f"questionnaire {opened.version.id}/{opened.version.version}"
    return download(content, media_type, name, about=about, of=opened.uploaded)
