"""Everything that a form has to fill in below one question, and the words that say when."""

from __future__ import annotations

from collections.abc import Callable

from s11audit.domain.answers import (
    LINK_LIMIT,
    POST_LIMIT,
    TEXT_LIMIT,
    Answer,
    Part,
    gaps_in,
    needs_action,
    needs_evidence,
    needs_reason,
    parts_of,
)
from s11audit.domain.questionnaire import EvidenceRule, Question
from s11audit.exports.forms.boxes import Accepts, Box, BoxRow, BoxValue, FormRow, value_rows
from s11audit.exports.forms.layout import FormLayout, Words

# The boxes beside the value, in order, with the longest text and least height of each.
_TEXTS: dict[Part, tuple[int, int]] = {
    Part.REASON: (TEXT_LIMIT, 2),
    Part.COMMENT: (TEXT_LIMIT, 4),
    Part.EVIDENCE: (TEXT_LIMIT, 2),
    Part.LINK: (LINK_LIMIT, 1),
    Part.ACTION_WHAT: (TEXT_LIMIT, 2),
    Part.ACTION_POST: (POST_LIMIT, 1),
}

YES = Box(Accepts.CHOICE, choices=("Yes",))


def answer_rows(
    question: Question, answer: Answer, layout: FormLayout, *, to_confirm: bool = False
) -> list[FormRow]:
    """The rows of boxes of one question, filled with this answer; those of its value first.

    An answer of last time that is `to_confirm`, and lacks nothing, has a box for that at the end.
    """
    rows = value_rows(question, answer.value, layout)
    parts = parts_of(question)
    held = _held(answer)
    for part, (longest, lines) in _TEXTS.items():
        if part in parts:
            box = Box(Accepts.TEXT, held[part], longest=longest, lines=lines)
            rows.append(BoxRow(part, part_label(question, part, layout.words), (box,)))
    if Part.ACTION_DUE in parts:
        box = Box(Accepts.DATE, answer.promise.due_on)
        rows.append(BoxRow(Part.ACTION_DUE, layout.words.action_due, (box,)))
    if to_confirm and not gaps_in(question, answer):
        rows.append(BoxRow(Part.CONFIRM, layout.words.confirm, (YES,)))
    return rows


def _held(answer: Answer) -> dict[Part, BoxValue]:
    return {
        Part.REASON: answer.reason or None,
        Part.COMMENT: answer.comment or None,
        Part.EVIDENCE: answer.evidence or None,
        Part.LINK: answer.link or None,
        Part.ACTION_WHAT: answer.promise.what or None,
        Part.ACTION_POST: answer.promise.post or None,
    }


def part_label(question: Question, part: Part, words: Words) -> str:
    """What a box beside the value asks for, and when it is needed."""
    if part is Part.EVIDENCE:
        return _evidence_label(question, words)
    label = {
        Part.REASON: words.reason,
        Part.COMMENT: words.comment,
        Part.LINK: words.link,
        Part.ACTION_WHAT: words.action_what,
        Part.ACTION_POST: words.action_post,
    }[part]
    needs = needs_reason if part is Part.REASON else needs_action
    return label.format(levels=_levels_that(needs, question, words))


def _evidence_label(question: Question, words: Words) -> str:
    if question.evidence is EvidenceRule.REQUIRED:
        return words.evidence_required
    if question.evidence is EvidenceRule.WHEN_GREEN:
        return words.evidence_when.format(levels=_levels_that(needs_evidence, question, words))
    return words.evidence


def _levels_that(needs: Callable[[Question, str], bool], question: Question, words: Words) -> str:
    levels = question.scale.levels if question.scale else ()
    return words.between_levels.join(level.label for level in levels if needs(question, level.id))
