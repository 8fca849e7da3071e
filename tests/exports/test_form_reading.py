"""A form that comes back says what was changed in it, whatever a spreadsheet made of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import MergedCell

from s11audit.domain.answers import Answer
from s11audit.domain.audience import Respondent
from s11audit.domain.filled_forms import FilledContent, as_json, compare, from_json
from s11audit.domain.question_types import QUESTION_TYPES
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.shares import EVERYTHING, Share
from s11audit.exports.forms.reading import NotThisFormError, form_on, open_form
from s11audit.exports.forms.stamp import FormOfReturn
from s11audit.exports.forms.writing import write_form
from s11audit.questionnaires.authoring.workbook_cells import read_cells
from s11audit.questionnaires.loading import load
from tests.exports.every_type import EVERY_TYPE, VALUES
from tests.exports.rounds import EXPORTED_AT
from tests.exports.test_forms import ALL, ANSWERS

SOUND = Path(__file__).parents[1] / "questionnaires" / "sound"
TODAY = date(2026, 11, 29)
POLICE = Respondent("police")
Change = Callable[[Workbook], None]


def written(
    answers: Mapping[str, Answer] = ANSWERS,
    questionnaire: Questionnaire = EVERY_TYPE,
    reference: str = "R1-POL",
    **more: Any,
) -> bytes:
    digests = {key: answer.digest for key, answer in answers.items()}
    stream = BytesIO()
    write_form(
        questionnaire,
        POLICE,
        stream,
        answers=answers,
        written_at=EXPORTED_AT,
        of=FormOfReturn(reference, digests, **more),
    )
    return stream.getvalue()


def changed(raw: bytes, change: Change) -> bytes:
    """The workbook with something done to it, as openpyxl saves it."""
    book = load_workbook(BytesIO(raw))
    change(book)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def read(raw: bytes, questionnaire: Questionnaire = EVERY_TYPE) -> FilledContent:
    """What the form says; the cells are read in this process, which is quicker."""
    return form_on(read_cells(raw)["sheets"]).read(questionnaire, "R1-POL", TODAY)


def box(book: Workbook, part: str, number: int = 0) -> Any:
    """The box of this number in the row of this key and part, on whichever sheet."""
    for sheet in book:
        for row in sheet.iter_rows():
            if row[0].value == part:
                boxes = [
                    c for c in row if not isinstance(c, MergedCell) and not c.protection.locked
                ]
                return boxes[number]
    raise AssertionError(part)


def put(part: str, value: Any, number: int = 0, number_format: str = "") -> Change:
    def change(book: Workbook) -> None:
        cell = box(book, part, number)
        cell.value = value
        if number_format:
            cell.number_format = number_format

    return change


def answered(*changes: Change, answers: Mapping[str, Answer] = ANSWERS) -> dict[str, Answer]:
    """What a form says after these changes; nothing may be wrong with it."""
    raw = written(answers)
    for change in changes:
        raw = changed(raw, change)
    content = read(raw)
    assert content.wrong == ()
    return {one.key: one.answer for one in content.answers}


def wrong(*changes: Change) -> list[tuple[str, str, str]]:
    """Place, question and fault of each cell that cannot be read after these changes."""
    raw = written()
    for change in changes:
        raw = changed(raw, change)
    return [(one.place, one.key, one.message) for one in read(raw).wrong]


def test_an_untouched_form_of_every_type_says_nothing_new() -> None:
    assert set(QUESTION_TYPES) == {one.type for one in EVERY_TYPE.by_key.values()}
    assert open_form(written()).read(EVERY_TYPE, "R1-POL", TODAY) == FilledContent()
    assert read(written({})) == FilledContent()
    assert read(changed(written(), lambda book: None)) == FilledContent()


def test_the_form_of_a_questionnaire_file_says_nothing_new() -> None:
    questionnaire = load(SOUND / "every-type.yaml")
    assert read(written({}, questionnaire), questionnaire) == FilledContent()


def test_every_type_can_be_filled_in_from_nothing() -> None:
    """What the filled form holds, written cell by cell into an empty one."""
    empty = changed(written({}), copy_every_box)
    content = read(empty)
    assert content.wrong == ()
    assert {one.key: one.answer for one in content.answers} == ANSWERS
    assert all(one.seen == Answer().digest for one in content.answers)
    assert {key: one.value for key, one in ANSWERS.items()} == VALUES


def copy_every_box(target: Workbook) -> None:
    """Put all that the filled form holds into this one."""
    for sheet in load_workbook(BytesIO(written())).worksheets[1:]:
        if sheet.sheet_state == "visible":
            for row in sheet.iter_rows():
                for cell in row:
                    if not isinstance(cell, MergedCell) and not cell.protection.locked:
                        copy_cell(cell, target[sheet.title][cell.coordinate])


def copy_cell(source: Any, target: Any) -> None:
    """Value, kind and format, so that a text stays a text and a date a date."""
    target.value, target.data_type = source.value, source.data_type
    target.number_format = source.number_format


def test_what_a_spreadsheet_makes_of_a_value_means_the_same() -> None:
    said = answered(
        put("all.lead value", "  partly   MET "),
        put("all.form value", "paper"),  # its code
        put("all.plan value", False),
        put("all.staff value", "14 people"),
        put("all.cost value", "£1,250.5"),
        put("all.share numerator", "13"),
        put("all.day value", "26 March 2026"),
        put("all.since value", "Feb 2026"),
        put("all.post value", 12.0),
        put("all.story value", date(2026, 3, 27), number_format="d mmmm yyyy"),
        put("all.ways option none", "x"),
        put("all.ways option post", "No"),
        put("all.ways option web", None),
    )
    assert {key: answer.value for key, answer in said.items()} == {
        "all.lead": "partly-met",
        "all.form": "paper",
        "all.plan": "no",
        "all.staff": "14.0",
        "all.cost": "1250.50",
        "all.share": "13/40",
        "all.day": "2026-03-26",
        "all.since": "2026-02",
        "all.post": "12",
        "all.story": "27 March 2026",
        "all.ways": "none",
    }


def test_dates_are_read_as_dates_with_a_time_and_as_people_type_them() -> None:
    for value in (
        datetime(2026, 3, 25, 12, 30, tzinfo=UTC).replace(tzinfo=None),
        date(2026, 3, 25),
        "25/3/2026",
        "2026-03-25",
    ):
        assert answered(put("all.day value", value))["all.day"].value == "2026-03-25"
    for value in (date(2026, 1, 15), "15/1/2026", "January 2026", "1/2026", "2026-01"):
        assert answered(put("all.since value", value))["all.since"].value == "2026-01"


def test_an_emptied_cell_clears_the_answer_and_that_is_a_difference() -> None:
    said = answered(put("all.story value", None), put("all.proof row 1", "  ", 0))
    assert said["all.story"] == Answer()
    content = FilledContent(read(changed(written(), put("all.story value", None))).answers)
    found = compare(content, EVERY_TYPE, ANSWERS, frozenset(), EVERYTHING)
    (difference,) = found.differences
    (part,) = difference.parts
    assert (part.title, part.was, part.will) == ("Answer", "Line one\nline two", "")


def test_rows_of_a_table_are_read_wherever_they_stand() -> None:
    def add_a_row(book: Workbook) -> None:
        box(book, "all.holders row 3").value = "Deputy"
        box(book, "all.training row governors", 2).value = 7

    said = answered(add_a_row)
    assert said["all.holders"].value == '[{"role":"Head"},{"role":"Deputy"}]'
    assert '{"row":"governors","trained":"3/5","spent":"7.00","note":"@here"}' in (
        said["all.training"].value
    )


def kept(cell: Any) -> SimpleNamespace:
    """What `copy_cell` takes of a cell, as it is now."""
    names = ("value", "data_type", "number_format")
    return SimpleNamespace(**{name: getattr(cell, name) for name in names})


def test_sorted_hidden_and_resized_rows_change_nothing() -> None:
    def shuffle(book: Workbook) -> None:
        sheet = book[ALL]
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        sheet.protection.sheet = False
        rows = [[kept(cell) for cell in row] for row in sheet.iter_rows()]
        for number, cells in enumerate(reversed(rows), 1):
            for column, cell in enumerate(cells, 1):
                copy_cell(cell, sheet.cell(number, column))
        sheet.column_dimensions["D"].width = 80
        sheet.row_dimensions[5].hidden = True
        sheet.title = "Renamed by somebody"

    assert read(changed(written(), shuffle)) == FilledContent()


def test_a_formula_is_never_taken_and_a_text_that_begins_like_one_stays() -> None:
    (fault,) = wrong(put("all.story value", "=1+1"))
    assert fault[:2] == (f"{ALL}!D{fault[0].rpartition('D')[2]}", "all.story")
    assert "formula" in fault[2]

    def as_text(book: Workbook) -> None:
        cell = box(book, "all.story value")
        cell.value, cell.data_type = "=HYPERLINK(1)", "s"

    assert answered(as_text)["all.story"].value == "=HYPERLINK(1)"
    assert "all.post" not in answered(as_text)  # it holds “=1+1”, and did before


@pytest.mark.parametrize(
    ("change", "key", "said"),
    [
        (put("all.lead value", "Excellent"), "all.lead", "Select one of “Fully met”"),
        (put("all.staff value", "many"), "all.staff", "Enter a number"),
        (put("all.staff value", 250), "all.staff", "99.5 or less"),
        (put("all.staff value", date(2026, 1, 1)), "all.staff", "This is a date"),
        (put("all.share numerator", 41), "all.share", "cannot be more than"),
        (put("all.share denominator", 12.5), "all.share", "Enter two whole numbers"),
        (put("all.day value", 46108, 0, "General"), "all.day", "This is a number"),
        (put("all.day value", "31/2/2026"), "all.day", "Enter a real date"),
        (put("all.day value", date(2019, 1, 1)), "all.day", "1 January 2020 or later"),
        (put("all.since value", "soon"), "all.since", "Enter a real month"),
        (put("all.ways option none", "Yes"), "all.ways", "on its own"),
        (put("all.ways option web", "perhaps"), "all.ways", "Write Yes here"),
        (put("all.post value", "x" * 51), "all.post", "Enter 50 characters or fewer"),
        (put("all.true value", "maybe"), "all.true", "I agree"),
        (put("all.lead link", "example.org"), "all.lead", "Enter a web address"),
        (put("all.lead action_due", "soon"), "all.lead", "Enter a real date"),
        (put("all.lead action_post", "x" * 201), "all.lead", "200 characters"),
        (put("all.proof row 1", "ftp://x", 1), "all.proof", "Enter a web address"),
        (put("all.training row teachers", 41), "all.training", "cannot be more than"),
        (put("all.training row teachers", "dear", 2), "all.training", "Enter an amount"),
        (put("all.cost value", "#REF!"), "all.cost", "an error of the spreadsheet"),
    ],
)
def test_what_cannot_be_right_is_named_by_sheet_and_cell(
    change: Change, key: str, said: str
) -> None:
    (fault,) = wrong(change)
    place, question, message = fault
    assert place.startswith(f"{ALL}!")
    assert question == key
    assert said in message


def test_a_question_with_a_fault_is_left_out_and_the_others_are_read() -> None:
    raw = changed(written(), put("all.staff value", "many"))
    content = read(changed(raw, put("all.post value", "Clerk")))
    assert [one.key for one in content.answers] == ["all.post"]
    assert [one.key for one in content.wrong] == ["all.staff"]


def test_what_stands_outside_the_boxes_is_not_passed_over() -> None:
    def beside(book: Workbook) -> None:
        cell = box(book, "all.post value")
        book[ALL].cell(cell.row, 30).value = "And also this"

    (fault,) = wrong(beside)
    assert fault[0].startswith(f"{ALL}!AD")
    assert "outside" in fault[2]


def test_a_row_that_was_deleted_is_said_and_a_sheet_that_was_deleted_is_left_alone() -> None:
    def delete_row(book: Workbook) -> None:
        box(book, "all.lead comment").parent.cell(box(book, "all.lead comment").row, 1).value = None

    ((_, key, message),) = wrong(delete_row)
    assert (key, "gone" in message) == ("all.lead", True)
    content = read(changed(written(), lambda book: book.remove(book[ALL])))
    assert content == FilledContent(absent=("all",))


def test_last_times_answer_is_confirmed_by_yes_and_stays_open_without() -> None:
    raw = written(to_confirm=frozenset({"all.post", "all.form"}))
    assert read(raw) == FilledContent()
    content = read(changed(raw, put("all.form confirm", "Yes")))
    assert [(one.key, one.confirms) for one in content.answers] == [("all.form", True)]
    found = compare(content, EVERY_TYPE, ANSWERS, {"all.form"}, EVERYTHING)
    assert [one.question.key for one in found.differences] == ["all.form"]
    assert compare(content, EVERY_TYPE, ANSWERS, set(), EVERYTHING).is_empty


def test_what_was_changed_online_meanwhile_is_a_conflict() -> None:
    content = read(changed(written(), put("all.post value", "Clerk")))
    online = {**ANSWERS, "all.post": Answer("Registrar")}
    found = compare(content, EVERY_TYPE, online, frozenset(), EVERYTHING)
    assert found.differences == ()
    (conflict,) = found.conflicts
    assert (conflict.was.value, conflict.will.value) == ("Registrar", "Clerk")
    same = {**ANSWERS, "all.post": Answer("Clerk")}
    assert compare(content, EVERY_TYPE, same, frozenset(), EVERYTHING).is_empty


def test_a_contributors_form_has_their_standards_only() -> None:
    raw = written(share=Share(frozenset({"more"})))
    book = load_workbook(BytesIO(raw))
    assert [name for name in book.sheetnames if name[0].isdecimal()] == ["1 More"]
    assert "Line one" not in "".join(
        str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row
    )


def test_what_is_not_theirs_is_told_apart() -> None:
    content = read(changed(written(), put("all.post value", "Clerk")))
    found = compare(content, EVERY_TYPE, ANSWERS, frozenset(), Share(frozenset({"more"})))
    assert found.is_empty
    assert [one.key for one in found.not_theirs] == ["all.post"]


def test_another_return_another_version_and_no_form_are_refused() -> None:
    with pytest.raises(NotThisFormError, match=r"another return \(R1-HOSP\)"):
        read(written(reference="R1-HOSP"))
    blank = BytesIO()
    write_form(EVERY_TYPE, POLICE, blank, written_at=EXPORTED_AT)
    with pytest.raises(NotThisFormError, match="no stamp"):
        read(blank.getvalue())
    with pytest.raises(NotThisFormError, match="damaged"):
        open_form(b"PK\x03\x04 and nothing")
    with pytest.raises(NotThisFormError, match=r"This is not an Excel workbook \(.xlsx\)"):
        open_form(b"a,b")
    older = changed(written(), lambda book: set_fact(book, "sha256", "8" * 64))
    with pytest.raises(NotThisFormError, match="version 1 of the questions"):
        read(older)


def set_fact(book: Workbook, name: str, value: str) -> None:
    for row in book["Stamp"].iter_rows():
        if row[0].value == name:
            row[1].value = value


def test_content_is_kept_as_json_and_comes_back() -> None:
    raw = changed(written(), put("all.lead comment", "<b>ü & “more”</b>"))
    content = read(changed(raw, put("all.staff value", "many")))
    assert content.answers
    assert content.wrong
    assert from_json(as_json(content)) == content
    assert from_json("") == FilledContent()
