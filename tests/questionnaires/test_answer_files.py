"""Files of answers: what each type of question may be written as."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from s11audit.questionnaires import QuestionnaireFaultsError, load, load_answers

BOXES = Path(__file__).parent / "boxes" / "1.yaml"
TODAY = date(2026, 11, 3)


def answers(tmp_path: Path, text: str) -> dict[str, str]:
    path = tmp_path / "answers.yaml"
    path.write_text(f"agency_type: police\nanswers:\n{text}", encoding="utf-8")
    return dict(load_answers(path, load(BOXES), TODAY).answers)


def faults(tmp_path: Path, text: str) -> list[tuple[int, str]]:
    with pytest.raises(QuestionnaireFaultsError) as caught:
        answers(tmp_path, text)
    return [(fault.line, fault.message) for fault in caught.value.faults]


def test_rows_are_written_as_a_list_and_stored_as_text(tmp_path: Path) -> None:
    assert answers(
        tmp_path,
        "  people.groups:\n"
        "    - {row: volunteers, trained: 3/4}\n"
        "    - {row: staff, trained: 12/40, last: 2026-03}\n"
        "  people.sites: []\n"
        "  proof.papers: [{text: Café rota, link: https://example.org/rota}]\n"
        "  people.serves: [children, babies]\n"
        "  people.trained: 12/40\n"
        "  proof.spent: 1250.5\n",
    ) == {
        "people.groups": '[{"row":"staff","trained":"12/40","last":"2026-03"},'
        '{"row":"volunteers","trained":"3/4"}]',
        "proof.papers": '[{"text":"Café rota","link":"https://example.org/rota"}]',
        "people.serves": "babies children",
        "people.trained": "12/40",
        "proof.spent": "1250.50",
    }


def test_what_cannot_be_an_answer_is_said_with_row_and_column(tmp_path: Path) -> None:
    found = faults(
        tmp_path,
        "  people.groups: [{row: staff, trained: 41/40}, {row: volunteers, last: soon}]\n"
        "  people.sites: [{name: Hall, rooms: two}]\n"
        "  people.trained: [12, 40]\n"
        "  people.serves: [babies, nobody]\n"
        "  proof.papers: [Rota]\n"
        "  people.stop: yes\n",
    )
    assert found == [
        (3, "“people.groups”: “Staff”, Trained: “Up to date” cannot be more than “In the group”"),
        (
            3,
            "“people.groups”: “Volunteers”, Last course: enter a real month and year, "
            "such as 3 2026",
        ),
        (4, "“people.sites”: Row 1, Rooms: enter a number, such as 12"),
        (5, "the answer to “people.trained” should be one value"),
        (
            6,
            "“people.serves” cannot be “babies nobody”: Select “None of these” on its own, or take "
            "that choice away",
        ),
        (7, "the answer to “proof.papers” should be a list of rows"),
        (8, "“people.stop” cannot be “yes”: This is a statement; leave its answer out"),
    ]
