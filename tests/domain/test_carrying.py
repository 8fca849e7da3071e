"""What of last time's answers still holds, and what the respondent is told of the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s11audit.domain.actions import Promise
from s11audit.domain.answers import Answer
from s11audit.domain.carrying import TOO_LONG, Carried, carry_forward, left_behind
from s11audit.domain.questionnaire import (
    ActionRule,
    Carry,
    EvidenceRule,
    Lineage,
    Question,
    Questionnaire,
)
from tests.domain.samples import grades, of, question, rating

TODAY = date(2026, 3, 3)
LATER, GONE = TODAY + timedelta(days=30), TODAY - timedelta(days=1)
WITH_ACTION = {"action": ActionRule.WHEN_RED, "evidence": EvidenceRule.OPTIONAL}


def only(old: Questionnaire, new: Question, **answers: Answer) -> Carried:
    """What the one new question takes over from answers to the questions `a.<name>`."""
    last = {f"a.{name}": answer for name, answer in answers.items()}
    return carry_forward([of(new), old], last, TODAY)[new.key]


def follows(*was: str, **more: object) -> Question:
    return rating("a.new", lineage=Lineage(tuple(f"a.{one}" for one in was)), **more)


def test_a_question_that_stays_takes_the_whole_answer() -> None:
    whole = Answer(
        "not-met", "", "Words", "Minutes", "https://example.org/m", Promise("Act", "Chief", LATER)
    )
    asked = rating("a.x", **WITH_ACTION)
    carried = carry_forward([of(asked), of(asked)], {"a.x": whole}, TODAY)["a.x"]
    assert carried.answer == whole
    assert (carried.why_no_value, carried.why_no_text, carried.why_no_date) == ("", "", "")


def test_a_changed_scale_carries_texts_but_no_rating_and_says_why() -> None:
    carried = only(of(rating("a.x")), follows("x", scale=grades()), x=Answer("met", comment="So"))
    assert carried.answer == Answer(comment="So")
    assert carried.why_no_value == "The scale has changed, so choose a rating."


def test_another_type_of_question_is_answered_again() -> None:
    new = question("a.x", "long-text")
    carried = carry_forward([of(new), of(rating("a.x"))], {"a.x": Answer("met")}, TODAY)["a.x"]
    assert carried.answer.is_empty
    assert "in another way" in carried.why_no_value


def test_merged_questions_with_the_same_rating_keep_it_and_all_that_was_written() -> None:
    old = of(rating("a.x", title="Checks"), rating("a.y", title="References"))
    carried = only(
        old, follows("x", "y"), x=Answer("met", comment="One"), y=Answer("met", comment="Two")
    )
    assert carried.answer == Answer("met", comment="Checks\nOne\n\nReferences\nTwo")


def test_merged_questions_with_different_ratings_are_rated_anew() -> None:
    old = of(rating("a.x", title="Checks"), rating("a.y", title="References"))
    carried = only(old, follows("x", "y"), x=Answer("met", comment="One"), y=Answer("not-met"))
    assert carried.answer == Answer(comment="One")
    assert carried.why_no_value == "These were two questions with different ratings last time."


def test_of_merged_questions_only_those_that_were_answered_count() -> None:
    carried = only(of(rating("a.x"), rating("a.y")), follows("x", "y"), x=Answer("met"))
    assert carried.answer.value == "met"


def test_each_part_of_a_split_question_takes_its_answer() -> None:
    parts = [rating(f"a.{name}", lineage=Lineage(("a.x",))) for name in ("one", "two")]
    carried = carry_forward([of(*parts), of(rating("a.x"))], {"a.x": Answer("met")}, TODAY)
    assert {key: one.answer.value for key, one in carried.items()} == {
        "a.one": "met",
        "a.two": "met",
    }


def test_an_answer_out_of_the_new_range_does_not_carry() -> None:
    old, new = question("a.x", "number"), question("a.x", "number", max=Fraction(100))
    for typed, kept in (("99", "99"), ("101", "")):
        carried = carry_forward([of(new), of(old)], {"a.x": Answer(typed)}, TODAY)["a.x"]
        assert carried.answer.value == kept
        assert ("100 or less" in carried.why_no_value) is (kept == "")


def test_answering_afresh_carries_nothing_and_shows_last_time_with_the_reason() -> None:
    lineage = Lineage(carry=Carry.ANSWER_AFRESH, why_afresh="The law has changed.")
    carried = only(of(rating("a.x")), rating("a.x", lineage=lineage), x=Answer("met"))
    assert carried.answer.is_empty
    assert carried.why_no_value == "The law has changed."
    assert carried.last[0].answer == Answer("met")


def test_answering_afresh_in_a_version_between_holds_for_an_older_answer_too() -> None:
    afresh = Lineage(carry=Carry.ANSWER_AFRESH, why_afresh="It is a new duty.")
    chain = [of(rating("a.x")), of(rating("a.x", lineage=afresh)), of(rating("a.x"))]
    carried = carry_forward(chain, {"a.x": Answer("met")}, TODAY)["a.x"]
    assert (carried.answer.is_empty, carried.why_no_value) == (True, "It is a new duty.")


def test_the_same_version_again_carries_even_what_it_once_asked_afresh() -> None:
    afresh = Lineage(carry=Carry.ANSWER_AFRESH, why_afresh="It is a new duty.")
    same = of(rating("a.x", lineage=afresh))
    assert carry_forward([same], {"a.x": Answer("met")}, TODAY)["a.x"].answer == Answer("met")


@pytest.mark.parametrize(
    ("due_on", "kept"), [(LATER, LATER), (TODAY, TODAY), (GONE, None), (None, None)]
)
def test_a_promise_carries_and_its_date_only_while_it_has_not_gone_by(
    due_on: date | None, kept: date | None
) -> None:
    asked = rating("a.x", **WITH_ACTION)
    promised = Answer("not-met", promise=Promise("Act", "Chief", due_on))
    carried = carry_forward([of(asked), of(asked)], {"a.x": promised}, TODAY)["a.x"]
    assert carried.answer.promise == Promise("Act", "Chief", kept)
    assert ("2 March 2026, has gone by" in carried.why_no_date) is (due_on == GONE)


def test_what_the_new_question_has_no_box_for_is_shown_but_not_carried() -> None:
    old = rating("a.x", **WITH_ACTION)
    answer = Answer("met", evidence="Minutes", promise=Promise("Act", "Chief", LATER))
    carried = only(of(old), rating("a.x"), x=answer)
    assert carried.answer == Answer("met")
    assert carried.last[0].answer == answer


def test_two_links_of_merged_questions_are_both_kept() -> None:
    old = of(rating("a.x", title="One"), rating("a.y", title="Two"))
    links = {name: Answer("met", link=f"https://example.org/{name}") for name in ("x", "y")}
    carried = only(old, follows("x", "y", **WITH_ACTION), **links)
    assert carried.answer.link == "https://example.org/x"
    assert "https://example.org/y" in carried.answer.evidence


def test_texts_too_long_to_stand_together_are_left_to_be_copied() -> None:
    old = of(rating("a.x", title="One"), rating("a.y", title="Two"))
    long = {name: Answer("met", comment=name * 6_000) for name in ("x", "y")}
    carried = only(old, follows("x", "y"), **long)
    assert carried.answer == Answer("met")
    assert carried.why_no_text == TOO_LONG


def test_the_page_can_tell_which_words_have_changed() -> None:
    new = replace(rating("a.x"), ask="Is it so now?")
    assert only(of(rating("a.x")), new, x=Answer("met")).differs == ("question",)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Questionnaire], dict[str, Answer]]:
    """Three versions with any lineage between them, newest first, and answers to the oldest."""
    names = st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=6, unique=True)
    chain: list[Questionnaire] = []
    keys: list[str] = []
    for _ in range(3):
        was = st.lists(st.sampled_from(keys), max_size=3, unique=True) if keys else st.just([])
        asked = [
            rating(
                f"a.{name}",
                scale=draw(st.sampled_from([grades(), grades(first=2)])),
                lineage=Lineage(
                    tuple(draw(was)), draw(st.sampled_from(Carry)) if keys else Carry.CONFIRM, "New"
                ),
            )
            for name in draw(names)
        ]
        chain.insert(0, of(*asked))
        keys = [one.key for one in asked]
    texts = st.text("ab \n", min_size=1, max_size=6)
    answers = {
        key: Answer(draw(st.sampled_from(["", "2"])), comment=draw(texts))
        for key in chain[-1].by_key
        if draw(st.booleans())
    }
    return chain, answers


@given(histories())
def test_no_answer_is_lost_it_is_carried_or_shown_or_its_question_is_listed_as_removed(
    history: tuple[list[Questionnaire], dict[str, Answer]],
) -> None:
    chain, answers = history
    carried = carry_forward(chain, answers, TODAY)
    shown = {one.question.key: one.answer for each in carried.values() for one in each.last}
    removed = {one.key for one in left_behind(chain[-1], answers, carried.values())}
    assert shown.keys() | removed == answers.keys()
    assert not shown.keys() & removed
    assert all(shown[key] == answers[key] for key in shown)
    for one in carried.values():
        afresh = one.answer.is_empty
        assert afresh or all(last.answer.comment in one.answer.comment for last in one.last)
        assert one.answer.value or not one.last[0].answer.value or one.why_no_value
