"""Grades of all cases of an audit together: those of agencies, and those that the panel agreed."""

from __future__ import annotations

from flask import render_template

from s11audit.domain.permissions import Permission
from s11audit.queries.case_grades import grade_table
from s11audit.web.cases import blueprint
from s11audit.web.cases.reading import panel_or_404
from s11audit.web.looks import looks_at
from s11audit.web.security import permitted


@blueprint.get("/case-audits/<audit>/grades")
@permitted(Permission.READ_CASES)
@looks_at("case audit", "audit")
def grades(audit: str) -> str:
    desk = panel_or_404(audit)
    table = grade_table(desk.questionnaire, desk.cases)
    return render_template("cases/grades.html", desk=desk, audit=desk.audit, table=table)
