"""The written references say what the code does."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from s11audit.domain.agency_types import AGENCY_ATTRIBUTE_LABELS, AGENCY_TYPE_LABELS
from s11audit.domain.audience import Respondent
from s11audit.domain.question_types import COLUMN_TYPES, QUESTION_TYPES, type_of
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.ratings import Rating
from s11audit.domain.scoring import score
from s11audit.questionnaires import load, load_text
from s11audit.questionnaires.conditions import CONDITION_KEYS
from s11audit.questionnaires.key_descriptions import CONDITION_DESCRIPTIONS, DESCRIPTIONS
from s11audit.questionnaires.reference import BEGIN, VALUES, reference, typed_keys
from s11audit.questionnaires.scale_library import shipped_scales
from s11audit.questionnaires.schema import (
    FILE_PARTS,
    ColumnPart,
    FilePart,
    LibraryScalePart,
    ScalePart,
)
from tests.domain.samples import question, questionnaire, rating, standard, when

ROOT = Path(__file__).parents[2]
README = (ROOT / "questionnaires" / "README.md").read_text(encoding="utf-8")
SCORING = (ROOT / "docs" / "scoring.md").read_text(encoding="utf-8")

REFERENCE = README[README.index(BEGIN) :]


def chapter(title: str) -> str:
    return REFERENCE.split(f"\n### {title}\n")[1].split("\n### ")[0]


def test_the_readme_holds_the_reference_as_the_code_makes_it() -> None:
    """Where this fails: put what `s11audit questionnaires reference` prints after the mark."""
    assert reference() == REFERENCE


@pytest.mark.parametrize("part", FILE_PARTS, ids=lambda part: part.__name__)
def test_every_key_of_every_part_is_described_and_no_other(part: type[FilePart]) -> None:
    known = set(part.keys())
    described = set(DESCRIPTIONS[part])
    if part is ColumnPart:  # its other keys are those of its type, described with the question
        described |= {key for key in typed_keys() if key in known}
    if part is LibraryScalePart:
        described |= set(DESCRIPTIONS[ScalePart])
    assert described == known
    for one in DESCRIPTIONS[part].values():
        assert one.means[0].isupper() or one.means.startswith("`")
        assert one.means[-1] not in ".,;"
        assert one.example


def test_every_part_of_a_file_is_in_the_reference() -> None:
    assert set(DESCRIPTIONS) == set(FILE_PARTS)
    rows = set(re.findall(r"^\| `([^`]+)` \|", REFERENCE, re.MULTILINE))
    assert rows >= {key for part in FILE_PARTS for key in part.keys()}  # noqa: SIM118
    assert set(CONDITION_DESCRIPTIONS) == set(CONDITION_KEYS)


def test_the_reference_gives_each_typed_key_to_the_types_that_have_it() -> None:
    rows = dict(re.findall(r"^\| `([^`]+)` \| (`[^|]+`) \|", chapter("A question"), re.MULTILINE))
    for key, types in typed_keys().items():
        assert set(re.findall(r"`([^`]+)`", rows[key])) == set(types)


def test_the_reference_names_every_type_scale_attribute_and_agency_type() -> None:
    assert set(VALUES) == set(QUESTION_TYPES)
    assert all(f"| `{name}` | {one.label} |" in REFERENCE for name, one in QUESTION_TYPES.items())
    assert all(f"| `{name}` |" in chapter("A scale") for name in shipped_scales().names())
    known = (*AGENCY_TYPE_LABELS, *AGENCY_ATTRIBUTE_LABELS)
    assert all(f"`{name}`" in chapter("A standard") for name in known)
    assert all(f"`{name}`" in chapter("A column") for name in COLUMN_TYPES)


def test_every_example_of_an_answer_is_one() -> None:
    form = load(Path(__file__).parent / "sound" / "every-type.yaml")
    for question_type in ("percentage", "money", "month", "date", "declaration", "yes-no"):
        *_, asked = (one for one in form.questions() if one.type == question_type)
        example = VALUES[question_type].split("`")[1]
        assert type_of(asked).read(asked, example, date(2026, 11, 3)) == example


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
