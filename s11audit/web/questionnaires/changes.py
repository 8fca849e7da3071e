"""What became of each question when one version replaced another."""

from __future__ import annotations

from io import BytesIO

from flask import render_template
from werkzeug.wrappers import Response

from s11audit.domain.lineage import compare
from s11audit.domain.permissions import Permission
from s11audit.exports.changes import write_changes
from s11audit.web.downloads import XLSX
from s11audit.web.questionnaires.change_tables import table_of_changes
from s11audit.web.questionnaires.downloads import download_of
from s11audit.web.questionnaires.pages import blueprint, sound_version
from s11audit.web.security import now, permitted


@blueprint.get("/<id>/changes/<old>/<new>")
@permitted(Permission.SEE_QUESTIONNAIRES)
def changes(id: str, old: str, new: str) -> str:
    opened = sound_version(id, new)
    table = table_of_changes(sound_version(id, old).questionnaire, opened.questionnaire)
    return render_template("questionnaires/changes.html", opened=opened, **table)


@blueprint.get("/<id>/changes/<old>/<new>/changes.xlsx")
@permitted(Permission.SEE_QUESTIONNAIRES)
def changes_workbook(id: str, old: str, new: str) -> Response:
    older, opened = sound_version(id, old).questionnaire, sound_version(id, new)
    newer = opened.questionnaire
    stream = BytesIO()
    write_changes(older, newer, compare(older, newer), stream, now())
    return download_of(opened, stream, XLSX, f"{id}-changes-{old}-to-{new}.xlsx")
