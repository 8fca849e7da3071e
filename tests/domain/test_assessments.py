"""Joint assessments: what becomes an action, and what moved."""

from __future__ import annotations

import pytest

from s11audit.domain.assessments import (
    ASSESSMENT_STEPS,
    AssessmentStatus,
    Movement,
    becomes_action,
    comparators,
    movement,
    to_agree,
)
from s11audit.domain.audience import Respondent
from s11audit.domain.steps import steps_from
from s11audit.questionnaires.catalogue import Catalogue
from tests.small import QUESTIONNAIRES

NOW = Catalogue([QUESTIONNAIRES]).get("small-joint", "2")
BEFORE = Catalogue([QUESTIONNAIRES]).get("small-joint", "1")
SCALE = NOW.scales["colours"]


def test_every_amber_and_red_is_followed_up_and_nothing_else() -> None:
    followed = {level.id for level in SCALE.levels if becomes_action(str(level.rag or ""))}
    assert followed == {"amber", "red"}


def test_what_is_rated_on_a_scale_needs_an_agreed_rating() -> None:
    respondent = Respondent("", partnerships=frozenset({"DOWN"}))
    keys = [question.key for question in to_agree(NOW, respondent, frozenset())]
    assert keys == ["leads.equal-share", "leads.choices", "voice.heard", "voice.seen"]


def test_a_question_is_compared_with_the_one_that_it_follows_and_a_new_one_with_none() -> None:
    assert comparators([NOW, BEFORE]) == {
        "leads.equal-share": "leads.equal-share",
        "leads.choices": "leads.decisions",
        "voice.heard": "voice.heard",
    }


def test_within_one_version_every_question_is_compared_with_itself() -> None:
    assert comparators([NOW]) == {key: key for key in NOW.by_key}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("red", "green", Movement.UP),
        ("green", "amber", Movement.DOWN),
        ("amber", "amber", Movement.SAME),
        ("", "green", Movement.NONE),
        ("red", "not-applicable", Movement.NONE),
    ],
)
def test_a_rating_moves_by_what_its_levels_are_worth(
    before: str, after: str, expected: Movement
) -> None:
    assert movement(NOW.by_key["voice.heard"], before, after) is expected


def test_nothing_leads_back_to_rating_once_ratings_are_opened() -> None:
    opened = {AssessmentStatus.DISCUSSION, AssessmentStatus.AGREED, AssessmentStatus.CLOSED}
    for status in opened | {AssessmentStatus.CANCELLED}:
        targets = {step.target for step in steps_from(ASSESSMENT_STEPS, status)}
        assert AssessmentStatus.RATING not in targets
        assert AssessmentStatus.DRAFT not in targets
