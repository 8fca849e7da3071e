"""What static/autosave.js is told of the questions that it sent, whatever they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from s11audit.domain.answers import Answer
from s11audit.services.answer_changes import Conflict
from s11audit.web.answer_forms import StandardForm


def outcome(
    form: StandardForm, answers: Mapping[str, Answer], in_conflict: Iterable[Conflict]
) -> dict[str, Any]:
    """Which questions are stored as they were sent, with the digests to change them by, and why
    others are not. Keys of questions throughout.
    """
    conflicts = [conflict.key for conflict in in_conflict]
    faulty = {one.question.key: one for one in form.faulty}
    stored = [
        one.question.key
        for one in form.forms
        if one.is_sent and one.question.key not in {*conflicts, *faulty}
    ]
    return {
        "seen": {key: answers.get(key, Answer()).digest for key in stored},
        "conflicts": conflicts,
        "faults": {
            key: {"title": one.question.title, "boxes": list(one.faults)}
            for key, one in faulty.items()
        },
    }
