"""The written references say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from s11audit.domain.agency_types import AGENCY_TYPE_LABELS
from s11audit.domain.audience import Respondent
from s11audit.domain.question_types import QUESTION_TYPES
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.ratings import Rating
from s11audit.domain.scoring import score
from s11audit.questionnaires import load_text
from s11audit.questionnaires.conditions import CONDITION_KEYS
from s11audit.questionnaires.schema import (
    CitationPart,
    FilePart,
    LevelPart,
    OptionPart,
    QuestionnairePart,
    QuestionPart,
    ScalePart,
    StandardPart,
    ThresholdsPart,
)
from tests.domain.samples import question, questionnaire, rating, standard, when

ROOT = Path(__file__).parents[2]
README = (ROOT / "questionnaires" / "README.md").read_text(encoding="utf-8")
SCORING = (ROOT / "docs" / "scoring.md").read_text(encoding="utf-8")

CHAPTERS: dict[str, tuple[str, ...]] = {
    "The questionnaire": QuestionnairePart.keys(),
    "Thresholds": ThresholdsPart.keys(),
    "A scale": ScalePart.keys(),
    "A level": LevelPart.keys(),
    "A standard": StandardPart.keys(),
    "A question": QuestionPart.keys(),
    "An option": OptionPart.keys(),
    "A citation": CitationPart.keys(),
    "A condition": CONDITION_KEYS,
}


def chapter(title: str) -> str:
    return README.split(f"\n### {title}\n")[1].split("\n### ")[0]


@pytest.mark.parametrize("title", CHAPTERS)
def test_the_reference_has_a_row_for_every_key_and_no_other(title: str) -> None:
    assert sorted(re.findall(r"^\| `([^`]+)` \|", chapter(title), re.MULTILINE)) == sorted(
        CHAPTERS[title]
    )


def test_every_part_of_a_file_has_its_chapter() -> None:
    assert len(FilePart.__subclasses__()) + 1 == len(CHAPTERS)


def test_the_reference_gives_each_typed_key_to_the_types_that_have_it() -> None:
    rows = dict(re.findall(r"^\| `([^`]+)` \| (`[^|]+`) \|", chapter("A question"), re.MULTILINE))
    stated = {key: set(re.findall(r"`([^`]+)`", types)) for key, types in rows.items()}
    actual: dict[str, set[str]] = {}
    for question_type in QUESTION_TYPES.values():
        for key in question_type.keys:
            actual.setdefault(key, set()).add(question_type.name)
    assert stated == actual


def test_the_reference_names_every_type_and_every_known_agency_type() -> None:
    assert all(f"`{name}`" in chapter("A question") for name in QUESTION_TYPES)
    assert all(f"`{name}`" in chapter("A standard") for name in AGENCY_TYPE_LABELS)


def test_the_example_to_start_from_is_without_fault() -> None:
    block = README.split("```yaml\n")[1].split("```")[0]
    text = "\n".join(line.removeprefix("   ") for line in block.splitlines())
    form = load_text(text)
    answers = {"leadership.board-lead": "met", "leadership.has-volunteers": "no"}
    assert score(form, Respondent("charity"), answers).overall.completion_pct == 100


def worked_example() -> Questionnaire:
    return questionnaire(
        standard(
            "a",
            rating("a.board-lead", critical=True),
            *(rating(f"a.{id_}") for id_ in ("supervision", "training", "records")),
            *(rating(f"a.{id_}") for id_ in ("commissioned", "whistleblowing")),
            rating("a.volunteer-checks", when=when("b.volunteers", "yes")),
        ),
        standard("b", question("b.volunteers", required=False)),
    )


def test_the_worked_example_of_the_scoring_rules_comes_out_as_written() -> None:
    answers = {
        "a.board-lead": "met",
        "a.supervision": "met",
        "a.training": "partly-met",
        "a.records": "not-met",
        "a.commissioned": "not-applicable",
    }
    card = score(worked_example(), Respondent("charity"), answers).standards["a"]
    for figure in (
        f"Asked: {card.visible}, all of them required. Answered: {card.answered}. "
        f"Completion {card.answered}/{card.required} = {card.completion_pct:.1f}%",
        f"Red {card.red}, amber {card.amber}, green {card.green}. "
        f"% green {card.green}/{card.rated} = {card.green_pct:.1f}%",
        f"2½/{card.maximum} = {card.compliance_pct:.1f}%. "
        f"Strict 2½/{card.strict_maximum} = {card.strict_pct:.1f}%",
        card.because.removeprefix("Amber because ").split(":")[0],
    ):
        assert figure in " ".join(SCORING.split())
    assert card.provisional
    swapped = answers | {"a.board-lead": "not-met", "a.records": "met"}
    red = score(worked_example(), Respondent("charity"), swapped).standards["a"]
    assert (red.rating, red.compliance_pct) == (Rating.RED, card.compliance_pct)
    assert red.because.removeprefix("Red because ") in " ".join(SCORING.split())
