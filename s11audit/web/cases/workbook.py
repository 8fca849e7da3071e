"""The workbook of a case audit, for those of its panel."""

from __future__ import annotations

from io import BytesIO

from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.exports.case_audit import write_case_audit
from s11audit.web.cases import blueprint
from s11audit.web.cases.reading import panel_or_404
from s11audit.web.downloads import XLSX, download
from s11audit.web.looks import looks_at
from s11audit.web.security import db, now, permitted, viewer


@blueprint.get("/case-audits/<audit>/case-audit.xlsx")
@permitted(Permission.READ_CASES)
@looks_at("case audit", "audit")
def audit_workbook(audit: str) -> Response:
    desk = panel_or_404(audit)
    stream = BytesIO()
    write_case_audit(
        db(),
        desk.audit,
        desk.questionnaire,
        exported_by=viewer().name,
        exported_at=now(),
        path_or_stream=stream,
    )
    name, about = f"{audit}-case-audit.xlsx", f"case audit {audit}"
    return download(stream, XLSX, name, about=about, of=desk.audit, cases=len(desk.cases))
