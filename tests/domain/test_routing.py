from __future__ import annotations

import pytest

from s11audit.domain.audience import Audience, Respondent
from s11audit.domain.conditions import AllOf, AnyOf, Condition, Is, Not, questions_named
from s11audit.domain.questionnaire import Question
from s11audit.domain.routing import route
from s11audit.domain.routing_words import joined_words
from tests.domain.samples import of, question, questionnaire, standard, when


def shown(condition: Condition, answers: dict[str, str], *others: Question) -> bool:
    """Whether `a.last` is asked under this condition, beside `a.x` and `a.y`."""
    sample = of(question("a.x"), question("a.y"), *others, question("a.last", when=condition))
    return route(sample, Respondent("police"), answers).asks("a.last")


@pytest.mark.parametrize(
    ("condition", "x", "y", "expected"),
    [
        (when("a.x", "yes"), "yes", "", True),
        (when("a.x", "yes"), "no", "", False),
        (when("a.x", "yes"), "", "", False),
        (when("a.x", "yes", negated=True), "no", "", True),
        (when("a.x", "yes", negated=True), "yes", "", False),
        (when("a.x", "yes", negated=True), "", "", False),
        (Not(when("a.x", "yes")), "yes", "", False),
        (Not(when("a.x", "yes")), "no", "", True),
        (Not(when("a.x", "yes")), "", "", True),
        (AnyOf((when("a.x", "yes"), when("a.y", "yes"))), "no", "yes", True),
        (AnyOf((when("a.x", "yes"), when("a.y", "yes"))), "no", "no", False),
        (AllOf((when("a.x", "yes"), when("a.y", "yes"))), "yes", "yes", True),
        (AllOf((when("a.x", "yes"), when("a.y", "yes"))), "yes", "no", False),
        (Not(AllOf((when("a.x", "yes"), Not(when("a.y", "no"))))), "yes", "no", True),
    ],
)
def test_conditions_show_and_hide(condition: Condition, x: str, y: str, expected: bool) -> None:
    answers = {key: value for key, value in {"a.x": x, "a.y": y}.items() if value}
    assert shown(condition, answers) is expected


def test_a_hidden_question_has_no_answer_whatever_was_once_typed() -> None:
    middle = question("a.middle", when=when("a.x", "yes"))
    answers = {"a.x": "no", "a.middle": "yes"}
    assert not shown(when("a.middle", "yes"), answers, middle)
    assert not shown(when("a.middle", "no", negated=True), answers, middle)
    assert shown(when("a.middle", "yes"), answers | {"a.x": "yes"}, middle)


def test_a_question_that_this_agency_is_never_asked_has_no_answer() -> None:
    schools = question("a.schools", audience=Audience(frozenset({"school"})))
    answers = {"a.schools": "yes"}
    sample = of(schools, question("a.last", when=when("a.schools", "yes")))
    assert not route(sample, Respondent("police"), answers).asks("a.last")
    assert route(sample, Respondent("school"), answers).asks("a.last")


def test_a_condition_may_look_into_another_standard_and_ahead() -> None:
    sample = questionnaire(
        standard("a", question("a.x", when=when("b.y", "yes"))), standard("b", question("b.y"))
    )
    assert route(sample, Respondent("police"), {"b.y": "yes"}).asks("a.x")
    assert not route(sample, Respondent("police"), {}).asks("a.x")


def test_a_long_chain_is_followed_to_its_end_in_any_order() -> None:
    links = [question("a.q0")]
    links += [question(f"a.q{n}", when=when(f"a.q{n - 1}", "yes")) for n in range(1, 1_001)]
    sample = of(*reversed(links))
    answers = {link.key: "yes" for link in links}
    assert len(route(sample, Respondent("police"), answers).asked["a"]) == 1_001
    assert len(route(sample, Respondent("police"), answers | {"a.q0": "no"}).asked["a"]) == 1


def test_offered_holds_what_a_condition_hides_but_not_what_is_for_others() -> None:
    sample = of(
        question("a.x"),
        question("a.hidden", when=when("a.x", "yes")),
        question("a.others", audience=Audience(frozenset({"school"}))),
    )
    routed = route(sample, Respondent("police"), {})
    assert [q.key for q in routed.asked["a"]] == ["a.x"]
    assert [q.key for q in routed.offered["a"]] == ["a.x", "a.hidden"]


def test_a_standard_with_everything_hidden_is_offered_but_not_asked() -> None:
    sample = questionnaire(
        standard("a", question("a.x")), standard("b", question("b.y", when=when("a.x", "yes")))
    )
    routed = route(sample, Respondent("police"), {})
    assert "b" not in routed.asked
    assert "b" in routed.offered


def test_every_question_that_a_condition_names_is_found() -> None:
    condition = AnyOf((when("a.x", "yes"), Not(AllOf((when("a.y", "no"), when("b.z", "yes"))))))
    assert list(questions_named(condition)) == ["a.x", "a.y", "b.z"]
    assert list(questions_named(None)) == []


def test_attributes_and_partnerships_open_what_is_meant_for_them() -> None:
    boarders = question("a.boarders", audience=Audience(attributes=frozenset({"boarding", "x"})))
    local = question("a.local", audience=Audience(partnerships=frozenset({"EAST"})))
    sample = of(question("a.all"), boarders, local)
    asked = route(sample, Respondent("school", frozenset({"boarding"}), frozenset({"WEST"})), {})
    assert [one.id for one in asked.asked["a"]] == ["all", "boarders"]
    shared = route(sample, Respondent("school", frozenset(), frozenset({"WEST", "EAST"})), {})
    assert [one.id for one in shared.asked["a"]] == ["all", "local"]


def test_a_choice_among_several_is_each_of_its_codes() -> None:
    sample = of(
        question("a.many", "multiple-choice"),
        question("a.then", when=when("a.many", "two")),
        question("a.else", when=when("a.many", "two", negated=True)),
    )
    assert route(sample, Respondent("police"), {"a.many": "one two"}).asks("a.then")
    assert route(sample, Respondent("police"), {"a.many": "one"}).asks("a.else")
    assert not route(sample, Respondent("police"), {}).asks("a.else")


def test_conditions_in_words_have_brackets_only_around_several_among_others() -> None:
    looks = [Is("a.one", "yes"), Is("a.two", "no", negated=True), Is("a.three", "yes")]
    several = AllOf((looks[0], AnyOf((looks[1], looks[2]))))
    words = joined_words(several, lambda look: look.question)
    assert words == "a.one and (a.two or a.three)"
    assert joined_words(Not(several), lambda look: look.question) == f"it is not so that ({words})"
    assert joined_words(Not(looks[0]), lambda look: look.question) == "it is not so that a.one"
