"""What became of each question when one version replaced another.

One function tells respondents what changed, tells a new return which of last time's answers it can
bring forward, and tells a trend which figures can be compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from s11audit.domain.question_types import column_id
from s11audit.domain.questionnaire import Question, Questionnaire


class ChangeKind(StrEnum):
    """What became of a question, the most telling first."""

    REMOVED = "removed"
    ADDED = "added"
    SPLIT = "split"
    MERGED = "merged"
    SCALE_CHANGED = "scale-changed"
    MOVED = "moved"
    REWORDED = "reworded"
    UNCHANGED = "unchanged"


CHANGE_LABELS: dict[ChangeKind, str] = {
    ChangeKind.REMOVED: "Removed",
    ChangeKind.ADDED: "Added",
    ChangeKind.SPLIT: "Split into several",
    ChangeKind.MERGED: "Merged into one",
    ChangeKind.SCALE_CHANGED: "Answered in another way",
    ChangeKind.MOVED: "Moved",
    ChangeKind.REWORDED: "Reworded",
    ChangeKind.UNCHANGED: "Unchanged",
}


@dataclass(frozen=True)
class Change:
    """Questions of the old version and what they became in the new one.

    `kind` is the most telling thing that happened and `also` what else did: a question can be
    moved and reworded. `differs` names the texts that are not as they were.
    """

    kind: ChangeKind
    old: tuple[Question, ...] = ()
    new: tuple[Question, ...] = ()
    also: tuple[ChangeKind, ...] = ()
    differs: tuple[str, ...] = ()


def sources(new: Questionnaire, old: Questionnaire) -> dict[str, tuple[str, ...]]:
    """Key of the new version → keys of the old one that it follows; new questions are absent.

    A question that names none (`was`) follows the one of its own key, if there was one.
    """
    followed = {}
    for question in new.questions():
        named = question.lineage.was or (question.key,)
        there = tuple(dict.fromkeys(key for key in named if key in old.by_key))
        if there:
            followed[question.key] = there
    return followed


def unaccounted(old: Questionnaire, new: Questionnaire) -> list[str]:
    """Keys of the old version that no question of the new one follows and none is dropped for."""
    followed = {key for keys in sources(new, old).values() for key in keys}
    return [key for key in old.by_key if key not in followed and key not in new.dropped]


def same_answers(old: Question, new: Question) -> bool:
    """Whether an answer to the old question, as it is stored, says the same of the new one."""
    return old.type == new.type and _way_of_answering(old) == _way_of_answering(new)


def _way_of_answering(question: Question) -> tuple[object, ...]:
    """All that decides what a stored answer means: labels of levels count, their help does not."""
    levels = question.scale.levels if question.scale else ()
    return (
        tuple((level.id, level.label, level.rag, level.applicable) for level in levels),
        tuple((option.id, option.label) for option in question.options),
        question.unit,
        question.numerator,
        question.denominator,
        tuple((column_id(column), column.type) for column in question.columns),
        tuple(row.id for row in question.rows.fixed),
    )


def compare(old: Questionnaire, new: Questionnaire) -> tuple[Change, ...]:
    """Every question of both versions, in the order of the new one.

    What was removed stands after the last question before it that is still there.
    """
    followed = sources(new, old)
    followers: dict[str, list[str]] = {}
    for key, keys in followed.items():
        for old_key in keys:
            followers.setdefault(old_key, []).append(key)
    changes: list[Change] = []
    told: set[str] = set()
    for key in new.by_key:
        if key not in told:
            change = _change_around(key, old, new, followed, followers)
            changes.append(change)
            told |= {question.key for question in change.new}
    return tuple(_with_removed(changes, old, followers))


def _change_around(
    key: str,
    old: Questionnaire,
    new: Questionnaire,
    followed: Mapping[str, tuple[str, ...]],
    followers: Mapping[str, Sequence[str]],
) -> Change:
    """The change that this key of the new version is part of, with all that hang together."""
    new_keys, old_keys = {key: None}, dict[str, None]()
    waiting = [key]
    for one in waiting:  # grows while it is walked
        for old_key in followed.get(one, ()):
            old_keys[old_key] = None
            unseen = [other for other in followers[old_key] if other not in new_keys]
            new_keys |= dict.fromkeys(unseen)
            waiting += unseen
    before = tuple(old.by_key[one] for one in old_keys)
    after = tuple(new.by_key[one] for one in new_keys)
    return _describe(before, after)


def _describe(before: tuple[Question, ...], after: tuple[Question, ...]) -> Change:
    kinds = list(_kinds(before, after))
    pair = (before[0], after[0]) if len(before) == len(after) == 1 else None
    differs = tuple(differing_texts(*pair)) if pair else ()
    if differs and ChangeKind.REWORDED not in kinds:
        kinds.append(ChangeKind.REWORDED)
    kind, *also = kinds or [ChangeKind.UNCHANGED]
    return Change(kind, before, after, tuple(also), differs)


def _kinds(before: tuple[Question, ...], after: tuple[Question, ...]) -> Iterator[ChangeKind]:
    """What happened, the texts of a pair apart, the most telling first."""
    if not before:
        yield ChangeKind.ADDED
        return
    if len(after) > 1:
        yield ChangeKind.SPLIT
    if len(before) > 1:
        yield ChangeKind.MERGED
    if any(not same_answers(one, other) for one in before for other in after):
        yield ChangeKind.SCALE_CHANGED
    if len(before) == len(after) == 1 and before[0].key != after[0].key:
        yield ChangeKind.MOVED


def differing_texts(old: Question, new: Question) -> Iterator[str]:
    """Names of the texts that a respondent reads and that are not as they were."""
    texts: tuple[tuple[str, object, object], ...] = (
        ("question", _words(old.ask), _words(new.ask)),
        ("help", _words(old.help), _words(new.help)),
        ("what good looks like", [*map(_words, old.good)], [*map(_words, new.good)]),
    )
    if same_answers(old, new):  # other levels are another way of answering, not other words
        texts += (("levels", _meanings(old), _meanings(new)),)
    for name, before, after in texts:
        if before != after:
            yield name


def _words(text: str) -> str:
    return " ".join(text.split())


def _meanings(question: Question) -> dict[str, str]:
    """What each level or option that says so means for this question."""
    levels = question.scale.levels if question.scale else ()
    codes = {*(level.id for level in levels), *question.means}
    meanings = {code: _words(question.meaning(code)) for code in codes}
    return {code: meaning for code, meaning in meanings.items() if meaning}


def _with_removed(
    changes: list[Change], old: Questionnaire, followers: Mapping[str, Sequence[str]]
) -> Iterator[Change]:
    """The changes, and after each what was removed behind the last of its old questions."""
    removed_after: dict[str, list[Question]] = {"": []}
    last_kept = ""
    for question in old.questions():
        if question.key in followers:
            last_kept = question.key
            removed_after[last_kept] = []
        else:
            removed_after[last_kept].append(question)
    yield from _removed(removed_after[""])
    for change in changes:
        yield change
        for question in change.old:
            yield from _removed(removed_after[question.key])


def _removed(questions: Iterable[Question]) -> Iterator[Change]:
    return (Change(ChangeKind.REMOVED, (question,)) for question in questions)
