"""Joint assessments from the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from s11audit.cli import main
from s11audit.models.database import Database
from tests.assessments import FIRST, assessment_in, brought_to_rating, rate
from tests.cast import Cast
from tests.conftest import QUESTIONNAIRES

pytestmark = pytest.mark.slow


def run(database_url: str, *arguments: str | Path) -> Result:
    environment = {"DATABASE_URL": database_url, "S11AUDIT_QUESTIONNAIRES": str(QUESTIONNAIRES)}
    return CliRunner().invoke(main, ["assessments", *map(str, arguments)], env=environment)


def test_nothing_is_exported_before_it_is_opened_not_even_on_the_machine(
    database_url: str, database: Database, cast: Cast, tmp_path: Path
) -> None:
    with database.writing.begin() as session:
        world = brought_to_rating(session, cast)
        rate(session, assessment_in(session, world["Priya"]), world["Ines"], "red")
    path = tmp_path / "ratings.xlsx"
    result = run(database_url, "export", FIRST, "-o", path)
    assert result.exit_code == 1
    assert "whose ratings are opened" in result.output
    assert not path.exists()
    assert "being rated" in run(database_url, "list").output


def test_the_workbook_is_written_once_they_are_opened(
    database_url: str, database: Database, cast: Cast, tmp_path: Path
) -> None:
    with database.writing.begin() as session:
        world = brought_to_rating(session, cast)
        made = assessment_in(session, world["Priya"])
        for name in ("Ines", "Iris", "Carl"):
            rate(session, made, world[name], "red")
    path = tmp_path / "ratings.xlsx"
    result = run(database_url, "export", FIRST, "-o", path)
    assert (result.exit_code, result.output) == (0, f"Wrote {path}\n")
    about = {row[0]: row[1] for row in load_workbook(path)["About"].iter_rows(values_only=True)}
    assert about["Exported by"] == "s11audit command line"


def test_a_list_without_anything_says_so(database_url: str, cast: Cast) -> None:
    assert run(database_url, "list").output == "There is no joint assessment yet.\n"
