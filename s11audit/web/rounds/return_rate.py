"""The return rate of a round, as at today or another day: its page and its files."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from flask import abort, render_template, request
from werkzeug.wrappers import Response
from wtforms import Form
from wtforms.validators import ValidationError

from s11audit.domain.dates import today_in_london
from s11audit.domain.permissions import Permission
from s11audit.exports.return_rate import write_rates, write_rates_csv
from s11audit.models import AuditRound
from s11audit.queries.reports import round_to_export
from s11audit.queries.return_rates import ReturnRates, return_rates, waiting_for
from s11audit.web.downloads import CSV, XLSX, download
from s11audit.web.fields import DateParts
from s11audit.web.form_errors import errors_of
from s11audit.web.rounds.pages import blueprint, round_or_404
from s11audit.web.security import db, now, permitted, viewer


class AsAtForm(Form):
    """The day whose end the rate is counted at."""

    as_at = DateParts(label="As at the end of", description="For example, 27 3 2026.")

    def validate_as_at(self, field: DateParts) -> None:
        if field.data is None:
            raise ValidationError("Enter the date at whose end to count")
        if field.data > today_in_london(now()):
            raise ValidationError("Enter today’s date or an earlier one")


@blueprint.get("/<reference>/return-rate")
@permitted(Permission.SEE_ROUNDS)
def return_rate(reference: str) -> str | tuple[str, int]:
    audit_round = round_or_404(reference)
    form = _asked()
    valid = form.validate()
    as_at = form.as_at.data if valid else today_in_london(now())
    page = render_template(
        "rounds/return-rate.html",
        round=audit_round,
        rates=return_rates(db(), audit_round, as_at, visible_to=viewer()),
        waiting=waiting_for(db(), audit_round, as_at, visible_to=viewer()),
        may_chase=viewer().may_in_partnership(Permission.EDIT_ROUNDS, audit_round.partnership_id),
        form=form,
        errors=errors_of(form),
        day=dict(_parts(as_at)),
    )
    return page if valid else (page, 422)


@blueprint.get("/<reference>/return-rate.csv")
@permitted(Permission.EXPORT)
def return_rate_csv(reference: str) -> Response:
    audit_round, rates = _to_take(reference)
    return _download(write_rates_csv(rates), CSV, audit_round, "csv", rates)


@blueprint.get("/<reference>/return-rate.xlsx")
@permitted(Permission.EXPORT)
def return_rate_workbook(reference: str) -> Response:
    audit_round, rates = _to_take(reference)
    stream = BytesIO()
    write_rates(
        audit_round,
        rates,
        waiting_for(db(), audit_round, rates.as_at, visible_to=viewer()),
        exported_by=viewer().name,
        exported_at=now(),
        path_or_stream=stream,
    )
    return _download(stream, XLSX, audit_round, "xlsx", rates)


def _asked() -> AsAtForm:
    """The day that the address asks for, or else today."""
    return AsAtForm(request.args, data={"as_at": today_in_london(now())})


def _parts(as_at: date) -> list[tuple[str, str]]:
    """The day as addresses tell it."""
    return list(AsAtForm(data={"as_at": as_at}).as_at.as_sent())


def _to_take(reference: str) -> tuple[AuditRound, ReturnRates]:
    audit_round = round_to_export(db(), reference, visible_to=viewer())
    form = _asked()
    if audit_round is None or not form.validate():
        abort(404)
    as_at = form.as_at.data
    return audit_round, return_rates(
        db(), audit_round, as_at, visible_to=viewer(), to=Permission.EXPORT
    )


def _download(
    content: BytesIO | bytes,
    media_type: str,
    audit_round: AuditRound,
    ending: str,
    rates: ReturnRates,
) -> Response:
    total = rates.whole.total
    return download(
        content,
        media_type,
        f"{audit_round.reference}-return-rate-{rates.as_at.isoformat()}.{ending}",
        about=f"round {audit_round.reference}",
        of=audit_round,
        returns=total.expected + total.exempt,
    )
