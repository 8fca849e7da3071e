"""Downloads of a round: its workbook and its charts."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, abort, render_template
from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
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
from s11audit.queries.reports import round_to_export
from s11audit.queries.rounds import questionnaire_of
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
        questionnaire_of(audit_round, services().catalogue),
        visible_to=viewer(),
        exported_at=now(),
        path_or_stream=stream,
    )
    return download(stream, XLSX, f"{audit_round.reference}-compliance.xlsx")


@blueprint.get("/<reference>/charts/<name>.<picture>")
@permitted(Permission.EXPORT)
def chart(reference: str, name: str, picture: str) -> Response:
    audit_round = _round_or_404(reference)
    try:
        drawn = chart_bytes(_rows_of(audit_round), name, picture)
    except UnknownChartError:
        abort(404)
    response = Response(drawn, mimetype=FORMATS[picture])
    file_name = f"{audit_round.reference}-{name}.{picture}"
    response.headers.set("Content-Disposition", "attachment", filename=file_name)
    return response


@blueprint.get("/<reference>/charts.zip")
@permitted(Permission.EXPORT)
def charts_zip(reference: str) -> Response:
    audit_round = _round_or_404(reference)
    stream = BytesIO()
    zip_charts(_rows_of(audit_round), stream)
    return download(stream, ZIP, f"{audit_round.reference}-charts.zip")


def _round_or_404(reference: str) -> AuditRound:
    audit_round = round_to_export(db(), reference, visible_to=viewer())
    if audit_round is None:
        abort(404)
    return audit_round


def _rows_of(audit_round: AuditRound) -> RoundRows:
    return rows_of_round(
        db(),
        audit_round,
        questionnaire_of(audit_round, services().catalogue),
        visible_to=viewer(),
        exported_at=now(),
    )
