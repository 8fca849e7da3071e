"""What became of each question when one version replaced another."""

from __future__ import annotations

from io import BytesIO

from flask import render_template, send_file
from werkzeug.wrappers import Response

from s11audit.domain.lineage import CHANGE_LABELS, Change, ChangeKind, compare
from s11audit.domain.permissions import Permission
from s11audit.exports.changes import write_changes
from s11audit.web.questionnaires.downloads import XLSX
from s11audit.web.questionnaires.pages import Opened, blueprint, sound_version
from s11audit.web.questionnaires.wording import answer_words
from s11audit.web.security import now, permitted


@blueprint.get("/<id>/changes/<old>/<new>")
@permitted(Permission.SEE_QUESTIONNAIRES)
def changes(id: str, old: str, new: str) -> str:
    older, newer = sound_version(id, old), sound_version(id, new)
    found = compare(older.questionnaire, newer.questionnaire)
    return render_template(
        "questionnaires/changes.html",
        older=older,
        newer=newer,
        groups=_by_kind(found),
        labels=CHANGE_LABELS,
        unchanged=ChangeKind.UNCHANGED,
        answer_words=answer_words,
        standard_title=_standard_title,
    )


def _by_kind(found: tuple[Change, ...]) -> dict[ChangeKind, list[Change]]:
    """The changes of each kind, the most telling kind first; kinds without any are absent."""
    groups = {kind: [one for one in found if one.kind is kind] for kind in ChangeKind}
    return {kind: changes for kind, changes in groups.items() if changes}


def _standard_title(opened: Opened, key: str) -> str:
    standard = opened.questionnaire.standard(key.partition(".")[0])
    return standard.title if standard else ""


@blueprint.get("/<id>/changes/<old>/<new>/changes.xlsx")
@permitted(Permission.SEE_QUESTIONNAIRES)
def changes_workbook(id: str, old: str, new: str) -> Response:
    older, newer = sound_version(id, old).questionnaire, sound_version(id, new).questionnaire
    stream = BytesIO()
    write_changes(older, newer, compare(older, newer), stream, now())
    stream.seek(0)
    name = f"{id}-changes-{old}-to-{new}.xlsx"
    return send_file(stream, XLSX, as_attachment=True, download_name=name)
