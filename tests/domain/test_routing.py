from __future__ import annotations

import pytest

from s11audit.domain.questionnaire import AllOf, AnyOf, Condition, Not, Question, questions_named
from s11audit.domain.routing import route
from tests.domain.samples import of, question, questionnaire, standard, when


def shown(condition: Condition, answers: dict[str, str], *others: Question) -> bool:
    """Whether `a.last` is asked under this condition, beside `a.x` and `a.y`."""
    sample = of(question("a.x"), question("a.y"), *others, question("a.last", when=condition))
    return route(sample, "police", answers).asks("a.last")


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
    schools = question("a.schools", agency_types=frozenset({"school"}))
    answers = {"a.schools": "yes"}
    sample = of(schools, question("a.last", when=when("a.schools", "yes")))
    assert not route(sample, "police", answers).asks("a.last")
    assert route(sample, "school", answers).asks("a.last")


def test_a_condition_may_look_into_another_standard_and_ahead() -> None:
    sample = questionnaire(
        standard("a", question("a.x", when=when("b.y", "yes"))), standard("b", question("b.y"))
    )
    assert route(sample, "police", {"b.y": "yes"}).asks("a.x")
    assert not route(sample, "police", {}).asks("a.x")


def test_a_chain_as_long_as_files_may_have_is_followed_to_its_end() -> None:
    links = [question("a.q0")]
    links += [question(f"a.q{n}", when=when(f"a.q{n - 1}", "yes")) for n in range(1, 21)]
    sample = of(*reversed(links))
    answers = {link.key: "yes" for link in links}
    assert len(route(sample, "police", answers).asked["a"]) == 21
    assert len(route(sample, "police", answers | {"a.q0": "no"}).asked["a"]) == 1


def test_offered_holds_what_a_condition_hides_but_not_what_is_for_others() -> None:
    sample = of(
        question("a.x"),
        question("a.hidden", when=when("a.x", "yes")),
        question("a.others", agency_types=frozenset({"school"})),
    )
    routed = route(sample, "police", {})
    assert [q.key for q in routed.asked["a"]] == ["a.x"]
    assert [q.key for q in routed.offered["a"]] == ["a.x", "a.hidden"]


def test_a_standard_with_everything_hidden_is_offered_but_not_asked() -> None:
    sample = questionnaire(
        standard("a", question("a.x")), standard("b", question("b.y", when=when("a.x", "yes")))
    )
    routed = route(sample, "police", {})
    assert "b" not in routed.asked
    assert "b" in routed.offered


def test_every_question_that_a_condition_names_is_found() -> None:
    condition = AnyOf((when("a.x", "yes"), Not(AllOf((when("a.y", "no"), when("b.z", "yes"))))))
    assert list(questions_named(condition)) == ["a.x", "a.y", "b.z"]
    assert list(questions_named(None)) == []
