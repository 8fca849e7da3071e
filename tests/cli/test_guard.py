"""`s11audit guard`: what it lists, how it ends, and what it never prints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from s11audit.cli import main

TEXT = "Mum Sarah rang.\nHer NHS number is 943 476 5919.\n"


def run(*arguments: str, text: str = "") -> Result:
    return CliRunner().invoke(main, ["guard", *arguments], input=text)


def test_it_lists_kind_place_and_certainty_and_never_the_text(tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text(TEXT)
    done = run("check", str(note))
    assert done.exit_code == 1
    assert "Line 1, column 5: Name (likely)." in done.stdout
    assert "Line 2, column 19: NHS number (certain)." in done.stdout
    assert "Sarah" not in done.stdout
    assert "476" not in done.stdout


def test_json_has_places_to_find_each_again(tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text(TEXT)
    document: dict[str, Any] = json.loads(run("check", str(note), "--json").stdout)
    shown = [(one["kind"], TEXT[one["start"] : one["end"]]) for one in document["found"]]
    assert shown == [("name", "Sarah"), ("nhs-number", "943 476 5919")]
    assert document["text_read"] is True
    assert {one["in"] for one in document["found"]} == {"text"}


def test_it_reads_standard_input_and_ends_well_where_nothing_is_certain() -> None:
    assert run("check", "-", text="Mum Sarah rang.").exit_code == 0
    harmless = run("check", "-", text="The panel agreed Amber for timeliness in May.")
    assert harmless.exit_code == 0
    assert harmless.stdout.startswith("Nothing was found")


def test_it_says_where_only_the_name_was_looked_at(tmp_path: Path) -> None:
    scan = tmp_path / "Sarah_Smith.pdf"
    scan.write_bytes(b"%PDF-1.7")
    done = run("check", str(scan))
    assert "Only the name was looked at" in done.stdout
    assert "Name of the file: Name (likely)." in done.stdout


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    done = run("check", str(tmp_path / "none.txt"))
    assert done.exit_code == 2
    assert "cannot be read" in done.stderr


def test_a_corpus_of_ones_own_is_measured(tmp_path: Path) -> None:
    rows = [
        {"text": "Mum Sarah rang.", "identifiers": [{"kind": "name", "start": 4, "end": 9}]},
        {"text": "some xq vv", "identifiers": [{"kind": "name", "start": 5, "end": 7}]},
        {"text": "The panel met in May.", "identifiers": []},
        {"text": "Ring 07700 900123.", "identifiers": []},
    ]
    corpus = tmp_path / "own.jsonl"
    corpus.write_text("\n".join(json.dumps(row) for row in rows))
    done = run("measure", str(corpus))
    assert "  Name: 1/2 (50.0%)" in done.stdout
    assert "Alarms at harmless texts: 1/2 (50.0%)" in done.stdout
    figures = json.loads(run("measure", str(corpus), "--json").stdout)
    assert figures["found"]["name"] == {"n": 1, "of": 2, "share": 0.5}
    assert figures["alarms"] == {"phone-number": 1}


@pytest.mark.parametrize(
    "line", ["no json", '{"identifiers": []}', '{"text": "a", "identifiers": 3}']
)
def test_what_is_no_corpus_is_said(tmp_path: Path, line: str) -> None:
    corpus = tmp_path / "own.jsonl"
    corpus.write_text(line)
    done = run("measure", str(corpus))
    assert done.exit_code == 1
    assert "This is no corpus" in done.stderr


@pytest.mark.slow
def test_the_shipped_corpus_is_measured_by_kind() -> None:
    figures = json.loads(run("measure", "--json").stdout)
    assert set(figures["names"]) == {
        "in a list",
        "in no list",
        "in small letters",
        "initials",
    }
    assert all(one["of"] >= 600 for one in figures["found"].values())
