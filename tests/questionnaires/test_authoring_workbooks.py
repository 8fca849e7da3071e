"""A questionnaire that goes through a workbook comes back the same, and faults name their cells."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from openpyxl import load_workbook

from s11audit import paths
from s11audit.questionnaires import load_text
from s11audit.questionnaires.authoring.workbook_reading import read_workbook
from s11audit.questionnaires.authoring.workbook_writing import write_workbook
from s11audit.questionnaires.source import Section
from tests.questionnaires.trees import ROOTS
from tests.questionnaires.workbooks import (
    PULSE,
    changed,
    faults_of,
    read_back,
    tree,
    workbook,
    yaml_of,
)

SHIPPED = sorted(
    path for path in paths.QUESTIONNAIRES.glob("*/*.yaml") if path.parent.name != "scales"
)
SOUND = sorted((Path(__file__).parent / "sound").glob("*.yaml"))


@pytest.mark.slow
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_shipped_questionnaire_comes_back_the_same(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    back = yaml_of(workbook(text))
    assert tree(back) == tree(text)
    assert replace(load_text(back), sha256="") == replace(load_text(text), sha256="")


def test_the_process_that_reads_workbooks_gives_the_same() -> None:
    assert read_workbook(workbook(), "x.xlsx") == yaml_of(workbook())


@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.stem)
def test_every_kind_of_key_comes_back_the_same(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert read_back(workbook(text)) == tree(text)


@pytest.mark.slow
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(ROOTS)
def test_any_tree_comes_back_as_it_was(root: Section) -> None:
    assert read_back(write_workbook(root)) == root


def test_a_text_too_long_for_a_cell_comes_back_whole() -> None:
    text = f"{PULSE}introduction: {'a word and 😀 ' * 5000}end\n"
    assert read_back(workbook(text)) == tree(text)


def test_every_cell_is_text_and_none_a_formula() -> None:
    text = PULSE.replace("title: Pulse", 'title: "=HYPERLINK(1)"')
    book = load_workbook(io.BytesIO(workbook(text)))
    cells = [cell for sheet in book for row in sheet for cell in row if cell.value is not None]
    formulas = [cell.value for cell in cells if cell.data_type == "f"]
    assert formulas == []
    assert "=HYPERLINK(1)" in [cell.value for cell in cells]
    assert {cell.number_format for cell in cells} == {"@"}


def test_the_workbook_offers_what_can_be_chosen() -> None:
    book = load_workbook(io.BytesIO(workbook()))
    sheet = book["training"]
    offered = {
        str(one.sqref).split("2:")[0]: one.formula1 for one in sheet.data_validations.dataValidation
    }
    letters = {cell.value: cell.column_letter for cell in sheet[1]}
    assert offered[letters["critical"]] == '"yes,no"'
    assert offered[letters["evidence"]] == '"none,optional,required,when-green"'
    lists = book["Lists"]
    for key in ("type", "scale"):
        column = offered[letters[key]].split("$")[1]
        words = [cell.value for cell in lists[column][1:] if cell.value]
        assert {"type": "rating", "scale": "compliance"}[key] in words
    assert sheet.freeze_panes == "B2"
    assert sheet["A1"].comment


def edited(sheet: str, cell: str, value: Any, number_format: str = "@") -> list[str]:
    def edit(book: Any) -> None:
        book[sheet][cell] = value
        book[sheet][cell].number_format = number_format

    return faults_of(changed(edit))


@cache
def column_of(key: str) -> str:
    sheet = load_workbook(io.BytesIO(workbook()))["training"]
    return next(str(cell.column_letter) for cell in sheet[1] if cell.value == key)


def test_a_fault_names_sheet_and_cell() -> None:
    cell = f"{column_of('type')}2"
    assert edited("training", cell, "raiting") == [
        f"training!{cell}: unknown type “raiting”: did you mean “rating”?"
    ]


def test_another_place_is_named_by_its_cell_too() -> None:
    assert edited("training", "A3", "done") == [
        "training!A3: standard “training”: question “done” is here twice: "
        "training!A2 has it already"
    ]


@pytest.mark.parametrize(
    ("key", "written", "message"),
    [
        ("ask", "=1+1", "there is a formula in this cell"),
        ("ask", "#REF!", "there is an error in this cell"),
        ("ask", date(2026, 3, 2), "took this for a date"),
        ("ask", "a\x0bb".replace("\x0b", "_x000B_"), "control character U+000B"),
        ("when", "training.done met", "the word “is” is missing"),
        ("when", "training.don is met", "names a missing question “training.don”"),
        ("means", "met", "level = what it means"),
        ("cites", "Children Act", "is not clear: write it like “law: "),
        ("cites", "low: Children Act", "unknown key “low”: did you mean “law”?"),
        ("required", "perhaps", "“required” cannot be “perhaps”"),
        ("for", "polise", "did you mean “police”?"),
    ],
)
def test_what_cannot_be_right_is_a_fault_of_its_cell(key: str, written: Any, message: str) -> None:
    cell = f"{column_of(key)}2"
    number_format = "d mmm yyyy" if isinstance(written, date) else "@"
    faults = edited("training", cell, written, number_format)
    assert any(fault.startswith(f"training!{cell}: ") and message in fault for fault in faults)


@pytest.mark.parametrize(
    ("sheet", "cell", "written", "means"),
    [
        ("Questionnaire", "B3", 2026, 'version: "2026"'),
        ("Questionnaire", "B3", "2026-27", 'version: "2026-27"'),
        ("training", "required", True, "required: yes"),
        ("training", "required", " no ", "required: no"),
        ("training", "title", "=a", "title: =a"),
        ("training", "good", "One\n\n  Two  \n", "          - One\n          - Two"),
        ("training", "for", "police, fire;housing", "for: [police, fire, housing]"),
    ],
)
def test_what_people_type_is_taken_as_it_is_meant(
    sheet: str, cell: str, written: Any, means: str
) -> None:
    place = cell if cell[-1].isdigit() else f"{column_of(cell)}2"

    def edit(book: Any) -> None:
        book[sheet][place] = written
        if written == "=a":
            book[sheet][place].data_type = "s"

    assert means in yaml_of(changed(edit))


def test_a_date_is_taken_where_a_date_is_meant() -> None:
    def edit(book: Any) -> None:
        book["training"][f"{column_of('latest')}4"] = date(2026, 3, 2)

    assert "latest: 2026-03-02" in yaml_of(changed(edit))


def test_options_without_ids_get_them_from_their_labels() -> None:
    def edit(book: Any) -> None:
        book["training"][f"{column_of('options')}3"] = "Every day\nNever"

    assert "{id: every-day, label: Every day}" in yaml_of(changed(edit))


def without(sheet: str) -> list[str]:
    return faults_of(changed(lambda book: book.remove(book[sheet])))


def test_a_missing_sheet_is_a_fault() -> None:
    assert without("Standards")[0] == (
        "the workbook: the sheet “Standards” is missing: use one of: "
        "Questionnaire, Scales, training, Tables"
    )
    assert without("training")[0].startswith(
        "Standards!H2: the sheet “training” with the questions is missing: add it"
    )
    assert without("Read me") == without("Lists") == without("Tables") == []


def test_no_sheet_is_passed_over_in_silence() -> None:
    def add(name: str) -> bytes:
        return changed(lambda book: book.create_sheet(name).append(["id", "ask"]))

    assert faults_of(add("safety"))[0].startswith("safety!A1: no row of the sheet “Standards”")
    assert faults_of(add("Notes of the meeting")) == []


def test_columns_are_known_by_their_names_alone() -> None:
    def turn_round(book: Any) -> None:
        sheet = book["training"]
        rows = [[cell.value for cell in row][::-1] for row in sheet.iter_rows()]
        sheet.delete_rows(1, sheet.max_row)
        for row in rows:
            sheet.append(["Note to self" if row == rows[0] else "anything", *row])

    assert tree(yaml_of(changed(turn_round))) == tree(PULSE)


def test_a_column_that_means_nothing_or_is_there_twice_is_a_fault() -> None:
    at = column_of("help")
    assert edited("training", f"{at}1", "hlep") == [
        f"training!{at}1: unknown column “hlep”: did you mean “help”?"
    ]
    assert edited("training", f"{at}1", "ask")[0].endswith("1 has it already")
    assert edited("training", "ZZ5", "lost") == [
        "training!ZZ5: nothing can stand so far out; clear this cell"
    ]
    assert edited("training", "CA5", "lost") == [
        "training!CA5: this column has no name in the first row"
    ]


def test_merged_cells_are_a_fault() -> None:
    faults = faults_of(changed(lambda book: book["training"].merge_cells("A2:A3")))
    assert faults[0] == (
        "training!A2:A3: these cells are merged; a questionnaire has one value in each cell"
    )


def test_a_key_of_the_questionnaire_is_there_once_and_spelt_right() -> None:
    assert edited("Questionnaire", "A7", "titel")[0] == (
        "Questionnaire!A7: unknown key “titel”: did you mean “title”?"
    )
    twice = changed(lambda book: book["Questionnaire"].append(["title", "Another"]))
    assert "“title” is here twice: Questionnaire!B" in faults_of(twice)[0]


def test_levels_of_a_scale_must_agree_about_it() -> None:
    def edit(book: Any) -> None:
        book["Scales"]["B2"], book["Scales"]["B3"] = "One", "Two"

    assert faults_of(changed(edit)) == [
        "Scales!B3: this scale has another title: Scales!B2 has it already"
    ]


def test_columns_of_a_table_must_name_their_question() -> None:
    edit = changed(lambda book: book["Tables"].append(["training.don", "post", "Post"]))
    assert faults_of(edit)[0] == (
        "Tables!A2: there is no question “training.don” for this column: "
        "did you mean “training.done”?"
    )
