"""Downloads of a round: its workbook and its charts."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, abort, render_template
from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Questionnaire
from s11audit.exports.chart_pack import (
    CHARTS,
    FORMATS,
    RoundRows,
    UnknownChartError,
    chart_bytes,
    rows_of_round,
    zip_charts,
)
from s11audit.exports.compliance import write_compliance
from s11audit.exports.layout import layout_named
from s11audit.models import AuditRound
from s11audit.queries.asking import questionnaire_of
from s11audit.queries.reports import return_lines, round_to_export
from s11audit.web.downloads import XLSX, ZIP, download
from s11audit.web.security import db, now, permitted, services, viewer

blueprint = Blueprint("reports", __name__, url_prefix="/rounds")


@blueprint.get("/<reference>/downloads")
@permitted(Permission.EXPORT)
def downloads(reference: str) -> str:
    audit_round = _round_or_404(reference)
    layout = layout_named("compliance")
    return render_template(
        "reports/downloads.html",
        round=audit_round,
        facts=_rows_of(audit_round).facts,
        marking=layout.marking,
        sheets=layout.sheets,
        charts=CHARTS.values(),
        formats=FORMATS,
    )


@blueprint.get("/<reference>/compliance.xlsx")
@permitted(Permission.EXPORT)
def workbook(reference: str) -> Response:
    audit_round = _round_or_404(reference)
    stream = BytesIO()
    write_compliance(
        db(),
        audit_round,
        _exported(audit_round),
        visible_to=viewer(),
        exported_at=now(),
        path_or_stream=stream,
    )
    lines = return_lines(db(), audit_round, visible_to=viewer())
    return _download(stream, XLSX, audit_round, "compliance.xlsx", len(lines))


@blueprint.get("/<reference>/charts/<name>.<picture>")
@permitted(Permission.EXPORT)
def chart(reference: str, name: str, picture: str) -> Response:
    audit_round = _round_or_404(reference)
    rows = _rows_of(audit_round)
    try:
        drawn = chart_bytes(rows, name, picture)
    except UnknownChartError:
        abort(404)
    file_name = f"{name}.{picture}"
    return _download(drawn, FORMATS[picture], audit_round, file_name, len(rows.agencies))


@blueprint.get("/<reference>/charts.zip")
@permitted(Permission.EXPORT)
def charts_zip(reference: str) -> Response:
    audit_round = _round_or_404(reference)
    stream, rows = BytesIO(), _rows_of(audit_round)
    zip_charts(rows, stream)
    return _download(stream, ZIP, audit_round, "charts.zip", len(rows.agencies))


def _download(
    content: BytesIO | bytes, media_type: str, audit_round: AuditRound, name: str, returns: int
) -> Response:
    reference = audit_round.reference
    about = f"round {reference}"
    name = f"{reference}-{name}"
    return download(content, media_type, name, about=about, of=audit_round, returns=returns)


def _round_or_404(reference: str) -> AuditRound:
    audit_round = round_to_export(db(), reference, visible_to=viewer())
    if audit_round is None:
        abort(404)
    return audit_round


def _rows_of(audit_round: AuditRound) -> RoundRows:
    return rows_of_round(
        db(),
        audit_round,
        _exported(audit_round),
        visible_to=viewer(),
        exported_at=now(),
    )


def _exported(audit_round: AuditRound) -> Questionnaire:
    """What of the round's questions the viewer's partnerships ask."""
    catalogue = services().catalogue
    return questionnaire_of(audit_round, catalogue, visible_to=viewer(), to=Permission.EXPORT)
