"""The workbook of a joint assessment."""

from __future__ import annotations

from io import BytesIO

from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.exports.assessment import write_assessment
from s11audit.web.assessments.pages import asked_in, assessment_or_404, blueprint
from s11audit.web.downloads import XLSX, download
from s11audit.web.security import db, now, permitted, services, viewer


@blueprint.get("/<assessment>/workbook.xlsx")
@permitted(Permission.READ_RATINGS)
def workbook(assessment: str) -> Response:
    found, stream = assessment_or_404(assessment, Permission.READ_RATINGS), BytesIO()
    written = write_assessment(
        db(),
        found,
        services().catalogue.chain(asked_in(found)),
        visible_to=viewer(),
        exported_at=now(),
        path_or_stream=stream,
    )
    about, name = f"joint assessment {found.reference}", f"{found.reference}.xlsx"
    return download(stream, XLSX, name, about=about, of=found, questions=written)
