"""`s11audit questionnaires` and `s11audit score`, as somebody at a terminal sees them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from s11audit.cli import main
from s11audit.questionnaires import shipped_catalogue

HERE = Path(__file__).parent
SOUND, FAULTY = HERE / "sound", HERE / "faulty"
SCORED = SOUND / "conditions.yaml"


def run(*arguments: str | Path, **environment: str) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments], env=environment)


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    return tmp_path / "answers.yaml"


def test_check_passes_on_what_ships() -> None:
    result = run("questionnaires", "check", S11AUDIT_QUESTIONNAIRES="")
    assert result.exit_code == 0
    count = len(shipped_catalogue().places())
    assert result.output == f"{count} questionnaires, no faults\n"


def test_check_lists_every_fault_and_counts_them() -> None:
    path = FAULTY / "five-planted.yaml"
    result = run("questionnaires", "check", path)
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert [line.split(":")[1] for line in lines[:-1]] == ["15", "17", "18", "24", "28"]
    assert all(line.startswith(f"{path}:") for line in lines[:-1])
    assert lines[-1] == "5 faults in 1 of 1 questionnaire"


def test_check_takes_several_files_and_folders() -> None:
    count = len(list(SOUND.glob("*.yaml")))
    result = run("questionnaires", "check", SOUND, SOUND / "conditions.yaml")
    assert result.exit_code == 0
    assert result.output == f"{count + 1} questionnaires, no faults\n"


def test_check_goes_on_after_a_file_with_faults() -> None:
    both = (FAULTY / "thresholds.yaml", FAULTY / "loops.yaml", SOUND / "conditions.yaml")
    result = run("questionnaires", "check", *both)
    assert result.exit_code == 1
    assert result.output.splitlines()[-1] == "4 faults in 2 of 3 questionnaires"


def test_check_includes_the_configured_folder(tmp_path: Path) -> None:
    own = tmp_path / "pulse" / "1.yaml"
    own.parent.mkdir()
    own.write_text("title: Pulse\n", encoding="utf-8")
    result = run("questionnaires", "check", S11AUDIT_QUESTIONNAIRES=str(tmp_path))
    assert result.exit_code == 1
    assert f"{own}:1: the key “questionnaire” is missing here" in result.output


@pytest.mark.parametrize("name", ["missing.yaml", ""])
def test_check_of_nothing_is_not_a_success(tmp_path: Path, name: str) -> None:
    result = run("questionnaires", "check", tmp_path / name)
    assert result.exit_code == 1
    assert "there is no" in result.output


def test_score_prints_a_scorecard_as_json(answers: Path) -> None:
    # Asked: asks, many, then (asks = yes), some (many ≠ 0), deep (then = met and some ≠ yes).
    # Not asked: why, other. Required 5, answered 3.
    answers.write_text(
        "agency_type: police\n"
        "answers:\n  a.asks: yes\n  a.many: 12\n  a.then: met\n  b.other: no\n",
        encoding="utf-8",
    )
    result = run("score", SCORED, answers, "--json")
    assert result.exit_code == 0
    card = {
        "visible": 5,
        "required": 5,
        "answered": 3,
        "red": 0,
        "amber": 0,
        "green": 1,
        "not_applicable": 0,
        "unanswered": 2,
        "completion_pct": 60.0,
        "green_pct": 100.0,
        "compliance_pct": 100.0,
        "strict_pct": 100.0,
        "rating": "green",
        "provisional": True,
        "because": "Green because compliance is 100%, 90% or more, and nothing is red",
    }
    assert json.loads(result.output) == {"overall": card, "standards": {"a": card}}
    assert '"completion_pct": 60.0' in result.output


def test_score_prints_null_where_there_is_nothing_to_divide_by(answers: Path) -> None:
    answers.write_text("agency_type: fire\nanswers:\n", encoding="utf-8")
    overall = json.loads(run("score", SCORED, answers, "--json").output)["overall"]
    assert (overall["answered"], overall["completion_pct"]) == (0, 0.0)
    assert (overall["green_pct"], overall["compliance_pct"]) == (None, None)
    assert (overall["rating"], overall["provisional"]) == ("not-rated", True)


def test_score_prints_a_table_for_people(answers: Path) -> None:
    answers.write_text(
        "agency_type: police\nanswers: {a.asks: yes, a.then: not-met, a.many: 0}\n",
        encoding="utf-8",
    )
    lines = run("score", SCORED, answers).output.splitlines()
    assert lines[0].split() == [
        *("Rating", "Answered", "R", "A", "G", "N/A", "Green", "Compliance", "Strict"),
    ]
    assert lines[1].split() == ["A", "Red", "3/3", "1", "0", "0", "0", "0.0%", "0.0%", "0.0%"]
    assert lines[2].startswith("Whole return")
    assert lines[-1] == "Whole return: Red because compliance is 0%, below 60%."


def test_score_accepts_but_ignores_answers_to_questions_not_asked(answers: Path) -> None:
    answers.write_text(
        "agency_type: police\nanswers: {a.asks: no, a.then: not-met}\n", encoding="utf-8"
    )
    overall = json.loads(run("score", SCORED, answers, "--json").output)["overall"]
    assert (overall["red"], overall["rating"]) == (0, "not-rated")


def test_score_lists_every_fault_of_the_answers(answers: Path) -> None:
    answers.write_text(
        "agency_type: polise\n"
        "answer: {}\n"
        "answers:\n"
        "  a.ask: yes\n"
        "  a.then: mett\n"
        "  a.many: several\n"
        "  b.other: [yes]\n"
        "  a.asks: yes\n"
        "  a.asks: no\n",
        encoding="utf-8",
    )
    result = run("score", SCORED, answers)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        f"{answers}:1: unknown agency type “polise”: did you mean “police”?",
        f"{answers}:2: unknown key “answer”: did you mean “answers”?",
        f"{answers}:4: unknown question “a.ask”: did you mean “a.asks”?",
        f"{answers}:5: “a.then” cannot be “mett”: did you mean “met”?",
        f"{answers}:6: “a.many” cannot be “several”: Enter a number, such as 12",
        f"{answers}:7: the answer to “b.other” should be one value",
        f"{answers}:9: duplicate key “a.asks”: line 8 has it already",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("answers: {}\n", "1: the key “agency_type” is missing here"),
        ("agency_type: police\n", "1: the key “answers” is missing here"),
        ("agency_type: police\nanswers: [met]\n", "2: “answers” should be a set of"),
        ("agency_type: Any Old Force\nanswers: {}\n", "1: “agency_type” should be one word"),
        ("agency_type: [\n", "2: this is not YAML"),
    ],
)
def test_score_says_what_an_answers_file_lacks(answers: Path, text: str, message: str) -> None:
    answers.write_text(text, encoding="utf-8")
    result = run("score", SCORED, answers)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"{answers}:{message}")


def test_score_refuses_a_faulty_questionnaire(answers: Path) -> None:
    result = run("score", FAULTY / "five-planted.yaml", answers)
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 5
