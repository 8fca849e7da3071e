"""A return as an Excel form from the terminal, and back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from s11audit.cli import main
from s11audit.domain.answers import Answer
from s11audit.models import Event
from s11audit.models.database import Database
from s11audit.queries.returns import answers_of
from tests.cast import Cast
from tests.exports.test_form_reading import Change, changed, put
from tests.rounds_and_returns import Opened, fill, return_named

CLERK = put("custody.post value", "Clerk")


@pytest.fixture
def run(database: Database, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    address = database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("DATABASE_URL", address)
    monkeypatch.setenv("S11AUDIT_SECRET_KEY", "a secret that is only for tests, and long")
    questionnaires = Path(__file__).parents[1] / "questionnaires"
    monkeypatch.setenv("S11AUDIT_QUESTIONNAIRES", str(questionnaires))
    return CliRunner()


def invoke(run: CliRunner, *arguments: str | Path) -> Result:
    return run.invoke(main, ["returns", *map(str, arguments)])


def exported(run: CliRunner, folder: Path, *changes: Change) -> Path:
    path = folder / "form.xlsx"
    wrote = invoke(run, "export", "--round", "R1", "--agency", "POL", "-o", path)
    assert wrote.exit_code == 0, wrote.output
    for change in changes:
        path.write_bytes(changed(path.read_bytes(), change))
    return path


def post_of(database: Database) -> str:
    with database.reading() as session:
        held = answers_of(session, return_named(session, "R1-POL").id)
    return held["custody.post"].answer.value if "custody.post" in held else ""


def save(database: Database, cast: Cast, opened: Opened, post: str) -> None:
    with database.writing.begin() as session:
        fill(session, "R1-POL", opened, {"custody.post": Answer(post)}, by=cast["Asif"])


def test_a_form_goes_out_and_comes_back(
    run: CliRunner, database: Database, opened: Opened, tmp_path: Path
) -> None:
    path = exported(run, tmp_path, CLERK)
    looked = invoke(run, "import", path, "--dry-run")
    assert (looked.exit_code, post_of(database)) == (0, "")
    assert 'custody.post, answer: "" → "Clerk"' in looked.output
    assert "nothing was changed" in looked.output
    applied = invoke(run, "import", path, "--json")
    assert applied.exit_code == 0, applied.output
    assert json.loads(applied.output) == {
        "return": "R1-POL",
        "applied": True,
        "differences": [
            {
                "question": "custody.post",
                "confirms": False,
                "parts": [{"part": "Answer", "was": "", "will": "Clerk"}],
            }
        ],
        "conflicts": [],
        "wrong": [],
    }
    assert post_of(database) == "Clerk"
    again = invoke(run, "import", path)
    assert (again.exit_code, again.output) == (0, "R1-POL: nothing differs.\n")
    with database.reading() as session:
        (saved,) = session.scalars(select(Event).where(Event.kind == "return-started"))
        assert saved.user_id is None


def test_a_conflict_ends_with_1_until_somebody_takes_a_side(
    run: CliRunner, database: Database, cast: Cast, opened: Opened, tmp_path: Path
) -> None:
    path = exported(run, tmp_path, CLERK)
    save(database, cast, opened, "Sergeant")
    left = invoke(run, "import", path)
    assert (left.exit_code, post_of(database)) == (1, "Sergeant")
    assert 'Changed online meanwhile: custody.post, answer: "Sergeant" → "Clerk"' in left.output
    assert invoke(run, "import", path, "--take", "online").exit_code == 0
    assert post_of(database) == "Sergeant"
    assert invoke(run, "import", path, "--take", "workbook").exit_code == 0
    assert post_of(database) == "Clerk"


def test_faults_end_with_1_and_the_good_answers_are_applied(
    run: CliRunner, database: Database, opened: Opened, tmp_path: Path
) -> None:
    path = exported(run, tmp_path, CLERK, put("training.staff value", "lots"))
    result = invoke(run, "import", path)
    assert (result.exit_code, post_of(database)) == (1, "Clerk")
    assert "Cannot be read: 2 Training!D" in result.output


def test_what_is_not_there_is_said_in_a_sentence(
    run: CliRunner, opened: Opened, tmp_path: Path
) -> None:
    nobody = invoke(run, "export", "--round", "R9", "--agency", "POL", "-o", tmp_path / "f.xlsx")
    assert (nobody.exit_code, "no return of POL" in nobody.output) == (1, True)
    (tmp_path / "notes.xlsx").write_bytes(b"notes")
    no_form = invoke(run, "import", tmp_path / "notes.xlsx")
    assert (no_form.exit_code, "not an Excel workbook" in no_form.output) == (1, True)
    missing = invoke(run, "import", tmp_path / "missing.xlsx")
    assert (missing.exit_code, "missing.xlsx" in missing.output) == (1, True)
