"""The programme of a year as files, for the Steering Group."""

from __future__ import annotations

from io import BytesIO

from werkzeug.wrappers import Response

from s11audit.domain.dates import today_in_london
from s11audit.domain.permissions import Permission
from s11audit.domain.programme_years import year_label, year_of
from s11audit.exports.case_programme import write_programme, write_programme_csv
from s11audit.models import Partnership
from s11audit.queries.case_audits import ProgrammeYear, programme_years
from s11audit.web.cases import blueprint
from s11audit.web.cases.programme import year_asked
from s11audit.web.downloads import CSV, XLSX, download
from s11audit.web.security import db, now, permitted, viewer


@blueprint.get("/case-audits/programme.csv")
@permitted(Permission.SEE_CASE_AUDITS)
def programme_csv() -> Response:
    year = _year()
    return _download(write_programme_csv(year), CSV, year, "csv")


@blueprint.get("/case-audits/programme.xlsx")
@permitted(Permission.SEE_CASE_AUDITS)
def programme_workbook() -> Response:
    year, stream = _year(), BytesIO()
    write_programme(
        year,
        [one.name for one in _partnerships(year)],
        exported_by=viewer().name,
        exported_at=now(),
        path_or_stream=stream,
    )
    return _download(stream, XLSX, year, "xlsx")


def _year() -> ProgrammeYear:
    years = programme_years(db(), visible_to=viewer())
    return year_asked(years, year_of(today_in_london(now())))


def _partnerships(year: ProgrammeYear) -> list[Partnership]:
    found = {audit.partnership_id: audit.partnership for audit in year.audits}
    return sorted(found.values(), key=lambda one: one.name)


def _download(
    content: BytesIO | bytes, media_type: str, year: ProgrammeYear, ending: str
) -> Response:
    partnerships = _partnerships(year)
    label = year_label(year.year)
    return download(
        content,
        media_type,
        f"case-audits-{label.replace('/', '-')}.{ending}",
        about=f"programme of case audits {label}",
        of=partnerships[0] if len(partnerships) == 1 else None,
        audits=len(year.audits),
    )
