"""What became of each question, and which answers can go on."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s11audit.domain.compatibility import Compatibility, compatibility
from s11audit.domain.lineage import (
    Change,
    ChangeKind,
    compare,
    same_answers,
    sources,
    unaccounted,
)
from s11audit.domain.questionnaire import (
    Carry,
    Kind,
    Lineage,
    Option,
    Question,
    Questionnaire,
)
from tests.domain.samples import COMPLIANCE, grades, of, question, questionnaire, rating, standard


def follows(key: str, *was: str, **more: Any) -> Question:
    return rating(key, lineage=Lineage(was), **more)


def only(changes: tuple[Change, ...]) -> Change:
    assert len(changes) == 1
    return changes[0]


def keys(change: Change) -> tuple[list[str], list[str]]:
    return [one.key for one in change.old], [one.key for one in change.new]


def test_a_question_of_the_same_key_and_words_is_unchanged() -> None:
    change = only(compare(of(rating("a.x")), of(rating("a.x", title="Another title"))))
    assert (change.kind, change.also, change.differs) == (ChangeKind.UNCHANGED, (), ())


@pytest.mark.parametrize(
    ("more", "differs"),
    [
        ({"help": "Look again."}, ("help",)),
        ({"good": ("People know.",)}, ("what good looks like",)),
        ({"means": {"met": "Every room."}}, ("levels",)),
    ],
)
def test_other_words_for_the_respondent_are_a_rewording(
    more: dict[str, Any], differs: tuple[str, ...]
) -> None:
    change = only(compare(of(rating("a.x")), of(rating("a.x", **more))))
    assert (change.kind, change.differs) == (ChangeKind.REWORDED, differs)


def test_other_words_for_a_choice_without_a_scale_are_a_rewording() -> None:
    change = only(compare(of(question("a.x")), of(question("a.x", means={"yes": "In writing."}))))
    assert (change.kind, change.differs) == (ChangeKind.REWORDED, ("levels",))


def test_a_question_says_itself_what_a_level_means_or_else_its_scale_does() -> None:
    scale = replace(COMPLIANCE, levels=(replace(COMPLIANCE.levels[0], meaning="Everywhere."),))
    plain, own = rating("a.x", scale=scale), rating("a.x", scale=scale, means={"met": "Each room."})
    assert (plain.meaning("met"), own.meaning("met")) == ("Everywhere.", "Each room.")
    assert question("a.x").meaning("yes") == ""


def test_line_breaks_are_no_rewording() -> None:
    old = replace(rating("a.x"), ask="Is it\n so?")
    assert only(compare(of(old), of(rating("a.x")))).kind is ChangeKind.UNCHANGED


def test_a_question_can_be_moved_and_reworded_and_rated_in_another_way() -> None:
    old = questionnaire(standard("a", rating("a.x")), standard("b"))
    new = questionnaire(standard("a"), standard("b", follows("b.x", "a.x", scale=grades())))
    new = of_standard_b_reworded(new)
    change = only(compare(old, new))
    assert change.kind is ChangeKind.SCALE_CHANGED
    assert change.also == (ChangeKind.MOVED, ChangeKind.REWORDED)
    assert keys(change) == (["a.x"], ["b.x"])


def of_standard_b_reworded(form: Questionnaire) -> Questionnaire:
    first, second = form.standards
    worded = replace(second.questions[0], ask="Is it really so?")
    return replace(form, standards=(first, replace(second, questions=(worded,))))


def test_one_question_that_several_follow_is_split() -> None:
    old = of(rating("a.x"))
    new = of(follows("a.x", "a.x"), follows("a.y", "a.x"))
    change = only(compare(old, new))
    assert change.kind is ChangeKind.SPLIT
    assert keys(change) == (["a.x"], ["a.x", "a.y"])


def test_several_questions_that_one_follows_are_merged() -> None:
    change = only(compare(of(rating("a.x"), rating("a.y")), of(follows("a.z", "a.x", "a.y"))))
    assert change.kind is ChangeKind.MERGED
    assert keys(change) == (["a.x", "a.y"], ["a.z"])


def test_questions_that_hang_together_are_one_change() -> None:
    old = of(rating("a.x"), rating("a.y"))
    new = of(follows("a.p", "a.x"), follows("a.q", "a.x", "a.y"))
    change = only(compare(old, new))
    assert (change.kind, change.also) == (ChangeKind.SPLIT, (ChangeKind.MERGED,))
    assert keys(change) == (["a.x", "a.y"], ["a.p", "a.q"])


def test_what_was_removed_stands_where_it_was_and_what_was_added_where_it_is() -> None:
    old = of(rating("a.first"), rating("a.x"), rating("a.gone"), rating("a.last"))
    new = of(rating("a.x"), rating("a.new"), rating("a.last"))
    told = [(change.kind.value, *keys(change)) for change in compare(old, new)]
    assert told == [
        ("removed", ["a.first"], []),
        ("unchanged", ["a.x"], ["a.x"]),
        ("removed", ["a.gone"], []),
        ("added", [], ["a.new"]),
        ("unchanged", ["a.last"], ["a.last"]),
    ]


def test_a_named_source_takes_the_place_of_the_same_key() -> None:
    old = of(rating("a.x"), rating("a.y"))
    new = of(follows("a.x", "a.y"))
    assert sources(new, old) == {"a.x": ("a.y",)}
    assert unaccounted(old, new) == ["a.x"]
    assert unaccounted(old, replace(new, dropped=("a.x",))) == []


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        (rating("a.x"), rating("a.x", scale=replace(COMPLIANCE, id="other")), True),
        (rating("a.x"), rating("a.x", scale=grades()), False),
        (question("a.x"), rating("a.x"), False),
        (question("a.x", "number", unit="people"), question("a.x", "number", unit="days"), False),
        (question("a.x", "number", max=Fraction(9)), question("a.x", "number"), True),
        (
            question("a.x", "choice", options=(Option("a", "A"), Option("b", "B"))),
            question("a.x", "choice", options=(Option("a", "A"), Option("b", "Not B"))),
            False,
        ),
    ],
)
def test_answers_mean_the_same_only_where_they_are_given_in_the_same_way(
    old: Question, new: Question, same: bool
) -> None:
    assert same_answers(old, new) is same


@st.composite
def two_versions(draw: st.DrawFn) -> tuple[Questionnaire, Questionnaire]:
    """An old version, and a new one whose questions follow any of the old, or none."""
    old_keys = draw(st.lists(st.sampled_from("abcdef"), unique=True, min_size=1))
    new_keys = draw(st.lists(st.sampled_from("abcdefgh"), unique=True, min_size=1))
    was = st.lists(st.sampled_from(old_keys), unique=True, max_size=3)
    old = of(*(rating(f"s.{key}") for key in old_keys))
    new = of(*(follows(f"s.{key}", *(f"s.{old_key}" for old_key in draw(was))) for key in new_keys))
    return named(old), named(new)


def named(form: Questionnaire) -> Questionnaire:
    return Questionnaire(
        "sample", "1", Kind.SELF_ASSESSMENT, "Sample", (replace(form.standards[0], id="s"),)
    )


@given(two_versions())
def test_every_question_of_both_versions_is_told_of_once(
    versions: tuple[Questionnaire, Questionnaire],
) -> None:
    old, new = versions
    changes = compare(old, new)
    assert sorted(one.key for change in changes for one in change.old) == sorted(old.by_key)
    assert sorted(one.key for change in changes for one in change.new) == sorted(new.by_key)
    removed = {one.key for c in changes if c.kind is ChangeKind.REMOVED for one in c.old}
    followed = {key for keys in sources(new, old).values() for key in keys}
    assert removed == set(old.by_key) - followed


def report(old: Question, new: Question, held: dict[str, int]) -> Compatibility:
    return compatibility(of(old), of(new), {old.key: held})[0]


def test_unchanged_questions_are_compatible_whatever_is_held() -> None:
    one = report(rating("a.x"), rating("a.x"), {"met": 3, "not-met": 2})
    assert (one.is_compatible, one.held, one.touched) == (True, 5, 0)


def test_a_level_that_is_removed_touches_every_rating_because_none_is_brought_forward() -> None:
    shorter = replace(COMPLIANCE, levels=COMPLIANCE.levels[:2])
    one = report(rating("a.x"), rating("a.x", scale=shorter), {"met": 3, "not-met": 2})
    assert one.why_not == (
        "The level “Not met” is removed",
        "The level “Not applicable” is removed",
        "The scale has changed, so every rating is chosen again",
    )
    assert (one.held, one.touched) == (5, 5)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (rating("a.x"), rating("a.x", scale=grades())),
        (question("a.x", "number", unit="people"), question("a.x", "number", unit="days")),
        (
            question("a.x", "choice", options=(Option("a", "A"),)),
            question("a.x", "choice", options=(Option("a", "Not A"),)),
        ),
    ],
)
def test_what_is_not_brought_forward_is_never_called_compatible(
    old: Question, new: Question
) -> None:
    assert not same_answers(old, new)
    one = report(old, new, {"": 4})
    assert (one.is_compatible, one.touched) == (False, 4)


def test_another_type_or_a_removed_question_touches_every_answer() -> None:
    one = report(question("a.x"), rating("a.x"), {"yes": 4})
    assert one.why_not == ("The type changed from “Yes or no” to “Rating”",)
    assert one.touched == 4
    gone = compatibility(of(rating("a.x")), of(rating("a.y")), {"a.x": {"met": 2}})[0]
    assert (gone.why_not, gone.touched) == (("The question is removed",), 2)


def test_a_narrower_range_touches_only_what_falls_outside() -> None:
    one = report(
        question("a.x", "number", min=Fraction(0), decimals=1),
        question("a.x", "number", min=Fraction(5), max=Fraction(10)),
        {"4": 1, "5": 2, "7.5": 4, "11": 8},
    )
    assert one.why_not == (
        "The smallest number is now 5",
        "The largest number is now 10",
        "There are now 0 decimal places",
    )
    assert one.touched == 13


def test_a_question_to_be_answered_afresh_is_not_compatible() -> None:
    afresh = rating("a.x", lineage=Lineage(carry=Carry.ANSWER_AFRESH, why_afresh="New law."))
    one = report(rating("a.x"), afresh, {"met": 2})
    assert one.why_not == ("The question must be answered afresh",)
    assert one.touched == 2
