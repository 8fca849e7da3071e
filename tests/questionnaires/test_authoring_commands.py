"""Writing a questionnaire in a spreadsheet, as somebody at a terminal sees it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from s11audit.cli import main
from s11audit.domain.questionnaire import Kind
from s11audit.questionnaires import QuestionnaireFaultsError, load, load_text
from s11audit.questionnaires.authoring.csv_lists import read_list
from tests.questionnaires.workbooks import PULSE, changed, tree, workbook

pytestmark = pytest.mark.slow

HEAD = {"questionnaire": "pulse", "version": "1", "title": "Pulse: how are we?"}


def run(*arguments: str | Path) -> Result:
    words = ["questionnaires", *(str(one) for one in arguments)]
    return CliRunner().invoke(main, words, env={"S11AUDIT_QUESTIONNAIRES": ""})


def faults_of(raw: bytes) -> list[str]:
    with pytest.raises(QuestionnaireFaultsError) as caught:
        read_list(raw, "x.csv", HEAD)
    return [str(fault).removeprefix("x.csv: ") for fault in caught.value.faults]


def test_there_and_back_again(tmp_path: Path) -> None:
    pulse = tmp_path / "pulse.yaml"
    pulse.write_text(PULSE, encoding="utf-8")
    assert run("to-xlsx", pulse).output == f"Wrote {tmp_path / 'pulse.xlsx'}\n"
    back = tmp_path / "back.yaml"
    assert run("from-xlsx", tmp_path / "pulse.xlsx", "-o", back).exit_code == 0
    assert tree(back.read_text(encoding="utf-8")) == tree(PULSE)
    assert load(back).standards == load(pulse).standards


def test_nothing_is_replaced_that_nobody_named(tmp_path: Path) -> None:
    (tmp_path / "pulse.xlsx").write_bytes(workbook())
    pulse = tmp_path / "pulse.yaml"
    pulse.write_text("mine", encoding="utf-8")
    result = run("from-xlsx", tmp_path / "pulse.xlsx")
    assert result.exit_code == 1
    assert "is there already: name the file to write with -o" in result.output
    assert pulse.read_text(encoding="utf-8") == "mine"


def test_faults_are_listed_and_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "pulse.xlsx"

    def edit(book: object) -> None:
        book["training"]["A2"] = "Not an id"  # type: ignore[index]

    path.write_bytes(changed(edit))
    result = run("from-xlsx", path)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"{path}: training!A2: “id” cannot be “Not an id”")
    assert list(tmp_path.iterdir()) == [path]
    faulty = tmp_path / "faulty.yaml"
    faulty.write_text("title: Pulse\n", encoding="utf-8")
    assert run("to-xlsx", faulty).stderr.startswith(f"{faulty}:1: the key “kind”")
    assert run("from-xlsx", tmp_path / "none.xlsx").exit_code == 1


def test_a_list_becomes_a_questionnaire(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "Standard,Question,Type,Options,Required,Help\n"
        "Leadership,Does one member of your board answer for children?,,,,\n"
        ",Were they asked?,yes-no,,no,Ask them.\n"
        "Training,How are they trained?,,Online; On paper,,\n"
        "Leadership,Were they asked?,yes-no,,,\n",
        encoding="utf-8",
    )
    result = run(
        *("from-csv", path, "--questionnaire", "pulse", "--version", "1", "--title", "Pulse"),
        *("--kind", "survey"),
    )
    assert result.output == f"Wrote {tmp_path / 'list.yaml'}\n"
    form = load(tmp_path / "list.yaml")
    assert [(question.key, question.type, question.required) for question in form.questions()] == [
        ("leadership.member-board-answer-children", "rating", True),
        ("leadership.were-asked", "yes-no", False),
        ("leadership.were-asked-2", "yes-no", True),
        ("training.trained", "choice", True),
    ]
    assert form.kind is Kind.SURVEY
    first = next(iter(form.questions()))
    assert first.scale
    assert first.scale.id == "met-partly-not-met"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_lists_are_read_as_spreadsheets_save_them(separator: str, encoding: str) -> None:
    lines = ["standard", "question"], ["Café", '"=1+1, or “not”?\r\nReally; yes"']
    text = "\r\n".join(separator.join(line) for line in lines)
    form = load_text(read_list(text.encode(encoding), "x.csv", HEAD))
    assert form.title == HEAD["title"]
    assert form.standards[0].id == "cafe"
    assert form.standards[0].questions[0].ask == "=1+1, or “not”?\nReally; yes"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "the list: the file is empty"),
        ("standard,question\n", "the list: there is no standard; add one with its questions"),
        ("standard,ask,hlep\n", "row 1: unknown column “hlep”: did you mean “help”?"),
        ("standard\nA\n", "row 1: the column “question” is missing in the first row"),
        ("standard,question\nA,\n", "row 2, column standard: there is no question in this row"),
        (
            "standard,question\n,Why?\n",
            "row 2, column question: the first question has no",
        ),
        (
            "standard,question,type\nA,Why?,raiting\n",
            "row 2, column type: unknown type “raiting”: did you mean “rating”?",
        ),
        (
            "standard,question\nA,Why?,x\n",
            "row 2, column 3: this column has no name in the",
        ),
        ("standard,question\nA,Wh\x07y?\n", "row 2, column question: the control character U+0007"),
        (
            "standard,question,id\nA,Why?,a\nA,How?,a\n",
            "row 3, column id: standard “a”: question “a” is here twice: row 2, column id has it",
        ),
        ("standard,question\nA," + "x" * 200_000, "row 2: this is not CSV"),
        ("standard,question\n" + "A,Why?\n" * 6_000, "row 5001: there are more than 5,000 rows"),
        ("PK\x03\x04", "the list: this is a workbook, not a CSV file"),
        ("x" * 2_000_001, "the list: the file is larger than 2,000,000 bytes"),
    ],
)
def test_a_fault_of_a_list_names_row_and_column(text: str, fault: str) -> None:
    assert any(one.startswith(fault) for one in faults_of(text.encode()))
