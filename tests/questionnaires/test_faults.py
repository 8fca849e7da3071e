"""Faulty files say in a comment (# ✗ …) which fault belongs on which line."""

from __future__ import annotations

from pathlib import Path

import pytest

from s11audit.questionnaires import QuestionnaireFaultsError, check, load
from s11audit.questionnaires.faults import nearest

FAULTY = sorted((Path(__file__).parent / "faulty").glob("*.yaml"))


def expected_faults(path: Path) -> list[tuple[int, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [
        (number, message.strip())
        for number, line in enumerate(lines, 1)
        for message in line.split("# ✗")[1:]
    ]


@pytest.mark.parametrize("path", FAULTY, ids=lambda path: path.stem)
def test_every_fault_is_listed_on_its_line_and_nothing_else(path: Path) -> None:
    expected = expected_faults(path)
    found = [(fault.line, fault.message) for fault in check(path)]
    assert sorted({line for line, _ in found}) == sorted({line for line, _ in expected})
    for line, words in expected:
        assert any(at == line and words in message for at, message in found), (line, words, found)
    assert len(found) == len(expected)


def test_five_planted_faults_are_all_listed() -> None:
    path = Path(__file__).parent / "faulty" / "five-planted.yaml"
    with pytest.raises(QuestionnaireFaultsError) as caught:
        load(path)
    assert len(caught.value.faults) == 5
    assert str(caught.value).splitlines()[0] == (
        f"{path}:15: unknown scale “complaince”: did you mean “compliance”?"
    )


def test_a_fault_names_what_is_near_or_else_everything_there_is(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(
        'questionnaire: x\nversion: "1"\nkind: zebra\ntitle: X\nstandards: []\n', encoding="utf-8"
    )
    assert check(path)[0].message == (
        "“kind” cannot be “zebra”: use one of: "
        "self-assessment, case-file-audit, joint-assessment, survey"
    )


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("trianing", "training"),  # nearer than “rating”, which comes first
        ("Rating", "rating"),
        ("fires", "fire"),
        ("zebra", ""),
        ("t" * 61, ""),
    ],
)
def test_the_nearest_known_word_is_found_wherever_it_stands(word: str, near: str) -> None:
    assert nearest(word, ["rating", "fire", "training", "drawing", "t" * 60]) == near
