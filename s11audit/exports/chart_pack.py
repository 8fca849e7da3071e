"""The charts that can be downloaded of a round: their names, and each as PNG or SVG."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from io import BytesIO
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy.orm import Session

from s11audit.domain.dates import today_in_london
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.viewers import Viewer
from s11audit.exports.chart_titles import CHART_TITLES
from s11audit.exports.plain_text import plain
from s11audit.exports.rows import AgencyAnswersRow, ReturnRateRow, RoundFacts, StandardRow
from s11audit.exports.summary import (
    agency_answers_rows,
    return_rate_rows,
    round_facts,
    standard_rows,
)
from s11audit.models import AuditRound
from s11audit.queries.reports import return_lines, scorecards

FORMATS = {"png": "image/png", "svg": "image/svg+xml"}
DOTS_PER_INCH = 150
# A figure of hundreds of agencies is metres high: fewer dots keep its picture in memory.
DOTS_WHEN_TALL = 80
TALL = 40  # inches


class UnknownChartError(LookupError):
    """There is no chart of this name, or not in this format."""


@dataclass(frozen=True)
class RoundRows:
    """Everything that the charts of a round are drawn from."""

    facts: RoundFacts
    standards: Sequence[StandardRow]
    agencies: Sequence[AgencyAnswersRow]
    return_rates: Sequence[ReturnRateRow]


@dataclass(frozen=True)
class Chart:
    """One chart of the pack. `rows` picks what it is drawn from; `describe` puts a row in words."""

    name: str
    rows: Callable[[RoundRows], Sequence[Any]]
    describe: Callable[[Any], str]

    @property
    def title(self) -> str:
        return CHART_TITLES[self.name]


def _answers_in_words(label: str, row: StandardRow | AgencyAnswersRow) -> str:
    return (
        f"{label}: {row.red} red, {row.amber} amber, {row.green} green, "
        f"{row.unrated} not answered, {row.not_applicable} not applicable"
    )


CHARTS: dict[str, Chart] = {
    chart.name: chart
    for chart in (
        Chart(
            "rag-by-standard",
            lambda rows: rows.standards,
            lambda row: _answers_in_words(row.title, row),
        ),
        Chart(
            "rag-by-agency",
            lambda rows: rows.agencies,
            lambda row: _answers_in_words(row.agency, row),
        ),
        Chart(
            "return-progress",
            lambda rows: rows.return_rates,
            lambda row: f"{row.agency_type}: {row.returned_of_expected} returned",
        ),
    )
}


def rows_of_round(
    session: Session,
    audit_round: AuditRound,
    questionnaire: Questionnaire,
    *,
    visible_to: Viewer,
    exported_at: datetime,
) -> RoundRows:
    """What this viewer's charts of the round show at this (aware) moment. Two statements."""
    lines = return_lines(session, audit_round, visible_to=visible_to)
    cards = scorecards(session, audit_round, visible_to=visible_to)
    return RoundRows(
        facts=round_facts(
            audit_round, questionnaire, lines, visible_to=visible_to, exported_at=exported_at
        ),
        standards=standard_rows(questionnaire, cards),
        agencies=agency_answers_rows(lines, cards),
        return_rates=return_rate_rows(lines, today_in_london(exported_at)),
    )


def chart_bytes(rows: RoundRows, name: str, file_format: str) -> bytes:
    """One chart as `png` or `svg`; raises UnknownChartError."""
    if name not in CHARTS or file_format not in FORMATS:
        raise UnknownChartError(f"There is no chart “{name}.{file_format}”.")
    from s11audit.exports import charts  # matplotlib is slow to load

    chart = CHARTS[name]
    figure = charts.FIGURES[name](chart.rows(rows), rows.facts)
    description = _description(chart, rows)
    stream = BytesIO()
    metadata: dict[str, str | None] = {"Title": f"{chart.title}: {plain(rows.facts.round_title)}"}
    if file_format == "svg":
        metadata |= {"Date": None, "Creator": None}
    else:
        metadata |= {"Description": description, "Software": None}
    dots = DOTS_WHEN_TALL if figure.get_figheight() > TALL else DOTS_PER_INCH
    with charts.drawing():
        figure.savefig(stream, format=file_format, dpi=dots, metadata=metadata)
    picture = stream.getvalue()
    return _told(picture, chart, rows, description) if file_format == "svg" else picture


def write_charts(rows: RoundRows, directory: Path) -> list[Path]:
    """Write every chart in every format into this folder, made where it is missing."""
    directory.mkdir(parents=True, exist_ok=True)
    written = []
    for file_name, picture in _every_chart(rows):
        path = directory / file_name
        path.write_bytes(picture)
        written.append(path)
    return written


def zip_charts(rows: RoundRows, stream: IO[bytes]) -> None:
    """Write every chart in every format into one zip."""
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for file_name, picture in _every_chart(rows):
            archive.writestr(file_name, picture)


def _every_chart(rows: RoundRows) -> list[tuple[str, bytes]]:
    return [
        (f"{name}.{file_format}", chart_bytes(rows, name, file_format))
        for name in CHARTS
        for file_format in FORMATS
    ]


def _description(chart: Chart, rows: RoundRows) -> str:
    """The chart in words, row by row, for those who do not see it."""
    facts = rows.facts
    said = "; ".join(chart.describe(row) for row in chart.rows(rows)) or "nothing to show yet"
    return plain(f"{facts.side}, as at {facts.as_at}. Returned: {facts.return_rate}. {said}.")


def _told(svg: bytes, chart: Chart, rows: RoundRows, description: str) -> bytes:
    """The SVG with a title and a description, which matplotlib leaves out."""
    title = f"{chart.title}: {plain(rows.facts.round_title)}"
    words = (
        f'<title id="title-{chart.name}">{escape(title)}</title>\n'
        f' <desc id="description-{chart.name}">{escape(description)}</desc>'
    )
    text = re.sub(r"<title>.*?</title>\s*", "", svg.decode(), count=1, flags=re.DOTALL)
    labelled = f'role="img" aria-labelledby="title-{chart.name} description-{chart.name}"'
    start, end = next((m.start(), m.end()) for m in [re.search(r"<svg [^>]*>", text)] if m)
    opening = text[start : end - 1]
    return f"{text[:start]}{opening} {labelled}>\n {words}{text[end:]}".encode()
