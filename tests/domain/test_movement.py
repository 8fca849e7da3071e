"""What moved since last time, and what has nothing to be compared with."""

from __future__ import annotations

from s11audit.domain.answers import Answer
from s11audit.domain.carrying import Carried, LastTime
from s11audit.domain.movement import movements
from s11audit.domain.questionnaire import Question
from s11audit.domain.scales import Direction
from tests.domain.samples import grades, question, rating


def carried(now: Question, *last: tuple[Question, str]) -> dict[str, Carried]:
    before = tuple(LastTime(one, Answer(value)) for one, value in last)
    return {now.key: Carried(now, before)}


def test_ratings_move_up_down_or_stay() -> None:
    up, down, level = rating("a.up"), rating("a.down"), rating("a.level")
    last = (
        carried(up, (up, "not-met"))
        | carried(down, (down, "met"))
        | carried(level, (level, "partly-met"))
    )
    now = {"a.up": Answer("met"), "a.down": Answer("partly-met"), "a.level": Answer("partly-met")}
    moved = movements([up, down, level], now, last)
    assert [(one.question.key, one.before.id, one.after.id) for one in moved.up] == [
        ("a.up", "not-met", "met")
    ]
    assert [one.question.key for one in moved.down] == ["a.down"]
    assert (moved.compared, moved.stayed, moved.without) == (3, 1, 0)


def test_where_the_lowest_points_are_best_a_lower_grade_is_up() -> None:
    one = rating("a.one", grades(Direction.LOWEST_IS_BEST, "GGAR"))
    moved = movements([one], {"a.one": Answer("1")}, carried(one, (one, "3")))
    assert (len(moved.up), len(moved.down)) == (1, 0)


def test_what_does_not_apply_is_neither_up_nor_down() -> None:
    one = rating("a.one")
    for before, after in (("not-applicable", "met"), ("met", "not-applicable"), ("met", "")):
        moved = movements([one], {"a.one": Answer(after)}, carried(one, (one, before)))
        assert (moved.compared, moved.without) == (0, 1)


def test_new_merged_and_differently_answered_questions_have_no_comparator() -> None:
    new, merged, other = rating("a.new"), rating("a.merged"), rating("a.other")
    last = carried(merged, (rating("a.x"), "met"), (rating("a.y"), "met"))
    last |= carried(other, (rating("a.other", grades()), "2"))
    now = {key: Answer("met") for key in ("a.new", "a.merged", "a.other")}
    moved = movements([new, merged, other], now, last)
    assert (moved.compared, moved.others, moved.without) == (0, 0, 3)


def test_other_answers_changed_or_did_not() -> None:
    same, changed, empty = question("a.same"), question("a.changed"), question("a.empty")
    last = carried(same, (same, "yes")) | carried(changed, (changed, "no"))
    last |= carried(empty, (empty, ""))
    now = {key: Answer("yes") for key in ("a.same", "a.changed", "a.empty")}
    moved = movements([same, changed, empty], now, last)
    assert (moved.changed, moved.others, moved.without) == (1, 2, 1)


def test_a_text_that_asks_nothing_is_left_out() -> None:
    note = question("a.note", "statement")
    assert movements([note], {}, {}).without == 0
