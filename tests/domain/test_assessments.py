"""Joint assessments: how far ratings are apart, what becomes an action, and what moved."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from s11audit.domain.assessments import (
    ASSESSMENT_STEPS,
    AssessmentStatus,
    Movement,
    Spread,
    becomes_action,
    comparators,
    most_apart_first,
    movement,
    spread,
    tally,
    to_agree,
)
from s11audit.domain.audience import Respondent
from s11audit.domain.steps import steps_from
from s11audit.questionnaires.catalogue import Catalogue
from tests.small import QUESTIONNAIRES

NOW = Catalogue([QUESTIONNAIRES]).get("small-joint", "2")
BEFORE = Catalogue([QUESTIONNAIRES]).get("small-joint", "1")
SCALE = NOW.scales["colours"]
LEVELS = ["green", "amber", "red", "not-applicable", ""]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["green", "green", "green"], Spread(3, 0)),
        (["green", "amber", "green"], Spread(3, 1)),
        (["green", "red", "amber"], Spread(3, 2)),
        (["red", "not-applicable", "amber"], Spread(2, 1)),
        (["red", "not-applicable", ""], Spread(1, None)),
        ([], Spread(0, None)),
    ],
)
def test_ratings_are_apart_by_the_steps_between_the_furthest_two(
    values: list[str], expected: Spread
) -> None:
    assert spread(SCALE, values) == expected


@given(some.lists(some.sampled_from(LEVELS), max_size=6), some.randoms())
def test_how_far_apart_they_are_does_not_hang_on_who_said_it(values: list[str], rng) -> None:  # type: ignore[no-untyped-def]
    mixed = list(values)
    rng.shuffle(mixed)
    assert spread(SCALE, mixed) == spread(SCALE, values)


@given(some.lists(some.one_of(some.none(), some.integers(0, 4)), max_size=30))
def test_every_question_is_counted_once(steps: list[int | None]) -> None:
    counted = tally(Spread(3, one) for one in steps)
    assert counted.total == len(steps)
    assert counted.agree == steps.count(0)
    assert counted.too_few == steps.count(None)


def test_the_widest_comes_first_and_alike_ones_keep_their_order() -> None:
    spreads = {"a": Spread(3, 0), "b": Spread(3, 2), "c": Spread(1, None), "d": Spread(2, 2)}
    assert most_apart_first(spreads) == ["b", "d", "a", "c"]


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
