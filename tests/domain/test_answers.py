from __future__ import annotations

from datetime import date

import pytest

from s11audit.domain.actions import Promise
from s11audit.domain.answers import (
    EVIDENCE_MESSAGE,
    Answer,
    Part,
    gaps,
    gaps_in,
    needs_action,
    needs_evidence,
    takes_files,
)
from s11audit.domain.questionnaire import ActionRule, EvidenceRule
from tests.domain.samples import question, rating

PROMISE = Promise("Train the board", "Head of safeguarding", date(2026, 9, 1))


def missing(asked: object, answer: Answer) -> list[Part]:
    return [gap.part for gap in gaps_in(asked, answer)]  # type: ignore[arg-type]


def test_a_required_question_without_an_answer_is_a_gap_and_an_optional_one_is_not() -> None:
    assert missing(rating("a.x"), Answer(comment="Thinking about it")) == [Part.VALUE]
    assert missing(rating("a.x", required=False), Answer()) == []


@pytest.mark.parametrize(
    ("type_", "message"),
    [
        ("yes-no", "Select an answer"),
        ("date", "Enter the date"),
        ("number", "Enter the number"),
        ("long-text", "Enter your answer"),
    ],
)
def test_the_message_fits_the_kind_of_question(type_: str, message: str) -> None:
    assert [gap.message for gap in gaps_in(question("a.x", type_), Answer())] == [message]


def test_not_applicable_asks_for_a_reason_and_for_nothing_else() -> None:
    asked = rating("a.x", evidence=EvidenceRule.REQUIRED, action=ActionRule.WHEN_RED_OR_AMBER)
    assert missing(asked, Answer("not-applicable")) == [Part.REASON]
    assert missing(asked, Answer("not-applicable", reason="We run no such service")) == []


@pytest.mark.parametrize(
    ("rule", "needed"),
    [
        (EvidenceRule.NONE, set()),
        (EvidenceRule.OPTIONAL, set()),
        (EvidenceRule.REQUIRED, {"met", "partly-met", "not-met"}),
        (EvidenceRule.WHEN_GREEN, {"met"}),
    ],
)
def test_evidence_is_asked_for_by_rule(rule: EvidenceRule, needed: set[str]) -> None:
    asked = rating("a.x", evidence=rule)
    values = {"met", "partly-met", "not-met", "not-applicable"}
    assert {value for value in values if needs_evidence(asked, value)} == needed


@pytest.mark.parametrize(
    ("rule", "needed"),
    [
        (ActionRule.NONE, set()),
        (ActionRule.WHEN_RED, {"not-met"}),
        (ActionRule.WHEN_RED_OR_AMBER, {"not-met", "partly-met"}),
    ],
)
def test_actions_are_asked_for_by_rule(rule: ActionRule, needed: set[str]) -> None:
    asked = rating("a.x", action=rule)
    values = {"met", "partly-met", "not-met", "not-applicable", ""}
    assert {value for value in values if needs_action(asked, value)} == needed


def test_a_link_alone_is_evidence_enough() -> None:
    asked = rating("a.x", evidence=EvidenceRule.WHEN_GREEN)
    assert missing(asked, Answer("met")) == [Part.EVIDENCE]
    assert missing(asked, Answer("met", link="https://example.org/policy")) == []


def test_a_file_alone_is_evidence_enough() -> None:
    asked = rating("a.x", evidence=EvidenceRule.WHEN_GREEN)
    assert gaps_in(asked, Answer("met"), has_file=True) == []
    answers = {"a.x": Answer("met")}
    assert [gap.message for gap in gaps([asked], answers)] == [EVIDENCE_MESSAGE]
    assert gaps([asked], answers, with_files={"a.x"}) == []
    (left,) = gaps([asked], answers, to_confirm={"a.x"}, with_files={"a.x"})
    assert left.part is Part.CONFIRM


@pytest.mark.parametrize("rule", EvidenceRule)
def test_files_are_taken_wherever_evidence_is(rule: EvidenceRule) -> None:
    assert takes_files(rating("a.x", evidence=rule)) is (rule is not EvidenceRule.NONE)


def test_evidence_can_be_required_of_a_question_that_is_not_rated() -> None:
    asked = question("a.x", "yes-no", evidence=EvidenceRule.REQUIRED)
    assert missing(asked, Answer("yes")) == [Part.EVIDENCE]


def test_every_part_of_a_promise_is_asked_for() -> None:
    asked = rating("a.x", action=ActionRule.WHEN_RED)
    parts = [Part.ACTION_WHAT, Part.ACTION_POST, Part.ACTION_DUE]
    assert missing(asked, Answer("not-met")) == parts
    assert missing(asked, Answer("not-met", promise=Promise(what="Train"))) == parts[1:]
    assert missing(asked, Answer("not-met", promise=PROMISE)) == []


def test_gaps_of_several_questions_come_in_their_order() -> None:
    asked = [rating("a.x"), rating("a.y"), rating("a.z")]
    found = gaps(asked, {"a.y": Answer("met")})
    assert [gap.question.key for gap in found] == ["a.x", "a.z"]


def test_an_answer_with_only_a_comment_is_not_empty() -> None:
    assert Answer().is_empty
    assert not Answer(comment="Started").is_empty
    assert PROMISE.is_complete
    assert not Promise(what="Train").is_complete
