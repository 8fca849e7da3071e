"""What a survey says at the terminal: as much as its pages, and no more."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from s11audit.cli import main
from s11audit.models.database import Database
from tests.cast import Cast
from tests.surveys import answer, close, make_survey


@pytest.fixture
def run(database: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """Closed: the police were answered for by 12 people, the hospitals by 4. Another is open."""
    with database.writing.begin() as session:
        survey = make_survey(session, cast)
        answer(session, survey, cast, "POL", 12)
        answer(session, survey, cast, "HOSP", 4)
        close(session, survey, cast)
        make_survey(session, cast, "PS2")
    address = database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("DATABASE_URL", address)
    monkeypatch.setenv("S11AUDIT_SECRET_KEY", "a secret that is only for tests, and long")
    return CliRunner()


def invoke(run: CliRunner, *arguments: str) -> Result:
    return run.invoke(main, ["surveys", *arguments])


def test_surveys_are_listed(run: CliRunner) -> None:
    listed = json.loads(invoke(run, "list", "--json").output)
    assert {one["reference"]: one["status"] for one in listed} == {"PS1": "closed", "PS2": "open"}


def test_results_in_json_hide_four_people_from_every_count(run: CliRunner) -> None:
    told = json.loads(invoke(run, "results", "PS1", "--json").output)
    assert told["hidden_agencies"] == ["Downshire Hospitals NHS Trust", "Elm Row School"]
    counts = [row["people"] for row in told["answers"]]
    assert set(counts) == {0, 12}
    assert "16" not in json.dumps(told)


def test_results_are_printed_and_written(run: CliRunner, tmp_path: Path) -> None:
    told = invoke(run, "results", "PS1").output
    assert "  Knows what to do: 12/12 (100.0%)" in told
    assert "Downshire Hospitals NHS Trust: Fewer than 5 people answered" in told
    path = tmp_path / "results.xlsx"
    assert invoke(run, "results", "PS1", "--to", str(path)).exit_code == 0
    assert "Questions" in openpyxl.load_workbook(path).sheetnames


def test_results_that_are_not_there_are_said_to_be(run: CliRunner) -> None:
    early = invoke(run, "results", "PS2")
    assert (early.exit_code, "once the survey has closed" in early.output) == (1, True)
    unknown = invoke(run, "results", "PS3")
    assert (unknown.exit_code, "no survey PS3" in unknown.output) == (1, True)


@pytest.mark.parametrize(("people", "is_shown"), [(5, True), (4, False)])
def test_five_answers_are_told_with_a_reason_for_what_is_hidden_and_four_are_not(
    database: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch, people: int, is_shown: bool
) -> None:
    with database.writing.begin() as session:
        survey = make_survey(session, cast, agencies=("POL",))
        answer(session, survey, cast, "POL", people - 2)
        answer(session, survey, cast, "POL", 2, {"acting.know-the-lead": "no"})
        close(session, survey, cast)
    address = database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("DATABASE_URL", address)
    monkeypatch.setenv("S11AUDIT_SECRET_KEY", "a secret that is only for tests, and long")
    told = json.loads(invoke(CliRunner(), "results", "PS1", "--json").output)
    printed = invoke(CliRunner(), "results", "PS1").output
    groups = {one["group"]: one for one in told["groups"]}
    police = groups["Downshire Police"]
    hidden = "hidden: one of the answers was given by fewer than 5 people"
    if is_shown:
        assert {one["people"] for one in groups.values()} == {5}
        assert (police["questions"], police["shown"]) == (14, 13)
        assert "Downshire Police: 5" in printed
        assert printed.count(hidden) == 3, "of everybody, of the police as a type, of the agency"
    else:
        assert {one["people"] for one in groups.values()} == {None}
        assert police["note"] == "Fewer than 5 people answered, so nothing is shown."
        assert told["answers"] == []
        assert "Downshire Police: Fewer than 5 people answered, so nothing is shown" in printed
