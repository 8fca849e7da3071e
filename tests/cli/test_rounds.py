"""Rounds from the terminal."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from click.testing import CliRunner, Result

from s11audit.cli import main
from tests.cast import Cast
from tests.conftest import QUESTIONNAIRES
from tests.rounds_and_returns import Opened

CREATE = (
    *("rounds", "create", "S11-2027", "--title", "Audit 2027", "--partnership", "DOWN"),
    *("--questionnaire", "small", "--version", "1"),
    *("--opens", "2097-03-01", "--due", "2097-04-30", "--closes", "2097-05-14"),
)


@pytest.fixture
def run(database_url: str, cast: Cast) -> Any:
    """Runs a command in this process, with the tests' questionnaires."""
    others = {name: None for name in os.environ if name.startswith("S11AUDIT_")}
    settings = {"DATABASE_URL": database_url, "S11AUDIT_QUESTIONNAIRES": str(QUESTIONNAIRES)}

    def run_command(*words: str) -> Result:
        done = CliRunner().invoke(main, list(words), env={**others, **settings})
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    return run_command


def test_every_round_is_listed_for_people_and_programs(run: Any, opened: Opened) -> None:
    (line,) = run("rounds", "list").stdout.splitlines()
    assert line.startswith("R1  Open  due 18 December 2026  0/3 returned")
    (listed,) = json.loads(run("rounds", "list", "--json").stdout)
    expected = {"reference": "R1", "questionnaire": "small", "version": "1", "status": "open"}
    assert expected.items() <= listed.items()
    assert (listed["returned"], listed["expected"]) == (0, 3)


def test_with_no_round_the_list_is_empty(run: Any) -> None:
    assert json.loads(run("rounds", "list", "--json").stdout) == []
    assert "rounds create" in run("rounds", "list").stdout


def test_a_round_is_created_opened_and_closed(run: Any) -> None:
    assert "draft. Agencies: 3." in run(*CREATE).stdout
    assert run("rounds", "open", "S11-2027").stdout == "Round S11-2027 is open.\n"
    assert run("rounds", "close", "S11-2027").stdout == "Round S11-2027 is closed.\n"
    (listed,) = json.loads(run("rounds", "list", "--json").stdout)
    assert listed["status"] == "closed"


def test_one_round_is_shown_with_who_has_returned(run: Any, opened: Opened) -> None:
    run(*CREATE, "--signatures", "2", "--guidance", "Ask us.")
    shown = json.loads(run("rounds", "show", "s11-2027", "--json").stdout)
    assert (shown["signatures_needed"], shown["due_on"]) == (2, "2097-04-30")
    lines = run("rounds", "show", "R1").stdout.splitlines()
    assert lines[0] == "R1  Open  Section 11 audit 2026"
    assert lines[1].startswith("Opens 1 October 2026, due 18 December 2026, closes ")
    assert "  School  0/1" in lines
    assert "There is no round NONE" in run("rounds", "show", "NONE").stderr
    assert "how many people sign" in run(*CREATE[:2], "X3", *CREATE[3:], "--signatures", "3").stderr


def test_local_questions_are_chosen_and_taken_out_while_the_round_is_a_draft(run: Any) -> None:
    run(*CREATE)
    ask = ("rounds", "local-questions", "S11-2027", "--partnership")
    assert "asks local 1 as well" in run(*ask, "DOWN", "local", "1").stdout
    assert "the common questions only" in run(*ask, "DOWN", "--remove").stdout
    run(*ask, "DOWN", "local", "1")
    assert "may not" in run(*ask, "FAR", "local", "1").stderr
    assert "--remove" in run(*ask, "DOWN").stderr
    assert run("rounds", "open", "S11-2027").exit_code == 0
    assert "has opened" in run(*ask, "DOWN", "--remove").stderr


def test_agencies_can_be_named(run: Any) -> None:
    assert "Agencies: 1." in run(*CREATE, "--agency", "POL").stdout
    done = run(*CREATE, "--agency", "FARPOL")
    assert (done.exit_code, "has no agency FARPOL" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("rounds", "open", "NONE"), "There is no round NONE"),
        (("rounds", "close", "S11-2027"), "not possible while this is “draft”"),
        (CREATE, "There is already a round S11-2027"),
        (tuple("X1" if w == "S11-2027" else "9" if w == "1" else w for w in CREATE), "version “9”"),
        (tuple("X1" if w == "S11-2027" else w.replace("04-30", "01-30") for w in CREATE), "after"),
        (tuple("X1" if w == "S11-2027" else w.replace("04-30", "04-31") for w in CREATE), "date"),
        (tuple(word.replace("DOWN", "NOWHERE") for word in CREATE), "--partnership: DOWN, FAR"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(run: Any, words: tuple[str, ...], says: str) -> None:
    run(*CREATE)
    done = run(*words)
    assert done.exit_code != 0
    assert says in done.stderr
    assert "Traceback" not in done.output
