"""Links of a survey for whoever hands them out: as a workbook, and as comma-separated values."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import astuple
from datetime import datetime
from io import StringIO
from os import PathLike
from typing import IO, Any

from s11audit.domain.dates import long_date, long_time
from s11audit.exports.history import BYTE_ORDER_MARK, as_text
from s11audit.exports.layout import layout_named
from s11audit.exports.survey_rows import HandedLink, SurveyLinksFacts
from s11audit.models import Survey

HEADINGS = ("Agency reference", "Agency", "Type of agency", "Link")
LAYOUT = "survey-links"


def write_survey_links(links: Iterable[HandedLink]) -> bytes:
    """The links as UTF-8, a line each, in their order."""
    lines = StringIO(BYTE_ORDER_MARK)
    lines.seek(0, 2)
    writer = csv.writer(lines)
    writer.writerow(HEADINGS)
    for one in links:
        writer.writerow(as_text(text) for text in astuple(one))
    return lines.getvalue().encode()


def write_survey_links_workbook(
    survey: Survey,
    links: Iterable[HandedLink],
    *,
    exported_by: str,
    exported_at: datetime,
    path_or_stream: str | PathLike[str] | IO[bytes],
) -> None:
    """Write `exports/survey-links.yaml`."""
    from s11audit.exports.workbook import write_workbook  # openpyxl is slow to load

    facts = SurveyLinksFacts(
        partnership=survey.partnership.name,
        survey_title=survey.title,
        survey_reference=survey.reference,
        open_from_to=f"{long_date(survey.opens_on)} to {long_date(survey.closes_on)}",
        written_at=long_time(exported_at),
        exported_by=exported_by,
    )
    rows: dict[type, Iterable[Any]] = {HandedLink: links}
    write_workbook(layout_named(LAYOUT), facts, rows, path_or_stream, written_at=exported_at)
