from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import defusedxml.ElementTree
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from sqlalchemy.orm import Session

from s11audit.domain.viewers import Viewer
from s11audit.exports.chart_pack import (
    CHARTS,
    RoundRows,
    UnknownChartError,
    chart_bytes,
    rows_of_round,
    write_charts,
    zip_charts,
)
from s11audit.exports.charts import (
    FIGURES,
    PROGRESS,
    RATED,
    figure_rag_by_agency,
    figure_rag_by_standard,
    figure_return_progress,
)
from s11audit.exports.rows import AgencyAnswersRow
from s11audit.models import AuditRound
from tests.cast import Cast
from tests.exports.rounds import EXPORTED_AT, QUESTIONNAIRE

pytestmark = pytest.mark.slow

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def rows_for(session: Session, audit_round: AuditRound) -> Callable[[Viewer], RoundRows]:
    def rows(viewer: Viewer) -> RoundRows:
        return rows_of_round(
            session, audit_round, QUESTIONNAIRE, visible_to=viewer, exported_at=EXPORTED_AT
        )

    return rows


@pytest.fixture
def rows(rows_for: Callable[[Viewer], RoundRows], cast: Cast) -> RoundRows:
    return rows_for(cast["Mo"])


def words(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in figure.texts)


def widths(figure: Figure) -> dict[str, list[float]]:
    (axes,) = figure.axes
    return {bars.get_label(): [bar.get_width() for bar in bars] for bars in axes.containers}


def labels(figure: Figure) -> list[str]:
    return [label.get_text() for label in figure.axes[0].get_yticklabels()]


def test_a_bar_of_the_standards_is_as_long_as_its_answers(rows: RoundRows) -> None:
    figure = figure_rag_by_standard(rows.standards, rows.facts)
    assert labels(figure) == ["Leadership", "Voice of the child", "Children in custody"]
    assert widths(figure) == {
        "Red": [1, 0, 0],
        "Amber": [0, 1, 0],
        "Green": [1, 2, 1],
        "Not answered": [0, 0, 0],
        "Not applicable": [0, 1, 0],
    }
    written = [text.get_text() for text in figure.axes[0].texts]
    assert [w for w in written if "/" in w] == ["1/2 green", "2/3 green", "1/1 green"]
    assert written.count("1") == 5
    assert written.count("2") == 1


def test_agencies_that_have_not_returned_have_no_bar(rows: RoundRows) -> None:
    figure = figure_rag_by_agency(rows.agencies, rows.facts)
    assert labels(figure) == ["Downshire Hospitals NHS Trust", "Downshire Police"]
    assert widths(figure)["Red"] == [0, 1]
    assert widths(figure)["Green"] == [2, 2]


def test_progress_shows_returned_of_expected_by_type(rows: RoundRows) -> None:
    figure = figure_return_progress(rows.return_rates, rows.facts)
    assert labels(figure) == ["NHS trust", "Police", "School"]
    assert widths(figure)["Submitted"] == [1, 1, 0]
    assert widths(figure)["In progress"] == [0, 0, 1]
    assert "0/1 returned" in [text.get_text() for text in figure.axes[0].texts]


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_says_what_of_how_many_from_where_and_when(name: str, rows: RoundRows) -> None:
    figure = FIGURES[name](CHARTS[name].rows(rows), rows.facts)
    said = words(figure).replace("\n", " ")
    assert CHARTS[name].title in said
    assert "Returned: 2/3 (66.7%)" in said
    assert "Source: Downshire Safeguarding Children Partnership" in said
    assert "Tiny self-assessment, version 2026" in said
    assert "self-rating" in said.lower()
    assert "15 June 2026 at 2:05pm" in said


def test_the_chart_is_of_the_names_of_the_registry() -> None:
    assert list(FIGURES) == list(CHARTS) == ["rag-by-standard", "rag-by-agency", "return-progress"]


def luminance(colour: str) -> float:
    red, green, blue = to_rgb(colour)
    return 0.299 * red + 0.587 * green + 0.114 * blue


@pytest.mark.parametrize("segments", [RATED, PROGRESS])
def test_segments_differ_in_hatching_and_in_greyscale(segments: tuple) -> None:  # type: ignore[type-arg]
    hatches = [segment.hatch for segment in segments]
    assert len(set(hatches)) == len(hatches)
    shades = sorted(luminance(segment.colour) for segment in segments)
    assert all(b - a > 0.06 for a, b in itertools.pairwise(shades))


def test_the_drawn_bars_carry_the_hatching(rows: RoundRows) -> None:
    figure = figure_rag_by_standard(rows.standards, rows.facts)
    drawn = [bars[0].get_hatch() or "" for bars in figure.axes[0].containers]
    assert drawn == [segment.hatch for segment in RATED]


def test_three_hundred_agencies_make_a_longer_figure_with_bars_of_the_same_height(
    rows: RoundRows,
) -> None:
    one = [AgencyAnswersRow("A school of a remarkably long and winding name", 1, 2, 3, 0, 1)]
    short = figure_rag_by_agency(one, rows.facts)
    long = figure_rag_by_agency(one * 300, rows.facts)
    assert labels(short) == ["A school of a remarkably long and\nwinding name"]
    inches = [
        figure.get_figheight() * figure.axes[0].get_position().height / count
        for figure, count in ((short, 2), (long, 300))
    ]
    assert long.get_figheight() > 100
    assert inches[0] == pytest.approx(inches[1], rel=0.2)


def test_a_label_beyond_three_lines_ends_with_an_ellipsis(rows: RoundRows) -> None:
    agency = AgencyAnswersRow("Very long name of a trust " * 20, 1, 0, 0, 0, 0)
    (label,) = labels(figure_rag_by_agency([agency], rows.facts))
    assert label.count("\n") == 2
    assert label.endswith("…")


def test_names_that_look_like_mathematics_or_hold_control_characters_are_plain(
    rows: RoundRows,
) -> None:
    agency = AgencyAnswersRow("Price $x^2$ & <b>Sons</b>\x01", 1, 0, 0, 0, 0)
    named = RoundRows(rows.facts, rows.standards, [agency], rows.return_rates)
    svg = chart_bytes(named, "rag-by-agency", "svg")
    root = defusedxml.ElementTree.fromstring(svg, forbid_dtd=False)
    assert "Price $x^2$ & <b>Sons</b>�" in [text.text for text in root.iter(f"{SVG}text")]


def test_a_round_without_returns_says_so(
    rows_for: Callable[[Viewer], RoundRows], cast: Cast
) -> None:
    rows = rows_for(cast["Olga"])  # of another partnership: nothing of this one is hers to see
    for name, draw in FIGURES.items():
        figure = draw(CHARTS[name].rows(rows), rows.facts)
        assert "There is nothing to show yet." in words(figure)
        assert "Returned: 0/0." in words(figure)
    assert chart_bytes(rows, "rag-by-agency", "png").startswith(b"\x89PNG")


@pytest.mark.parametrize("name", CHARTS)
def test_an_svg_has_a_title_a_description_and_text_that_is_text(name: str, rows: RoundRows) -> None:
    root = defusedxml.ElementTree.fromstring(chart_bytes(rows, name, "svg"), forbid_dtd=False)
    title, description = root.findall(f"{SVG}title"), root.findall(f"{SVG}desc")
    assert [element.text for element in title] == [f"{CHARTS[name].title}: Section 11 audit 2026"]
    assert "Returned: 2/3 (66.7%)" in str(description[0].text)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title[0].get('id')} {description[0].get('id')}"
    assert CHARTS[name].title in [text.text for text in root.iter(f"{SVG}text")]


def test_the_pack_is_written_as_png_and_svg(rows: RoundRows, tmp_path: Path) -> None:
    written = write_charts(rows, tmp_path / "new" / "folder")
    names = [f"{name}.{end}" for name in CHARTS for end in ("png", "svg")]
    assert [path.name for path in written] == names
    assert written[0].read_bytes().startswith(b"\x89PNG")
    stream = BytesIO()
    zip_charts(rows, stream)
    assert ZipFile(stream).namelist() == names


@pytest.mark.parametrize(("name", "end"), [("nonsense", "png"), ("rag-by-agency", "pdf")])
def test_an_unknown_chart_or_format_is_refused(rows: RoundRows, name: str, end: str) -> None:
    with pytest.raises(UnknownChartError, match=name):
        chart_bytes(rows, name, end)


def test_slow_libraries_wait_until_something_is_exported() -> None:
    program = (
        "import sys, s11audit.exports.compliance, s11audit.exports.own_return, "
        "s11audit.exports.chart_pack, s11audit.web.questionnaires, s11audit.web.returns; "
        "sys.exit(any(name in sys.modules for name in ('openpyxl', 'matplotlib')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
