"""Case audits: the programme, its cases, agencies' files on them, panels, and what they teach."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("cases", __name__)

from s11audit.web.cases import (  # noqa: E402, F401
    agreed,
    appointing,
    asking,
    auditing,
    briefing,
    briefings,
    certificates,
    chronology,
    concerns,
    declaring,
    drawing,
    emptied,
    files,
    findings,
    grades,
    listing,
    measures,
    opening,
    panel,
    planning,
    programme,
    programme_files,
    re_audits,
    recommendations,
    retention,
    showing,
    steps,
    views,
    workbook,
)
