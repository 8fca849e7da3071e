"""Versions of questionnaires, as somebody at a terminal reads, compares and publishes them."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from s11audit.cli import main
from s11audit.domain.lineage import ChangeKind
from s11audit.models import QuestionnaireVersion
from s11audit.models.database import Database
from s11audit.questionnaires import Catalogue, load_text
from s11audit.questionnaires.locks import LOCK, add_to_lock
from tests.cast import Cast
from tests.conftest import QUESTIONNAIRES
from tests.rounds_and_returns import COMPLETE, Opened, fill

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
DRAFT = """questionnaire: pulse
version: "{version}"
{more}kind: survey
title: Pulse
standards:
  - id: a
    title: A
    for: [police, fire]
    questions:
      - {{id: x, type: yes-no, ask: Is it so?, cites: [{{law: An Act, checked: no}}]}}
      - {{id: y, type: yes-no, ask: Why?, when: {{question: a.x, is: no}}}}
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A partnership's own folder, with a draft of version 1."""
    folder = tmp_path / "own"
    write(folder, "pulse", "1", DRAFT.format(version="1", more=""))
    return folder


def write(folder: Path, id_: str, version: str, text: str) -> Path:
    path = folder / id_ / f"{version}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def run(own: Path, tmp_path: Path) -> Any:
    """Runs `s11audit questionnaires …` over the own folder; without a database unless told."""

    def run_command(*words: str | Path, database: str = "", typed: str = "") -> Result:
        others = {name: None for name in os.environ if name.startswith("S11AUDIT_")}
        nowhere = f"sqlite:///{tmp_path / 'none.sqlite3'}"
        settings = {"DATABASE_URL": database or nowhere, "S11AUDIT_QUESTIONNAIRES": str(own)}
        arguments = ["questionnaires", *map(str, words)]
        done = CliRunner().invoke(main, arguments, env={**others, **settings}, input=typed)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    return run_command


def test_versions_are_listed_with_how_far_each_has_got(run: Any) -> None:
    lines = run("list").stdout.splitlines()
    pulse = next(line for line in lines if line.startswith("pulse "))
    assert pulse.split() == ["pulse", "1", "Draft", "survey", "Pulse"]
    run("publish", "pulse", "1", "--yes")
    (listed,) = [one for one in json.loads(run("list", "--json").stdout) if one["id"] == "pulse"]
    expected = {"version": "1", "status": "published", "kind": "survey", "title": "Pulse"}
    assert expected.items() <= listed.items()
    assert len(listed["published"]) == 10


def test_a_version_is_shown_with_routing_in_words_and_unchecked_citations(run: Any) -> None:
    shown = run("show", "pulse", "1").stdout
    assert "Only asked of: Fire and rescue or Police" in shown
    assert "Only if your answer to “X” is “No”" in shown
    assert "Cites An Act  ← not checked" in shown
    assert "Not checked yet: 1 citation" in shown
    told = json.loads(run("show", "pulse", "1", "--json").stdout)
    assert [one["key"] for one in told["standards"][0]["questions"]] == ["a.x", "a.y"]
    assert told["unchecked"] == [{"key": "a.x", "cites": "An Act"}]


def test_changes_between_editions_are_counted_by_kind_and_given_with_keys_and_texts(
    run: Any,
) -> None:
    found = json.loads(run("changes", "section-11", "2024", "2026", "--json").stdout)
    assert {one["kind"] for one in found} == set(ChangeKind)
    for one in found:
        assert set(one) == {"kind", "also", "old", "new", "differs"}
        assert all(side["key"] and side["text"] for side in one["old"] + one["new"])
        assert (one["kind"] == "added") == (one["old"] == [])
        assert (one["kind"] == "removed") == (one["new"] == [])
    done = run("changes", "section-11", "2024", "2026")
    assert done.stderr == ""
    for kind, label in (("split", "Split into several"), ("unchanged", "Unchanged")):
        count = sum(one["kind"] == kind for one in found)
        assert f"\n{label}: {count}\n" in done.stdout


def test_versions_that_do_not_follow_each_other_are_compared_with_a_warning(
    run: Any, own: Path
) -> None:
    other = (own / "pulse" / "1.yaml").read_text(encoding="utf-8")
    (own / "pulse" / "2.yaml").write_text(other.replace('version: "1"', 'version: "2"'), "utf-8")
    assert "2 replaces no version" in run("changes", "pulse", "1", "2").stderr


def test_versions_in_the_wrong_order_are_compared_with_the_right_command(run: Any) -> None:
    done = run("changes", "section-11", "2026", "2024")
    assert "2026 replaces 2024, so you may want: changes section-11 2024 2026" in done.stderr
    assert run("changes", "section-11", "2026", "2026").exit_code == 2


def test_a_new_version_is_a_draft_that_passes_the_check(run: Any, own: Path) -> None:
    done = run("new-version", "section-11", "2026", "2028")
    path = own / "section-11" / "2028.yaml"
    assert f"Wrote {path}" in done.stdout
    assert run("check", path).exit_code == 0
    assert run("check", own).exit_code == 0
    told = json.loads(run("changes", "section-11", "2026", "2028", "--json").stdout)
    assert {one["kind"] for one in told} == {"unchanged"}
    assert "already" in run("new-version", "section-11", "2026", "2028").stderr


@pytest.mark.parametrize("new", ["../../x", "a b", "", '2"'])
def test_a_new_version_cannot_have_a_name_that_no_version_can_have(run: Any, new: str) -> None:
    done = run("new-version", "pulse", "1", new)
    assert done.exit_code == 1
    assert "“version”" in done.stderr or "YAML" in done.stderr


def test_a_file_is_published_once_and_then_never_changes(run: Any, own: Path) -> None:
    asked = run("publish", "pulse", "1", typed="n\n")
    assert asked.exit_code == 1
    assert not (own / LOCK).exists()
    done = run("publish", "pulse", "1", typed="y\n")
    assert done.exit_code == 0
    assert "1 citation that nobody has looked up yet:\n  a.x: An Act\n" in done.stdout
    assert f"its fingerprint is in {own / LOCK}" in done.stdout
    again = run("publish", "pulse", "1", "--yes")
    assert (again.exit_code, "published already since" in again.stderr) == (1, True)
    write(own, "pulse", "1", DRAFT.format(version="1", more="summary: Other\n"))
    checked = run("check")
    assert checked.exit_code == 1
    assert f"{own / 'pulse' / '1.yaml'}:1: pulse 1 was published" in checked.stdout
    assert run("check", own / "pulse" / "1.yaml").stdout.endswith(
        "1 fault in 1 of 1 questionnaire\n"
    )
    assert run("publish", "pulse", "1", "--yes").exit_code == 1


def test_what_has_faults_is_not_published(run: Any, own: Path) -> None:
    write(own, "pulse", "2", DRAFT.format(version="2", more='replaces: "0"\n'))
    done = run("publish", "pulse", "2", "--yes")
    assert (done.exit_code, "is nowhere" in done.stderr) == (1, True)
    write(own, "pulse", "2", "kind: [")
    done = run("publish", "pulse", "2", "--yes")
    assert (done.exit_code, "this is not YAML" in done.stderr) == (1, True)
    assert not (own / LOCK).exists()


def test_a_version_is_published_after_the_one_that_it_replaces(run: Any) -> None:
    run("new-version", "pulse", "1", "2")
    done = run("publish", "pulse", "2", "--yes")
    assert (done.exit_code, "Publish pulse 1 first" in done.stderr) == (1, True)
    run("publish", "pulse", "1", "--yes")
    done = run("publish", "pulse", "2", "--yes")
    assert "Held answers were not looked at. There is no database" in done.stdout
    assert "Of 2 questions of 1, 2 are compatible; 0/0 held answers cannot go on." in done.stdout


def test_publishing_tells_which_held_answers_cannot_go_on(
    run: Any, own: Path, database_url: str, database: Database, cast: Cast, opened: Opened
) -> None:
    with database.writing.begin() as writing:
        fill(writing, "R1-POL", opened, COMPLETE, by=cast["Asif"])
    text = (QUESTIONNAIRES / "small" / "1.yaml").read_text(encoding="utf-8")
    write(own, "small", "1", text)
    add_to_lock(own, ("small", "1"), Catalogue([own]).get("small", "1").sha256, TODAY)
    newer = text.replace('version: "1"', 'version: "2"\nreplaces: "1"\ndropped: [custody.post]')
    newer = newer.replace("        min: 0\n", "        min: 0\n        max: 100\n")
    newer = newer.partition("      - id: post\n")[0]
    write(own, "small", "2", newer)
    done = run("publish", "small", "2", "--yes", database=database_url)
    assert done.exit_code == 0
    assert "; 2/7 held answers cannot go on.\n" in done.stdout
    assert "  training.staff: The largest number is now 100 (1/1 answers)\n" in done.stdout
    assert "  custody.post: The question is removed (1/1 answers)\n" in done.stdout


def test_a_published_file_is_withdrawn_once(run: Any, own: Path) -> None:
    assert "was never published" in run("withdraw", "pulse", "1").stderr
    run("publish", "pulse", "1", "--yes")
    assert "Withdrew pulse 1" in run("withdraw", "pulse", "1").stdout
    assert "has been withdrawn already" in run("withdraw", "pulse", "1").stderr
    assert " Withdrawn " in run("list").stdout
    assert run("check").exit_code == 0


def test_an_uploaded_version_is_listed_and_published_on_the_web_only(
    run: Any, database_url: str, database: Database, cast: Cast
) -> None:
    source = DRAFT.format(version="9", more="")
    with database.writing.begin() as writing:
        writing.add(
            QuestionnaireVersion(
                partnership_id=cast.partnerships["DOWN"],
                questionnaire_id="pulse",
                version="9",
                title="Pulse",
                kind="survey",
                source=source,
                sha256=load_text(source).sha256,
                uploaded_by_id=cast["Priya"].user_id,
                uploaded_at=NOW,
            )
        )
    listed = json.loads(run("list", "--json", database=database_url).stdout)
    assert [one["version"] for one in listed if one["uploaded"]] == ["9"]
    for command in ("publish", "withdraw"):
        done = run(command, "pulse", "9", database=database_url)
        assert (done.exit_code, "done on the web" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    "words",
    [
        ("show", "pulse", "7"),
        ("changes", "pulse", "1", "7"),
        ("changes", "none", "1", "2"),
        ("new-version", "pulse", "7", "8"),
        ("publish", "pulse", "7"),
        ("withdraw", "..", "7"),
    ],
)
def test_a_version_that_is_not_there_is_said_in_a_sentence(run: Any, words: tuple[str]) -> None:
    done = run(*words)
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: There is no questionnaire “")


@pytest.mark.parametrize("words", [("show", "pulse"), ("changes", "a", "b"), ("publish", "--ja")])
def test_a_command_that_is_not_understood_exits_with_2(run: Any, words: tuple[str]) -> None:
    assert run(*words).exit_code == 2
