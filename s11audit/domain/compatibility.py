"""Whether answers that are held to one version can go on in the version that replaces it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from s11audit.domain.lineage import same_answers, sources
from s11audit.domain.numbers import plain_number
from s11audit.domain.question_types import column_id, type_of
from s11audit.domain.questionnaire import Carry, Question, Questionnaire

# How many answers are held to a question: stored value → number of answers. Where values are too
# many to look at (texts, dates), they are counted together under "".
Held = Mapping[str, int]


@dataclass(frozen=True)
class Compatibility:
    """One question of the replaced version. `why_not` is empty where its answers can go on.

    `held` answers are held to it, and `touched` of them cannot go on.
    """

    old: Question
    new: tuple[Question, ...] = ()
    why_not: tuple[str, ...] = ()
    held: int = 0
    touched: int = 0

    @property
    def is_compatible(self) -> bool:
        return not self.why_not


def compatibility(
    old: Questionnaire, new: Questionnaire, held: Mapping[str, Held]
) -> tuple[Compatibility, ...]:
    """For each question of the replaced version, whether its answers can go on and how many cannot.

    `held` has the answers by key of the old version.
    """
    followers: dict[str, list[Question]] = {}
    for key, old_keys in sources(new, old).items():
        for old_key in old_keys:
            followers.setdefault(old_key, []).append(new.by_key[key])
    return tuple(
        _compatibility(question, tuple(followers.get(question.key, ())), held.get(question.key, {}))
        for question in old.questions()
        if type_of(question).has_answer
    )


def _compatibility(old: Question, new: tuple[Question, ...], held: Held) -> Compatibility:
    total = sum(held.values())
    if not new:
        return Compatibility(old, (), ("The question is removed",), total, total)
    why_not: dict[str, None] = {}
    touched: set[str] = set()
    for follower in new:
        for reason, values in _obstacles(old, follower, held):
            why_not[reason] = None
            touched |= values
    return Compatibility(old, new, tuple(why_not), total, sum(held[value] for value in touched))


def _obstacles(old: Question, new: Question, held: Held) -> Iterator[tuple[str, set[str]]]:
    """Why answers cannot go on to this follower, and the stored values that each reason touches."""
    everything = set(held)
    if old.type != new.type:
        before, after = type_of(old).label, type_of(new).label
        yield f"The type changed from “{before}” to “{after}”", everything
        return
    if new.lineage.carry is Carry.ANSWER_AFRESH:
        yield "The question must be answered afresh", everything
    if not same_answers(old, new):
        yield from ((reason, everything) for reason in _ways_lost(old, new))
    yield from _narrowed(old, new, held)


def _ways_lost(old: Question, new: Question) -> Iterator[str]:
    """Why no answer goes on where another way of answering leaves none as it was."""
    before, after = type_of(old).codes(old) or (), type_of(new).codes(new) or ()
    for code in before:
        label = type_of(old).shown(old, code)
        if code not in after:
            yield f"The {'level' if old.scale else 'choice'} “{label}” is removed"
        elif _meaning_changed(old, new, code):
            yield f"“{label}” no longer means the same"
    if old.scale and new.scale:
        yield "The scale has changed, so every rating is chosen again"
    else:
        yield "It is answered in another way, so every answer is given again"


def _meaning_changed(old: Question, new: Question, code: str) -> bool:
    before = old.scale.level(code) if old.scale else None
    after = new.scale.level(code) if new.scale else None
    if before is None or after is None:
        return False
    return (before.rag, before.applicable) != (after.rag, after.applicable)


def _narrowed(old: Question, new: Question, held: Held) -> Iterator[tuple[str, set[str]]]:
    """Ranges and lengths that let fewer answers in than before."""
    if new.min is not None and (old.min is None or new.min > old.min):
        yield f"The smallest number is now {plain_number(new.min)}", _outside(held, least=new.min)
    if new.max is not None and (old.max is None or new.max < old.max):
        yield f"The largest number is now {plain_number(new.max)}", _outside(held, most=new.max)
    if new.decimals < old.decimals:
        yield f"There are now {new.decimals} decimal places", _finer(held, new.decimals)
    for called, before, after, wider in (
        ("earliest day", old.earliest, new.earliest, max),
        ("latest day", old.latest, new.latest, min),
    ):
        if after and after != before and (not before or wider(before, after) == after):
            yield f"The {called} is now {after}", set(held)
    if new.max_length < old.max_length:
        yield f"Texts may now have {new.max_length:,} characters", set(held)
    lost_rows = {row.id for row in old.rows.fixed} - {row.id for row in new.rows.fixed}
    if lost_rows or new.rows.most < old.rows.most:
        yield "The table has fewer rows", set(held)
    if _column_ids(old) - _column_ids(new):
        yield "A column of the table is removed", set(held)


def _outside(held: Held, least: Fraction | None = None, most: Fraction | None = None) -> set[str]:
    numbers = {value: _number(value) for value in held}
    return {
        value
        for value, number in numbers.items()
        if number is None
        or (least is not None and number < least)
        or (most is not None and number > most)
    }


def _finer(held: Held, decimals: int) -> set[str]:
    numbers = {value: _number(value) for value in held}
    return {
        value
        for value, number in numbers.items()
        if number is None or number != round(number, decimals)
    }


def _number(value: str) -> Fraction | None:
    """The number that a value is; None where values were counted together."""
    try:
        return Fraction(value)
    except ValueError:
        return None


def _column_ids(question: Question) -> set[str]:
    return {column_id(column) for column in question.columns}
