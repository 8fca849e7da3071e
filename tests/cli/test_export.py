"""The workbook and charts of a round from the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from s11audit.cli import main
from s11audit.models.database import Database
from tests.cast import Cast
from tests.conftest import QUESTIONNAIRES
from tests.rounds_and_returns import COMPLETE, Opened, submit

pytestmark = pytest.mark.slow


@pytest.fixture
def submitted(database: Database, cast: Cast, opened: Opened) -> Opened:
    with database.writing.begin() as session:
        submit(session, opened, cast, COMPLETE)
    return opened


def run(database_url: str, *arguments: str | Path) -> Result:
    environment = {"DATABASE_URL": database_url, "S11AUDIT_QUESTIONNAIRES": str(QUESTIONNAIRES)}
    return CliRunner().invoke(main, ["export", *map(str, arguments)], env=environment)


def test_compliance_writes_the_workbook_of_the_round(
    database_url: str, submitted: Opened, tmp_path: Path
) -> None:
    path = tmp_path / "compliance.xlsx"
    result = run(database_url, "compliance", "--round", "R1", "-o", path)
    assert (result.exit_code, result.output) == (0, f"Wrote {path}\n")
    workbook = load_workbook(path)
    about = {row[0]: row[1] for row in workbook["About"].iter_rows(values_only=True)}
    assert about["Exported by"] == "s11audit command line"
    assert about["Returned"].startswith("1/3 (33.3%)")
    _, *answers = workbook["Answers"].iter_rows(values_only=True)
    assert {row[4] for row in answers if row[7] != "Not answered"} == set(COMPLETE)
    assert list(tmp_path.iterdir()) == [path]


def test_charts_writes_every_chart_into_the_folder(
    database_url: str, submitted: Opened, tmp_path: Path
) -> None:
    result = run(database_url, "charts", "--round", "R1", "-o", tmp_path / "charts")
    assert result.exit_code == 0, result.output
    assert len(list((tmp_path / "charts").glob("*.png"))) == 3
    assert len(list((tmp_path / "charts").glob("*.svg"))) == 3


def test_an_unknown_round_is_a_sentence_and_leaves_what_was_there(
    database_url: str, submitted: Opened, tmp_path: Path
) -> None:
    path = tmp_path / "compliance.xlsx"
    path.write_text("last week's")
    result = run(database_url, "compliance", "--round", "R9", "-o", path)
    assert result.exit_code == 1
    assert "Error: There is no round R9" in result.output
    assert path.read_text() == "last week's"


def test_a_folder_that_is_not_there_is_named(
    database_url: str, submitted: Opened, tmp_path: Path
) -> None:
    path = tmp_path / "missing" / "compliance.xlsx"
    result = run(database_url, "compliance", "--round", "R1", "-o", path)
    assert result.exit_code == 1
    assert f"There is no folder {tmp_path / 'missing'}" in result.output


def test_charts_that_cannot_be_written_are_a_sentence(
    database_url: str, submitted: Opened, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("not a folder")
    result = run(database_url, "charts", "--round", "R1", "-o", tmp_path / "file" / "charts")
    assert result.exit_code == 1
    assert "Nothing was written" in result.output
    assert str(tmp_path / "file") in result.output
    assert "Errno" not in result.output
