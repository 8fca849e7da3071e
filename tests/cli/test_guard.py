"""`s11audit guard`: what it lists, how it ends, and what it never prints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from docx import Document
from openpyxl import Workbook

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


Found = set[tuple[object, ...]]


def places(file: Path, *names: str) -> Found:
    """Of each finding its kind, its certainty, and these parts of its place."""
    found = json.loads(run("check", str(file), "--json").stdout)["found"]
    return {tuple(one.get(name) for name in ("kind", "certainty", *names)) for one in found}


def test_json_says_line_and_column_of_a_text(tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text(TEXT)
    assert places(note, "line", "column") == {
        ("name", "likely", 1, 5),
        ("nhs-number", "certain", 2, 19),
    }


def test_json_says_the_cell_of_a_list(tmp_path: Path) -> None:
    listed = tmp_path / "plan.csv"
    listed.write_text("ref,note\nC2,NHS 943 476 5919\n")
    assert places(listed, "cell", "sheet", "column") == {("nhs-number", "certain", "B2", None, 5)}


def test_json_says_sheet_and_cell_of_a_workbook(tmp_path: Path) -> None:
    book = Workbook()
    book.create_sheet("Notes")["B3"] = "Mum Sarah rang.\nNHS 943 476 5919"
    book.save(tmp_path / "plan.xlsx")
    assert places(tmp_path / "plan.xlsx", "sheet", "cell", "line", "column") == {
        ("name", "likely", "Notes", "B3", 1, 5),
        ("nhs-number", "certain", "Notes", "B3", 2, 5),
    }


def test_json_says_paragraph_and_part_of_a_document(tmp_path: Path) -> None:
    written = Document()
    written.add_paragraph("A harmless first paragraph.")
    written.add_paragraph("Mum Sarah rang.")
    written.sections[0].header.paragraphs[0].text = "NHS 943 476 5919"
    written.save(str(tmp_path / "plan.docx"))
    assert places(tmp_path / "plan.docx", "paragraph", "part", "column") == {
        ("name", "likely", 2, None, 5),
        ("nhs-number", "certain", 1, "header1", 5),
    }


def test_the_help_says_what_exit_codes_mean() -> None:
    told = " ".join(run("check", "--help").stdout.split())
    assert "0 nothing is certain: what is “likely”, as most names are" in told
    assert "1 something is certain" in told


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
