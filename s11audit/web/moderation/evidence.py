"""Files of a submitted return, or of what stands in place of one, as scrutiny finds them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort
from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Question, Questionnaire
from s11audit.domain.routing import route
from s11audit.domain.workflow import SUBMITTED_STATUSES
from s11audit.models import AgencyReturn, EvidenceFile
from s11audit.queries.evidence import files_of_return
from s11audit.queries.returns import answers_of, values_of
from s11audit.queries.side_states import statement_of
from s11audit.web.evidence_downloads import download_evidence
from s11audit.web.moderation.pages import blueprint, return_or_404
from s11audit.web.security import db, permitted


@blueprint.get("/returns/<agency>/files/<int(max=2147483647):file_id>")
@permitted(Permission.SCRUTINISE)
def file(reference: str, agency: str, file_id: int) -> Response:
    found, questionnaire = return_or_404(reference, agency)
    statement = statement_of(db(), found)
    if statement is not None and statement.file is not None and statement.file_id == file_id:
        return download_evidence(statement.file, found)
    if found.status not in SUBMITTED_STATUSES:
        abort(404)
    for _, files in evidence_of(found, questionnaire):
        for one in files:
            if one.id == file_id:
                return download_evidence(one, found)
    abort(404)


def evidence_of(
    agency_return: AgencyReturn, questionnaire: Questionnaire
) -> list[tuple[Question, Sequence[EvidenceFile]]]:
    """The asked questions of a return that have files, in order, each with its files."""
    values = values_of(answers_of(db(), agency_return.id))
    asked = route(questionnaire, agency_return.respondent, values).asked
    files = files_of_return(db(), agency_return.id)
    return [
        (question, files[question.key])
        for questions in asked.values()
        for question in questions
        if question.key in files
    ]
