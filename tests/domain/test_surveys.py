"""The life of a survey, which answers are good, and when they contradict a rating."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from s11audit.domain.conditions import Is
from s11audit.domain.questionnaire import Kind
from s11audit.domain.ratings import Rating
from s11audit.domain.steps import steps_from
from s11audit.domain.suppression import Detail
from s11audit.domain.surveys import (
    GOOD,
    MOST_ANSWERS,
    NOT_APPLICABLE,
    NOT_GOOD,
    READINGS_OF_QUESTIONS,
    SURVEY_STEPS,
    UNANSWERED,
    LinkState,
    SurveyStatus,
    contradicts,
    is_counted,
    labels_of,
    link_state,
    most_answers,
    reading_of,
    tally_of,
    told_count,
    why_not_a_survey,
)
from tests.small import small_questionnaire
from tests.surveys import survey_questionnaire

ASKED = survey_questionnaire()
SUPERVISION = ASKED.by_key["at-work.time-to-talk"]
THEMES = ASKED.by_key["learning.heard-themes"]
FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)


def test_a_survey_that_has_closed_stays_closed() -> None:
    """Opened again, it would show what the few who came later said."""
    assert steps_from(SURVEY_STEPS, SurveyStatus.CLOSED) == ()


@pytest.mark.parametrize(
    ("status", "today", "ended", "state"),
    [
        (SurveyStatus.DRAFT, date(2026, 3, 2), False, LinkState.NOT_YET),
        (SurveyStatus.OPEN, date(2026, 2, 28), False, LinkState.NOT_YET),
        (SurveyStatus.OPEN, FIRST, False, LinkState.TAKING),
        (SurveyStatus.OPEN, LAST, False, LinkState.TAKING),
        (SurveyStatus.OPEN, LAST, True, LinkState.ENDED),
        (SurveyStatus.OPEN, date(2026, 4, 1), False, LinkState.CLOSED),
        (SurveyStatus.CLOSED, date(2026, 3, 2), True, LinkState.CLOSED),
    ],
)
def test_what_a_link_leads_to(
    status: SurveyStatus, today: date, ended: bool, state: LinkState
) -> None:
    assert link_state(status, FIRST, LAST, ended, today) is state


def test_every_question_that_is_counted_says_which_answers_are_good() -> None:
    for question in ASKED.questions():
        reading = reading_of(ASKED.id, question)
        if is_counted(question):
            assert reading is not None, question.key
            assert reading.good <= labels_of(question).keys(), question.key
            assert reading.not_applicable <= labels_of(question).keys(), question.key
            assert reading.good != labels_of(question).keys(), question.key


def test_readings_are_of_questions_that_there_are() -> None:
    for id_, key in READINGS_OF_QUESTIONS:
        assert id_ == ASKED.id
        assert key in ASKED.by_key


def test_good_themes_are_all_but_those_that_stand_alone() -> None:
    reading = reading_of(ASKED.id, THEMES)
    assert reading is not None
    assert reading.good == {option.id for option in THEMES.options if not option.alone}


def test_an_answer_that_does_not_apply_leaves_the_share() -> None:
    values = {"planned": 6, "when-asked": 2, "not-had": 7, "not-needed": 20}
    tally = tally_of(ASKED.id, SUPERVISION, values, 36)
    assert tally.sides[GOOD] == 8
    assert tally.sides[NOT_GOOD] == 7
    assert tally.sides[NOT_APPLICABLE] == 20
    assert tally.sides[UNANSWERED] == 1
    assert tally.people == 36


def test_whoever_chose_several_things_counts_in_each_and_once_on_a_side() -> None:
    values = {"injured-babies hidden-children": 6, "injured-babies": 2, "none": 7}
    tally = tally_of(ASKED.id, THEMES, values, 15)
    by_code = dict(zip(labels_of(THEMES), tally.levels, strict=False))
    assert (by_code["injured-babies"], by_code["hidden-children"], by_code["none"]) == (8, 6, 7)
    assert tally.sides[:2] == (8, 7)
    assert 2 in tally.others, "chose something, but not hidden children"
    assert tally.detail is Detail.SIDES


def test_a_green_standard_is_contradicted_by_a_weak_answer_and_no_other_is() -> None:
    reading = reading_of(ASKED.id, SUPERVISION)
    assert reading is not None
    weak = tally_of(ASKED.id, SUPERVISION, {"planned": 5, "not-had": 15}, 20)
    at_the_edge = tally_of(ASKED.id, SUPERVISION, {"planned": 12, "not-had": 8}, 20)
    assert contradicts(Rating.GREEN, reading, weak)
    assert not contradicts(Rating.GREEN, reading, at_the_edge), "60% is not below 60%"
    assert not contradicts(Rating.AMBER, reading, weak)
    assert not contradicts(None, reading, weak)
    nobody = tally_of(ASKED.id, SUPERVISION, {"not-needed": 9}, 9)
    assert not contradicts(Rating.GREEN, reading, nobody)


def test_numbers_that_change_are_told_in_steps_of_five() -> None:
    assert [told_count(people) for people in (0, 4, 5, 9, 10, 104)] == [0, 0, 5, 5, 10, 100]


def test_a_link_cannot_be_filled_for_ever() -> None:
    assert most_answers(None) == MOST_ANSWERS
    assert most_answers(4) == 50
    assert most_answers(5_000) == 10_000
    assert most_answers(900_000) == MOST_ANSWERS


def test_a_survey_asks_everybody_the_same() -> None:
    assert why_not_a_survey(ASKED) == ""
    assert "not a survey" in why_not_a_survey(small_questionnaire())
    first = ASKED.standards[0]
    routed = replace(first.questions[0], when=Is("acting.know-the-lead", "yes"))
    some = replace(ASKED, standards=(replace(first, questions=(routed,)),))
    assert "for some only" in why_not_a_survey(some)
    counted = replace(first.questions[0], type="number")
    numbers = replace(ASKED, standards=(replace(first, questions=(counted,)),))
    assert "can count choices" in why_not_a_survey(numbers)
    assert ASKED.kind is Kind.SURVEY


def test_words_are_not_counted() -> None:
    assert not is_counted(ASKED.by_key["learning.one-thing"])
    assert labels_of(ASKED.by_key["learning.one-thing"]) == {}
