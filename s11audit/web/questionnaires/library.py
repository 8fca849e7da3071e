"""The list of all questionnaires: drafts first, then every version by what it is for."""

from __future__ import annotations

from itertools import groupby

from flask import render_template

from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Kind
from s11audit.domain.versions import UNFINISHED_STATUSES
from s11audit.queries.questionnaires import uploaded_versions
from s11audit.questionnaires import Version
from s11audit.web.questionnaires.pages import blueprint
from s11audit.web.questionnaires.wording import KIND_LABELS
from s11audit.web.security import db, permitted, services, viewer


@blueprint.get("")
@permitted(Permission.SEE_QUESTIONNAIRES)
def listing() -> str:
    versions = services().catalogue.versions()
    may_edit = viewer().may(Permission.EDIT_QUESTIONNAIRES)
    theirs = viewer().partnerships(Permission.SEE_QUESTIONNAIRES)
    return render_template(
        "questionnaires/listing.html",
        drafts=[
            one
            for one in uploaded_versions(db(), visible_to=viewer())
            if one.status in UNFINISHED_STATUSES and one.partnership_id in theirs
        ],
        kinds=_by_kind([one for one in versions if not _is_upload_in_work(one)]),
        total=len(versions),
        faulty=services().catalogue.faulty() if may_edit else [],
        may_edit=may_edit,
    )


def _is_upload_in_work(version: Version) -> bool:
    return version.is_uploaded and version.status in UNFINISHED_STATUSES


def _by_kind(versions: list[Version]) -> list[tuple[str, list[list[Version]]]]:
    """Label of a kind → the versions of each questionnaire of that kind, the newest first."""
    by_kind: dict[Kind, list[list[Version]]] = {}
    for _, group in groupby(versions, key=lambda version: version.id):
        newest_first = list(group)[::-1]
        by_kind.setdefault(newest_first[0].kind, []).append(newest_first)
    return [(KIND_LABELS[kind], by_kind[kind]) for kind in KIND_LABELS if kind in by_kind]
